"""`python -m lab sheet`: photos as they are or damaged, and what each method makes of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.errors import MaterialError
from lab.quality import command
from lab.quality.case import Case
from lab.quality.contestants import NOTHING, Answer, Contestant, choose, contestants
from lab.quality.figures import INSIDE, WHOLE, figures
from lab.quality.photos import Material
from lab.sheets import drawing
from lab.sheets.drawing import Cell, Row
from lab.sheets.view import View
from models.card import Task
from models.errors import ModelsError
from models.workshop import Workshop

USUAL_TRIAL = {
    Task.DENOISE: "gaussian-25",
    Task.DEHAZE: "made-dense",
    Task.DERUST: "second-generator",
}
"""The damage that is shown if none is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What was asked for: photos and methods as for a benchmark, with at most one trial.

    With `as_is` the photos are damaged already, and nobody knows what they would be without.
    """

    asked: command.Call
    as_is: bool
    out: Path
    view: View


@dataclass(frozen=True, slots=True)
class Made:
    """What the sheet shows, and sentences about what it does not."""

    rows: int
    failures: tuple[str, ...]
    left_out: tuple[str, ...]


def run(call: Call, workshop: Workshop, tell: Callable[[str], None]) -> Made:
    """Draw the sheet and write it to `call.out`; raises LabError and ModelsError."""
    drawing.check_target(call.out)
    if call.as_is and (call.asked.trials or call.asked.clean):
        raise MaterialError("--as-is shows photos without a known truth: give no --trial and no --clean.")
    cards, _ = choose(call.asked.task, call.asked.models, workshop)
    methods = [
        each
        for each in contestants(call.asked.task, cards, workshop)
        if each.kind in {"network", "classical"}
    ]
    material = command.read(call.asked, tell)
    sheet = _Sheet(methods, call.view, truth=not call.as_is, tell=tell)
    title, cases = _cases(call, material)
    rows = list(sheet.rows(cases))
    if not rows:
        raise MaterialError(
            f"The photos have nothing for '{title}'. Choose another --trial, or other photos."
        )
    drawing.save(drawing.draw(rows, f"{call.asked.task.capitalize()}: {title}"), call.out)
    return Made(len(rows), tuple(sheet.failures), material.left_out)


def _cases(call: Call, material: Material) -> tuple[str, Iterator[Case]]:
    """Return what the damage is called, and the damaged photos."""
    if call.as_is:
        return "as they are", (Case(each.name, each.pixels, each.pixels) for each in material.photos)
    trial = command.chosen_trials(call.asked)[0]
    return trial.title, trial.cases(material)


class _Sheet:
    """Makes rows; `failures` are sentences about methods that failed on a photo, whose cells are left out."""

    def __init__(
        self, methods: list[Contestant], view: View, *, truth: bool, tell: Callable[[str], None]
    ) -> None:
        self.failures: list[str] = []
        self._methods, self._view, self._truth, self._tell = methods, view, truth, tell

    def rows(self, cases: Iterator[Case]) -> Iterator[Row]:
        for case in cases:
            self._tell(case.name)
            yield Row(case.name, list(self._cells(case)))

    def _cells(self, case: Case) -> Iterator[Cell]:
        if self._truth:
            yield Cell(self._view.of(case.reference), "Clean")
        shown = [(NOTHING, "Damaged" if self._truth else "The photo")]
        shown += [(method, method.title) for method in self._methods]
        for method, caption in shown:
            if (answer := self._ask(method, case)) is not None:
                note = _decibels(case, answer) if self._truth else ""
                yield Cell(self._view.of(answer.image), caption, note)

    def _ask(self, method: Contestant, case: Case) -> Answer | None:
        try:
            return method.answer(case)
        except ModelsError as error:
            self.failures.append(f"{case.name}, {method.id}: {error}")
            self._tell(self.failures[-1])
            return None


def _decibels(case: Case, answer: Answer) -> str:
    """Return the PSNR of the whole photo, and inside the rust where there is some."""
    found = figures(case, answer)
    inside = f", inside {found[INSIDE]['psnr']:.1f}" if INSIDE in found else ""
    return f"{found[WHOLE]['psnr']:.2f} dB{inside}"
