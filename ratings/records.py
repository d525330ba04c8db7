"""The frozen records that pass between the store and everyone else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from math import isfinite

LICENCE = "CC-BY-4.0"
"""The licence a rater agrees to with each rating (an SPDX id)."""

Value = float | int | str | bool
"""What a setting may be."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Grade(IntEnum):
    """The five-grade quality scale of absolute category rating (ITU-T P.910, ITU-R BT.500)."""

    EXCELLENT = 5
    GOOD = 4
    FAIR = 3
    POOR = 2
    BAD = 1

    @property
    def label(self) -> str:
        """Return the word the scale uses: "excellent"."""
        return self.name.lower()


class Defect(StrEnum):
    """What a person may say is wrong with a result; stable slugs, shown titles are the page's."""

    RESIDUAL_NOISE = "residual-noise"
    RESIDUAL_HAZE = "residual-haze"
    MISSED_RUST = "missed-rust"
    OVER_SMOOTHING = "over-smoothing"
    INVENTED_DETAIL = "invented-detail"
    COLOUR_SHIFT = "colour-shift"
    HALO = "halo"
    TILE_SEAM = "tile-seam"
    BROKEN_SHAPE = "broken-shape"
    OTHER = "other"


class Flag(StrEnum):
    """Why a stored answer does not count; the sentence beside it says what was found."""

    API = "api"
    """It came without a rater: from a script, not from the page."""
    TOO_FAST = "too-fast"
    """Nobody can look at the pictures in that time."""
    TOO_MANY = "too-many"
    """The same browser gave more answers than a person can."""
    RANDOM = "random"
    """The rater's answers fit nobody else's, as if given blindly."""
    ALWAYS_SAME = "always-same"
    """The rater gave one answer whatever was shown."""
    GOLD_MISSED = "gold-missed"
    """The rater missed items whose answer is known."""
    TRAP_MISSED = "trap-missed"
    """The rater missed an item that says itself what to answer."""
    REJECTED = "rejected"
    """The rater fails the screening of ITU-R BT.500."""
    REPEATED = "repeated"
    """The same outside participant had answered in another browser before."""
    PILOT = "pilot"
    """It was given while the study was tried out."""
    EXCLUDED = "excluded"
    """An administrator excluded it."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """What a leaderboard ranks: one model, one version of its method, one set of weights."""

    task: str
    model: str
    version: int
    weights_sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One picture that this server made, and how.

    `task` and `model` are slugs, `version` is the method's. `settings` holds every control's value;
    `default_settings` says whether they are the model's defaults. The hashes are SHA-256 in 64 lower-case hex
    digits, `weights_sha256` None for a method without weights. `input_name` is the gallery's id of the input,
    None for a person's own photo; of an image made from nothing it is the seed, and the input's hash is that
    of this name. `seconds` is how long the run took on `device`.
    """

    task: str
    model: str
    version: int
    weights_sha256: str | None
    settings: Mapping[str, Value]
    default_settings: bool
    input_sha256: str
    output_sha256: str
    input_name: str | None
    app_version: str
    device: str
    seconds: float

    def __post_init__(self) -> None:
        assert self.task, "a result has a task"
        assert self.model, "a result has a model"
        for digest in (self.input_sha256, self.output_sha256, self.weights_sha256):
            assert digest is None or _SHA256.fullmatch(digest), f"not a SHA-256 in lower-case hex: {digest!r}"
        assert isfinite(self.seconds), f"a run takes a finite time, not {self.seconds}"
        assert self.seconds >= 0, f"a run takes no negative time: {self.seconds}"

    @property
    def contestant(self) -> Contestant:
        """Return what this result counts for."""
        return Contestant(self.task, self.model, self.version, self.weights_sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One person's opinion of one result, as stored.

    `id` rises with each rating, whatever the clock does; `uid` is the same in every database. `rater` is a
    pseudonym, None with `flag` "api".
    `current` is false once the same person rated the same result again. `made_at` and `rated_at` are in UTC:
    when the result was made, and when it was rated.
    """

    id: int
    uid: str
    result: Result
    made_at: datetime
    rater: str | None
    grade: Grade
    defects: tuple[Defect, ...]
    comment: str
    licence: str
    flag: Flag | None
    reason: str
    current: bool
    rated_at: datetime
