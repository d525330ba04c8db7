"""What a study asks: declared once by an administrator, frozen while people answer."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from ratings.errors import BadStudyError
from ratings.judging import Choice


class Method(StrEnum):
    """How people judge (ITU-T P.910)."""

    ACR = "acr"
    """Absolute category rating: one picture, five grades from excellent to bad."""
    ACR_HR = "acr-hr"
    """The same, with the clean references hidden among the pictures: grades count against theirs."""
    DCR = "dcr"
    """Degradation category rating: beside its clean reference, from imperceptible to very annoying."""
    PAIRS = "pairs"
    """Two results of the same input; which is better."""


class State(StrEnum):
    """What may be done with a study."""

    DRAFT = "draft"
    """Only the administrator sees it."""
    PILOT = "pilot"
    """It is tried out: answers are kept, flagged, and do not count."""
    OPEN = "open"
    CLOSED = "closed"
    """No one new begins; who has begun may finish."""


class Check(StrEnum):
    """What is looked at before the first picture."""

    WIDTH = "screen-width"
    ZOOM = "zoom"
    COLOUR = "colour-plate"
    BRIGHTNESS = "brightness"


class Order(StrEnum):
    """In which order each person sees the items."""

    RANDOM = "random"
    BALANCED = "balanced"
    """Rows of a Latin square: each item stands in each place equally often; see `square`."""


class Kind(StrEnum):
    """What a trial is for."""

    TRAINING = "training"
    RATING = "rating"
    GOLD = "gold"
    TRAP = "trap"


def _safe_address(address: str) -> str:
    parts = urlsplit(address)
    if address and (parts.scheme != "https" or not parts.netloc):
        raise ValueError("expected an address that begins with https://")
    return address


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Item(_Frozen):
    """What one trial shows: a stimulus, beside `other` for pairs (the right side) and DCR (the reference).

    `expected` is the answer that a gold or trap item asks for: a grade, or a choice for pairs.
    """

    stimulus: int
    other: int | None = None
    expected: int | Choice | None = None

    def renumbered(self, numbers: Mapping[int, int]) -> Self:
        """Return the same item where its stimuli have other `numbers`."""
        other = None if self.other is None else numbers[self.other]
        return self.model_copy(update={"stimulus": numbers[self.stimulus], "other": other})


Text = Annotated[str, Field(max_length=5000)]


class Said(_Frozen):
    """A text in both languages of the page; empty where the page's own is good enough."""

    en: Text = ""
    zh: Text = ""


class Design(_Frozen):
    """Everything about a study that may not change while people answer.

    `minutes` is how long a session lasts before a break of `break_minutes`. `quota` is how many people may
    take part. `return_url` is where they are sent in the end, `completion_code` what they are told.
    `participant_parameters` are the names under which a link may bring an outside participant id. `withheld`
    tells that gold and trap items were left out (`as_published`).
    """

    method: Method
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=2000)]
    training: Annotated[tuple[Item, ...], Field(max_length=50)] = ()
    gold: Annotated[tuple[Item, ...], Field(max_length=50)] = ()
    traps: Annotated[tuple[Item, ...], Field(max_length=50)] = ()
    order: Order = Order.BALANCED
    minutes: Annotated[int, Field(ge=1, le=120)] = 20
    break_minutes: Annotated[int, Field(ge=0, le=60)] = 2
    quota: Annotated[int, Field(ge=1, le=100_000)] = 30
    checks: frozenset[Check] = frozenset({Check.WIDTH, Check.ZOOM})
    instructions: Said = Said()
    consent: Said = Said()
    completion_code: Annotated[str, Field(max_length=100)] = ""
    return_url: Annotated[str, Field(max_length=1000), AfterValidator(_safe_address)] = ""
    participant_parameters: tuple[str, ...] = ("PROLIFIC_PID", "participant", "workerId")
    seed: int = 0
    withheld: bool = False

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        beside = self.method in {Method.DCR, Method.PAIRS}
        for item in (*self.items, *self.training, *self.gold, *self.traps):
            if (item.other is not None) != beside:
                raise ValueError(f"each item of '{self.method}' shows {'two pictures' if beside else 'one'}")
        for item in (*self.gold, *self.traps):
            right = isinstance(item.expected, Choice if self.method is Method.PAIRS else int)
            if not right or (self.method is not Method.PAIRS and not 1 <= int(str(item.expected)) <= 5):
                raise ValueError("gold and trap items say which answer is expected")
        return self

    @property
    def shown(self) -> tuple[int, ...]:
        """Return every stimulus that is shown, in the order in which they first stand in the design."""
        items = (*self.items, *self.training, *self.gold, *self.traps)
        sides = (each for item in items for each in (item.stimulus, item.other))
        return tuple(dict.fromkeys(each for each in sides if each is not None))

    @property
    def stimuli(self) -> frozenset[int]:
        """Return every stimulus that is shown."""
        return frozenset(self.shown)

    def renumbered(self, numbers: Mapping[int, int]) -> Self:
        """Return the same design where its stimuli have other `numbers`; raises KeyError for one without."""
        parts = ("items", "training", "gold", "traps")
        shown: dict[str, tuple[Item, ...]] = {name: getattr(self, name) for name in parts}
        return self.model_copy(
            update={name: tuple(each.renumbered(numbers) for each in items) for name, items in shown.items()}
        )

    def as_published(self, state: State) -> Self:
        """Return what everybody may know of it.

        Until the study is closed, not which items are gold or traps: whoever knows their answers passes
        without looking. Never the completion code, nor the address that may hold it: they are worth money.
        """
        public: dict[str, object] = {"completion_code": "", "return_url": ""}
        if state is not State.CLOSED and (self.gold or self.traps):
            public |= {"gold": (), "traps": (), "withheld": True}
        return self.model_copy(update=public)


def read_design(told: object) -> Design:
    """Return `told` as a design: JSON text, or a dictionary.

    Raises BadStudyError: what is wrong, and where.
    """
    try:
        if isinstance(told, str):
            return Design.model_validate_json(told)
        return Design.model_validate(told)
    except ValidationError as error:
        raise BadStudyError(what_is_wrong(error)) from error


def what_is_wrong(error: ValidationError) -> str:
    """Return the first fault as a sentence: where, and what."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "the design"
    return f"{where}: {first['msg'].removeprefix('Value error, ')}."
