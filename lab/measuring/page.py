"""`docs/generators.md` and its plots, made from `lab/results/generators-*.json` and nothing else."""

from collections.abc import Mapping
from pathlib import Path

from lab.measuring import order, plot, tables
from lab.measuring.coverage import NEIGHBOURS
from lab.measuring.made import Training
from lab.measuring.report import Report, read

_ROOT = Path(__file__).parents[2]
RESULTS = _ROOT / "lab" / "results"
PAGE = _ROOT / "docs" / "generators.md"
PREFIX = "generators-"

_HEAD = f"""# Generators

How good the generators are, by figures. Made by `python -m lab.measuring` from the figures in \
`lab/results/{PREFIX}*.json`: do not edit it by hand. To measure again, or generators of your own:

    python -m lab measure MODEL_OR_FOLDER … --data FOLDER … --json FILE

with the ids of models, or with folders that `python -m lab train` left.

Every figure compares what a generator makes with the images it learnt from, by the features that \
EfficientNet-Lite0 sees in both. The published figures are taken over Inception's features, whose weights no \
package carries: **none of these figures is an FID, and none may be held against a published one.** They \
compare the generators of one table, measured in one run.

- *Fréchet*: the Fréchet distance (EfficientNet-Lite0) between the two sets' means and covariances (Heusel \
et al. 2017), 0 at best. It falls with the number of images. *Times real*: in units of how far other real \
images lie, as many of them; 1 at best.
- *Kernel*: the kernel distance (EfficientNet-Lite0), the squared maximum mean discrepancy under a cubic \
kernel (Bińkowski et al. 2018), unbiased, and so comparable between numbers of images; 0 at best, a little \
below by chance.
- *Precision*: how many made images look like real ones; *recall*: how much of the real ones is made \
(Kynkäänniemi et al. 2019, k = {NEIGHBOURS}). Other real images reach less than 1.
- *Near*: the share of made images that lie nearer to an image that was learnt from, or to its mirror image, \
than all but 1 % of held-out images do: 0.010 for images that are new, towards 1 for images known by heart. \
*Distance*: the median distance to the nearest one, in units of held-out images'. Both by features and by \
pixels; smooth images lie near by pixels without being copies.

A training keeps the weights at which its images were least unlike the held-out ones, by a figure of its own \
(`lab/generating/likeness.py`), so held-out images have had that much say.
"""

_FID = """## The published figure

Who has Inception's weights, or a network to fetch them by, can take the FID that papers report. 50,000 \
images are usual; fewer give a larger one. [torch-fidelity](https://torch-fidelity.readthedocs.io) 0.4 is \
the reference; it was not run here:

    for seed in $(seq 0 1024 49152); do python -m models generate MODEL made/ --seed $seed --count 1024; done
    pip install torch-fidelity
    fidelity --gpu 0 --fid --kid --input1 made/ --input2 cifar10-train

`cifar10-train` is fetched by torch-fidelity; any folder of images may stand in its place, and `--cpu` in \
that of `--gpu 0`. Weights that are at hand already are named by `--feature-extractor-weights-path`.
"""


def kept(folder: Path = RESULTS) -> dict[str, Report]:
    """Return name → report of every set of images that generators have been measured on."""
    paths = sorted(folder.glob(f"{PREFIX}*.json"))
    return {path.stem.removeprefix(PREFIX): read(path) for path in paths}


def remarks(name: str, folder: Path = RESULTS) -> str:
    """Return what a person made of the figures of the set `name`, "" if nobody wrote anything."""
    path = folder / f"{PREFIX}{name}.md"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def pages(reports: Mapping[str, Report]) -> dict[Path, str]:
    """Return file → text of the page and its plots."""
    sections: list[str] = []
    files: dict[Path, str] = {}
    for name, report in reports.items():
        picture = PAGE.parent / "images" / f"{PREFIX}{name}.svg"
        files[picture] = plot.svg(report)
        shown = f"![Fréchet distances of the recipes](images/{picture.name})\n"
        sections += [f"## {name.capitalize()}\n", shown, *filter(None, [remarks(name)]), section(report)]
    if not sections:
        sections.append("No generator has been measured yet.\n")
    return {PAGE: "\n".join([_HEAD, *sections, _FID]), **files}


def section(report: Report) -> str:
    """Return the report as Markdown, without a title."""
    repeated = any(len(each.generators) > 1 for each in order.recipes(report.generators))
    parts = [_data(report), order.in_words(report.generators)]
    if repeated:
        said = "Means over seeds, ± half of the 95 % interval (Student's t over the seeds):"
        parts += [said, tables.by_recipe(report), "Every training; ± is the standard error over subsets:"]
    parts += [tables.by_generator(report), _conditions(report)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _data(report: Report) -> str:
    data = report.data
    kind = "grey" if data.channels == 1 else "colour"
    folders = ", ".join(f"`{folder}`" for folder in data.folders)
    rest = data.compared - data.others_held_out
    held = "all of them held out" if not rest else f"{data.others_held_out:,} of them held out"
    near = report.generators[0].neighbours
    return (
        f"{folders}: {data.learnt_from:,} images that were learnt from and {data.held_out:,} held out, "
        f"{data.side} × {data.side}, {kind}. {data.compared:,} made images (seeds 0 to {data.compared - 1}) "
        f"against as many that were learnt from (drawn by seed {data.seed}), beside {data.compared:,} other "
        f"real ones, {held}. Neighbours: of {near.count:,} made and {near.held_out_count:,} held-out images "
        f"among all that were learnt from. {report.network} saw them at {report.network_side} pixels a side."
    )


def _conditions(report: Report) -> str:
    said = report.conditions
    trained = sorted({_trained_on(each.training) for each in report.generators if each.training})
    trainings = f" Trained on {'; '.join(trained)}." if trained else ""
    versions = ", ".join(f"{name} {version}" for name, version in said.libraries.items())
    return (
        f"*{said.date}, `{said.command}`; {said.processor}, {said.cores} cores, load {said.load:g} before; "
        f"Python {said.python}, {versions}.{trainings}*"
    )


def _trained_on(training: Training) -> str:
    return (
        f"{training.device}, {training.threads} threads"
        if training.threads != 1
        else f"{training.device}, 1 thread"
    )


def write() -> None:
    """Write all of it."""
    for path, text in pages(kept()).items():
        path.write_text(text, encoding="utf-8")
