"""What people marked on the results of one contestant, counted; no mask is read for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from ratings.database import Database
from ratings.marks.marks import COUNTS
from ratings.stimuli import Stimuli, Stimulus
from ratings.tables import marks, stimuli


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """How many people marked one label, in how many marks, on how many results."""

    label: str
    people: int
    marks: int
    results: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Criticised:
    """A result, how many people marked it, and how many of them each label."""

    stimulus: Stimulus
    people: int
    labels: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaints:
    """What people marked on a contestant's results: by label and by result, those of most people first."""

    people: int
    marks: int
    labels: tuple[Complaint, ...]
    results: tuple[Criticised, ...]


_Mark = tuple[int, str, str]
"""Stimulus, label, rater."""


def complaints(database: Database, contestant: int) -> Complaints:
    """Return what counts of what was marked on a contestant, by this database's id; own photos are left out.

    Linear in the contestant's marks. Raises StoreError.
    """
    query = (
        select(marks.c.stimulus_id, marks.c.label, marks.c.rater)
        .join(stimuli, stimuli.c.id == marks.c.stimulus_id)
        .where(stimuli.c.contestant_id == contestant, stimuli.c.owner.is_(None), COUNTS)
    )
    with database.reading() as connection:
        found: list[_Mark] = [(row.stimulus_id, row.label, row.rater) for row in connection.execute(query)]
    shown = Stimuli(database).get(sorted({stimulus for stimulus, _, _ in found}))
    labels = [_complaint(label, [each for each in found if each[1] == label]) for label in _labels(found)]
    results = [_criticised(each, [mark for mark in found if mark[0] == each.id]) for each in shown.values()]
    return Complaints(
        people=_people(found),
        marks=len(found),
        labels=tuple(sorted(labels, key=lambda each: (-each.people, each.label))),
        results=tuple(sorted(results, key=lambda each: (-each.people, each.stimulus.id))),
    )


def _complaint(label: str, found: list[_Mark]) -> Complaint:
    results = len({stimulus for stimulus, _, _ in found})
    return Complaint(label=label, people=_people(found), marks=len(found), results=results)


def _criticised(stimulus: Stimulus, found: list[_Mark]) -> Criticised:
    labels = {label: _people(each for each in found if each[1] == label) for label in _labels(found)}
    return Criticised(stimulus=stimulus, people=_people(found), labels=labels)


def _labels(found: Iterable[_Mark]) -> list[str]:
    return sorted({label for _, label, _ in found})


def _people(found: Iterable[_Mark]) -> int:
    return len({rater for _, _, rater in found})
