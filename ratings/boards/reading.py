"""Votes of the database → arrays for the statistics."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Result, Select, func, select

from ratings.boards.records import Filters
from ratings.judging import Choice
from ratings.records import Contestant, Flag
from ratings.statistics.votes import LEFT, RIGHT, TIE, Votes, votes
from ratings.tables import contestants, deals, stimuli
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
    query = (
        _joined(
            select(
                _LEFT.c.contestant_id,
                _RIGHT.c.contestant_id,
                rows.c.choice,
                rows.c.rater,
                _LEFT.c.input_sha256,
                deals.c.left_id,
                deals.c.right_id,
                func.substr(rows.c.voted_at, 1, 10),
            )
        )
        .where(rows.c.flag.is_(None), rows.c.withdrawn_at.is_(None), *_passing(task, filters))
        .where(_LEFT.c.contestant_id != _RIGHT.c.contestant_id)
        .order_by(rows.c.id)
    )
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


def count_flags(connection: Connection, task: str) -> tuple[dict[Flag, int], int]:
    """Return how many votes of `task` do not count, by why, and how many were taken back."""
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


def _joined(query: _Query) -> _Query:
    return (
        query.select_from(rows)
        .join(deals, deals.c.id == rows.c.deal_id)
        .join(_LEFT, _LEFT.c.id == deals.c.left_id)
        .join(_RIGHT, _RIGHT.c.id == deals.c.right_id)
    )


def _passing(task: str, filters: Filters) -> list[ColumnElement[bool]]:
    passing: list[ColumnElement[bool]] = [rows.c.task == task]
    if filters.since:
        passing.append(rows.c.voted_at >= filters.since.isoformat())
    if filters.until:
        passing.append(func.substr(rows.c.voted_at, 1, 10) <= filters.until.isoformat())
    if filters.input_name:
        passing.append(_LEFT.c.input_name == filters.input_name)
    if filters.models is not None:
        both = select(contestants.c.id).where(contestants.c.model.in_(sorted(filters.models)))
        passing += [_LEFT.c.contestant_id.in_(both), _RIGHT.c.contestant_id.in_(both)]
    return passing
