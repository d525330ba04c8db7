"""The answers of one study that count, and how many do not: what its results are made of."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from ratings.filters import Filters
from ratings.records import Flag
from ratings.studies.design import Kind
from ratings.tables import contestants, judgements, sittings, stimuli, studies

REFERENCE = "reference"
"""The model id of clean pictures that stand hidden among the results."""

TRAP = "trap"
"""The model id of plates that say what to answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A grade that counts: of whom (a sitting's uid), of which stimulus, on which day (UTC, ISO 8601)."""

    sitting: str
    stimulus: int
    grade: int
    day: str


def counted_answers(uid: str, *columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Return a query for `columns` of the answers to a study's items that have no flag.

    Training, gold and trap items say nothing of a contestant.
    """
    return _answers(uid, *columns).where(judgements.c.flag.is_(None))


def graded_answers(connection: Connection, uid: str, filters: Filters) -> list[Answer]:
    """Return the grades of a study that count and pass `filters`, the first first; references always pass."""
    day = func.substr(judgements.c.judged_at, 1, 10)
    columns = (sittings.c.uid, judgements.c.stimulus_id, judgements.c.grade, day)
    query = (
        counted_answers(uid, *columns)
        .join(stimuli, stimuli.c.id == judgements.c.stimulus_id)
        .join(contestants, contestants.c.id == stimuli.c.contestant_id)
        .where(judgements.c.grade.is_not(None))
    )
    if filters.since:
        query = query.where(day >= filters.since.isoformat())
    if filters.until:
        query = query.where(day <= filters.until.isoformat())
    if filters.input_name:
        query = query.where(stimuli.c.input_name == filters.input_name)
    if filters.models is not None:
        query = query.where(contestants.c.model.in_([*sorted(filters.models), REFERENCE]))
    return [Answer(*row) for row in connection.execute(query.order_by(judgements.c.id))]


def study_flags(connection: Connection, uid: str) -> dict[Flag, int]:
    """Return how many answers to a study's items do not count, by why."""
    flagged = _answers(uid, judgements.c.flag, func.count()).where(judgements.c.flag.is_not(None))
    return {Flag(flag): number for flag, number in connection.execute(flagged.group_by(judgements.c.flag))}


def _answers(uid: str, *columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(judgements)
        .join(sittings, sittings.c.id == judgements.c.sitting_id)
        .join(studies, studies.c.id == sittings.c.study_id)
        .where(studies.c.uid == uid, judgements.c.kind == Kind.RATING)
    )
