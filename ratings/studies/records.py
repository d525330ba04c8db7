"""The frozen records of studies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ratings.studies.design import Design, State
from ratings.studies.order import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A study. `uid` is the same in every database; `token` is the link's, and the right to take part."""

    uid: str
    token: str
    title: str
    task: str
    state: State
    design: Design
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a study is: sittings by state, of how many wanted; answers by flag, "" for those that count."""

    sittings: Mapping[str, int]
    quota: int
    answers: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One person's way through a study, as it stands now.

    `state` is consent, checks, running, finished or refused. `trial` is the one that is due, and
    `upcoming` the next, None where there is none. `failed` are the viewing checks that refuse it.
    `rests_until` is when the break ends (UTC), None outside a break.
    """

    uid: str
    study: Study
    rater: str
    state: str
    trials: int
    trial: Trial | None
    upcoming: Trial | None
    rests_until: datetime | None
    pilot: bool
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Who took part, as an administrator may know it: an outside id is a keyed hash (`participant_hash`)."""

    sitting: str
    participant: str | None
    state: str
    flag: str | None
    reason: str
    started_at: str
    finished_at: str | None
