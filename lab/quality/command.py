"""`python -m lab bench`: from what a person typed to a report."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.benchmarks.conditions import conditions
from lab.errors import CannotKeepError, MaterialError
from lab.quality import dehaze, denoise, derust, markdown, photos, plot
from lab.quality.case import Case, Trial
from lab.quality.contestants import choose, contestants
from lab.quality.photos import Material
from lab.quality.report import Data, Report, Run
from models.card import Task
from models.workshop import Workshop

TRIALS: dict[Task, tuple[Trial, ...]] = {
    Task.DENOISE: denoise.TRIALS,
    Task.DEHAZE: dehaze.TRIALS,
    Task.DERUST: derust.TRIALS,
}

PAIRS = Trial(
    "pairs",
    "Pairs",
    "Damaged photos as they were given, each against its clean one.",
    lambda material: (Case(pair.name, pair.damaged, pair.clean) for pair in material.pairs),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What was asked for.

    `clean` is the folder of clean photos if `data` holds damaged ones; `only` are the file names of a list.
    """

    task: Task
    data: Sequence[Path]
    clean: Path | None = None
    models: Sequence[str] | None = None
    trials: Sequence[str] | None = None
    held_out: bool = False
    only: frozenset[str] | None = None
    limit: int | None = None


def run(call: Call, workshop: Workshop, typed: Sequence[str], tell: Callable[[str], None]) -> Report:
    """Measure, and return the report; `typed` is the command as the person gave it.

    Raises LabError and ModelsError: nothing to measure on, or models that cannot be measured.
    """
    before = conditions(" ".join(typed))
    cards, waiting = choose(call.task, call.models, workshop)
    trials = chosen_trials(call)
    material = read(call, tell)
    run = Run(contestants(call.task, cards, workshop), tell)
    reports = [report for trial in trials if (report := run.trial(trial, material))]
    if not reports:
        raise MaterialError(
            f"The data have nothing for {', '.join(trial.id for trial in trials)}: the trials indoors "
            "need depth beside the photos, 'cut-outs' pictures with transparent parts."
        )
    return Report(
        task=str(call.task),
        conditions=before,
        data=_data(call, material),
        not_ready=tuple(card.id for card in waiting),
        failures=tuple(run.failures),
        trials=tuple(reports),
    )


def chosen_trials(call: Call) -> Sequence[Trial]:
    """Return the kinds of damage that were asked for; raises MaterialError: a name that is none."""
    if call.clean is not None:
        return (PAIRS,)
    known = {trial.id: trial for trial in TRIALS[call.task]}
    for name in call.trials or ():
        if name not in known:
            raise MaterialError(f"{call.task} has no trial '{name}'; it has {', '.join(known)}.")
    return [known[name] for name in call.trials or known]


def read(call: Call, tell: Callable[[str], None]) -> Material:
    """Return what the folders hold; raises MaterialError: nothing, or a wrong choice of folders."""
    if call.clean is None:
        return photos.read(call.data, held_out=call.held_out, only=call.only, limit=call.limit, tell=tell)
    if len(call.data) != 1 or call.held_out or call.only is not None:
        raise MaterialError(
            "With --clean give one folder of damaged photos in --data, and no --held-out and no --list."
        )
    return photos.read_pairs(call.data[0], call.clean, limit=call.limit, tell=tell)


def _data(call: Call, material: Material) -> Data:
    folders = [*call.data, *([call.clean] if call.clean else [])]
    return Data(
        folders=tuple(folder.resolve().name for folder in folders),
        photos=len(material.photos),
        with_depth=sum(photo.depth is not None for photo in material.photos),
        cutouts=len(material.cutouts),
        pairs=len(material.pairs),
        held_out=call.held_out,
        limit=call.limit,
        left_out=material.left_out,
    )


def keep(report: Report, *, json: Path | None, text: Path | None, picture: Path | None) -> None:
    """Write the report to the files that are named: JSON, Markdown, SVG.

    Raises CannotKeepError: one cannot be written.
    """
    try:
        if json:
            report.write(json)
        if text:
            text.write_text(f"# Quality: {report.task}\n\n{markdown.section(report)}", encoding="utf-8")
        if picture:
            picture.write_text(plot.svg(report), encoding="utf-8")
    except OSError as error:
        raise CannotKeepError(f"'{error.filename}' cannot be written: {error.strerror}.") from error
