"""A card says everything about one model: what it is, what a person may turn, how it runs.

One frozen declaration drives the tabs, the command line's flags, the API, the documentation's table and
the provenance of each result. Nothing here imports torch.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from math import isfinite
from typing import Literal

from models.errors import BadSettingError
from models.method import Filter, Generator, Network, Photo, Survey
from models.source import Weights

AUTO = "auto"
"""The value of a control that lets the method estimate it from the photo."""

_LISTED_CHOICES = 12
"""More than that are not listed in a sentence."""

Value = float | int | str | bool
Settings = Mapping[str, Value]


class Task(StrEnum):
    """What a model does; each task that has cards has a tab."""

    GENERATE = "generate"
    DENOISE = "denoise"
    DEHAZE = "dehaze"
    DERUST = "derust"


RESTORING = (Task.DENOISE, Task.DEHAZE, Task.DERUST)
"""The tasks that take a photo, in the order of their tabs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One knob a person may turn.

    `kind` is "number" (a float), "integer", "choice" (one of `choices`) or "flag" (true or false).
    Numbers lie in [`minimum`, `maximum`], in steps of `step` from `minimum` (integers are held to the steps,
    for numbers they only guide a slider), in `unit`. `estimate(photo) -> float` finds the value for a given
    photo; a control that has one also accepts "auto".
    """

    name: str
    label: str
    kind: Literal["number", "integer", "choice", "flag"]
    default: Value
    minimum: float = 0
    maximum: float = 1
    step: float = 1
    unit: str = ""
    choices: tuple[str, ...] = ()
    help: str = ""
    estimate: Callable[[Photo], float] | None = None

    def check(self, value: object) -> Value:
        """Return `value` in the control's own type.

        Text is read as a person types it on a command line ("3", "true").

        Raises BadSettingError: wrong type, not finite, out of range, off the steps, or no such choice.
        """
        if self.kind == "flag":
            return self._check_flag(value)
        if self.kind == "choice":
            return self._check_choice(value)
        if value == AUTO and self.estimate is not None:
            return AUTO
        return self._check_number(value)

    def expectation(self) -> str:
        """Say in words what the control accepts: "a whole number from 3 to 31 in steps of 2"."""
        if self.kind == "flag":
            return "true or false"
        if self.kind == "choice":
            if len(self.choices) > _LISTED_CHOICES:
                return f"one of {len(self.choices)} choices, such as {', '.join(self.choices[:3])}"
            return f"one of {', '.join(self.choices)}"
        kind = "a whole number" if self.kind == "integer" else "a number"
        steps = f" in steps of {self.step:g}" if self.kind == "integer" and self.step != 1 else ""
        auto = ", or auto" if self.estimate is not None else ""
        unit = f" ({self.unit})" if self.unit else ""
        return f"{kind} from {self.minimum:g} to {self.maximum:g}{unit}{steps}{auto}"

    def _refuse(self, value: object) -> BadSettingError:
        shown = repr(value) if len(repr(value)) <= 60 else repr(value)[:57] + "…"
        return BadSettingError(f"'{self.name}' must be {self.expectation()}; got {shown}.")

    def _check_flag(self, value: object) -> bool:
        words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in words:
            return words[value.lower()]
        raise self._refuse(value)

    def _check_choice(self, value: object) -> str:
        if isinstance(value, str) and value in self.choices:
            return value
        raise self._refuse(value)

    def _check_number(self, value: object) -> float | int:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise self._refuse(value)
        try:
            number = float(value)
        except (ValueError, OverflowError):
            raise self._refuse(value) from None
        if not isfinite(number) or not self.minimum <= number <= self.maximum:
            raise self._refuse(value)
        if self.kind == "number":
            return number
        if number != int(number) or (number - self.minimum) % self.step:
            raise self._refuse(value)
        return int(number)


@dataclass(frozen=True, slots=True)
class Paper:
    """Where a method comes from. `link` is a DOI or a stable address."""

    title: str
    authors: str
    year: int
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One model.

    `id` is a stable slug that begins with the task. `summary` is one sentence; `explanation` a few, in plain
    words, with what the method cannot do; `formula` its LaTeX. A `Network` or `Generator` has `weights`;
    nothing else has. `licence` is the code's. `version` rises when the same settings give other pixels.
    `stages` names the inner images of a run, in order: slug → title.
    """

    id: str
    task: Task
    title: str
    summary: str
    explanation: str
    build: Filter | Survey | Network | Generator
    formula: str = ""
    paper: Paper | None = None
    licence: str = "Apache-2.0"
    version: int = 1
    controls: tuple[Control, ...] = ()
    stages: Mapping[str, str] | None = None
    weights: Weights | None = None

    @property
    def takes_hint(self) -> bool:
        """Tell whether a person may paint where to look (see `models.hint`)."""
        return isinstance(self.build, Network) and self.build.hint

    @property
    def method(self) -> Literal["classical", "network"]:
        """Tell whether a trained network does the work."""
        return "network" if isinstance(self.build, Network | Generator) else "classical"

    @property
    def defaults(self) -> dict[str, Value]:
        """Return the settings a fresh page starts with; only results made with them are ranked."""
        return {control.name: control.default for control in self.controls}

    def settle(self, settings: Settings) -> dict[str, Value]:
        """Return a value for every control: those given, checked, and defaults for the rest.

        Raises BadSettingError: an unknown name (near ones are suggested), or a value its control refuses.
        """
        return settle(self.controls, settings, f"'{self.id}'")

    def field_of_view(self, settings: Settings) -> int:
        """Return how many pixels a result pixel looks out to on each side, or `models.method.WHOLE`.

        A generator looks at no pixels, so it must not be asked.
        """
        assert not isinstance(self.build, Generator)
        reach = self.build.field_of_view
        return reach if isinstance(reach, int) else reach(**settings)


def settle(controls: Sequence[Control], settings: Settings, owner: str) -> dict[str, Value]:
    """Return a value for every one of `controls`: those in `settings`, checked, and defaults for the rest.

    `owner` says in an error's sentence whose controls they are.

    Raises BadSettingError: an unknown name (near ones are suggested), or a value its control refuses.
    """
    known = {control.name: control for control in controls}
    for name in settings:
        if name not in known:
            raise BadSettingError(_no_such_setting(owner, name, list(known)))
    return {name: control.check(settings.get(name, control.default)) for name, control in known.items()}


def _no_such_setting(owner: str, name: str, known: list[str]) -> str:
    if not known:
        return f"{owner} has no settings; got '{name}'."
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"it has {', '.join(known)}."
    return f"{owner} has no setting '{name}': {hint}"
