"""Votes of the database → arrays for the statistics."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Result, Select, Subquery, func, select

from ratings.filters import Filters
from ratings.judging import Choice
from ratings.records import Contestant, Flag
from ratings.statistics.votes import LEFT, RIGHT, TIE, Votes, votes
from ratings.studies.answers import counted_answers, study_flags
from ratings.tables import contestants, deals, judgements, stimuli
from ratings.tables import votes as rows

_OUTCOME = {Choice.LEFT: LEFT, Choice.RIGHT: RIGHT, Choice.TIE: TIE, Choice.BOTH_BAD: TIE}
_AT_ONCE = 50_000

_LEFT, _RIGHT = stimuli.alias("left_stimuli"), stimuli.alias("right_stimuli")


_Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """Votes that count, as arrays.

    `given` numbers contestants from 0, in the order of `contestants` (this database's ids). `left_stimulus`,
    `right_stimulus` and `both_bad` have shape (n,), `day` too (text, ISO 8601).
    """

    given: Votes
    contestants: dict[int, Contestant]
    left_stimulus: NDArray[np.intp]
    right_stimulus: NDArray[np.intp]
    both_bad: NDArray[np.bool_]
    day: NDArray[np.str_]


def read_votes(connection: Connection, task: str, filters: Filters) -> Read | None:
    """Return the votes of `task` that count and pass `filters`, None if there are none.

    Linear in votes; each takes some hundred bytes.
    """
    given = ballots(task, filters)
    names = ("left", "right", "choice", "rater", "input_sha256", "left_stimulus", "right_stimulus", "day")
    query = select(*(given.c[name] for name in names)).order_by(given.c.id)
    found = connection.execution_options(yield_per=_AT_ONCE).execute(query)
    columns = _columns(found)
    if not columns:
        return None
    left, right, choice, rater, image, left_stimulus, right_stimulus, day = columns
    known = _contestants(connection, task, {*np.unique(left.values), *np.unique(right.values)})
    place = {identifier: number for number, identifier in enumerate(known)}
    outcome = np.array([_OUTCOME[Choice(each)] for each in choice.values])
    return Read(
        given=votes(
            _numbers(left, place),
            _numbers(right, place),
            outcome[choice.codes],
            rater.codes,
            image.codes,
            contestants=len(known),
        ),
        contestants=known,
        left_stimulus=np.array(left_stimulus.values)[left_stimulus.codes],
        right_stimulus=np.array(right_stimulus.values)[right_stimulus.codes],
        both_bad=(np.array(choice.values) == Choice.BOTH_BAD)[choice.codes],
        day=np.array(day.values)[day.codes],
    )


def ballots(task: str | None, filters: Filters) -> Subquery:
    """Return the votes of `task` that count and pass `filters`: the Arena's, or one study's answers to pairs.

    Each has its `id`, the contestants `left` and `right`, `left_stimulus` and `right_stimulus`, its `choice`,
    `rater`, `input_sha256` and `day`. Two results of one contestant say nothing of it, and are left out.
    Who asks for one contestant's, which are of one task, leaves `task` out: else SQLite, which knows no
    better, begins with all votes of it.
    """
    given = (_of_arena(task) if filters.study is None else _of_study(filters.study)).subquery()
    return (
        select(
            given,
            _LEFT.c.contestant_id.label("left"),
            _RIGHT.c.contestant_id.label("right"),
            _LEFT.c.input_sha256,
            func.substr(given.c.given_at, 1, 10).label("day"),
        )
        .join(_LEFT, _LEFT.c.id == given.c.left_stimulus)
        .join(_RIGHT, _RIGHT.c.id == given.c.right_stimulus)
        .where(_LEFT.c.contestant_id != _RIGHT.c.contestant_id, *_passing(given.c.given_at, filters))
        .subquery()
    )


def count_flags(connection: Connection, task: str, study: str | None = None) -> tuple[dict[Flag, int], int]:
    """Return how many votes of `task` do not count, by why, and how many were taken back.

    With the uid of a `study`: how many of its answers do not count.
    """
    if study is not None:
        return study_flags(connection, study), 0
    query = select(rows.c.flag, func.count()).where(rows.c.task == task, rows.c.flag.is_not(None))
    flags = {Flag(flag): number for flag, number in connection.execute(query.group_by(rows.c.flag))}
    withdrawn = select(func.count()).where(rows.c.task == task, rows.c.withdrawn_at.is_not(None))
    return flags, connection.execute(withdrawn).scalar_one()


@dataclass(frozen=True, slots=True)
class _Column:
    """A column as codes into its few different values."""

    values: list[Any]
    codes: NDArray[np.intp]


def _columns(found: Result[Any]) -> list[_Column]:
    """Return each column's different values and the codes of its rows; nothing if there are no rows."""
    values: list[dict[Any, int]] = []
    codes: list[list[NDArray[np.intp]]] = []
    for rows_at_once in found.partitions(_AT_ONCE):
        for place, column in enumerate(zip(*rows_at_once, strict=True)):
            if place == len(values):
                values.append({})
                codes.append([])
            known = values[place]
            coded = [known.setdefault(value, len(known)) for value in column]
            codes[place].append(np.array(coded, dtype=np.intp))
    return [_Column(list(known), np.concatenate(coded)) for known, coded in zip(values, codes, strict=True)]


def _numbers(column: _Column, place: dict[int, int]) -> NDArray[np.intp]:
    return np.array([place[each] for each in column.values], dtype=np.intp)[column.codes]


def _contestants(connection: Connection, task: str, wanted: set[int]) -> dict[int, Contestant]:
    query = select(contestants).where(contestants.c.task == task).order_by(contestants.c.id)
    return {
        row.id: Contestant(row.task, row.model, row.version, row.weights_sha256)
        for row in connection.execute(query)
        if row.id in wanted
    }


def _of_arena(task: str | None) -> _Query:
    query = (
        select(
            rows.c.id,
            rows.c.choice,
            rows.c.rater,
            rows.c.voted_at.label("given_at"),
            deals.c.left_id.label("left_stimulus"),
            deals.c.right_id.label("right_stimulus"),
        )
        .join(deals, deals.c.id == rows.c.deal_id)
        .where(rows.c.flag.is_(None), rows.c.withdrawn_at.is_(None))
    )
    return query if task is None else query.where(rows.c.task == task)


def _of_study(uid: str) -> _Query:
    return counted_answers(
        uid,
        judgements.c.id,
        judgements.c.choice,
        judgements.c.rater,
        judgements.c.judged_at.label("given_at"),
        judgements.c.stimulus_id.label("left_stimulus"),
        judgements.c.other_id.label("right_stimulus"),
    ).where(judgements.c.choice.is_not(None))


def _passing(given_at: ColumnElement[str], filters: Filters) -> list[ColumnElement[bool]]:
    passing: list[ColumnElement[bool]] = []
    if filters.since:
        passing.append(given_at >= filters.since.isoformat())
    if filters.until:
        passing.append(func.substr(given_at, 1, 10) <= filters.until.isoformat())
    if filters.input_name:
        passing.append(_LEFT.c.input_name == filters.input_name)
    if filters.models is not None:
        both = select(contestants.c.id).where(contestants.c.model.in_(sorted(filters.models)))
        passing += [_LEFT.c.contestant_id.in_(both), _RIGHT.c.contestant_id.in_(both)]
    return passing
