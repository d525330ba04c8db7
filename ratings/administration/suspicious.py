"""Raters whose answers look as if given blindly: shown to an administrator with the figures, never acted on.

Looked at are the answers that count: blind votes, task by task and within contestants that were compared with
each other, and the grades of studies, study by study. Linear in answers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, select

from ratings.database import Database
from ratings.judging import Choice
from ratings.statistics.connectivity import components
from ratings.statistics.flags import Flag, Reason
from ratings.statistics.screening import screen_grades, screen_votes
from ratings.statistics.votes import LEFT, RIGHT, TIE, pair_totals, votes
from ratings.tables import deals, judgements, sittings, stimuli, studies
from ratings.tables import votes as rows

_OUTCOME = {Choice.LEFT: LEFT, Choice.RIGHT: RIGHT, Choice.TIE: TIE, Choice.BOTH_BAD: TIE}


@dataclass(frozen=True, slots=True)
class Suspect:
    """A doubt about a rater: `figure` was found where an honest rater keeps to `limit`.

    `where` is a task, or the title of a study; `answers` is how many the rater gave there. What `reason`,
    `figure` and `limit` mean stands in `ratings.statistics.screening`.
    """

    rater: str
    where: str
    reason: Reason
    figure: float
    limit: float
    answers: int


def suspects(database: Database) -> tuple[Suspect, ...]:
    """Return the doubts about raters whose answers count, those with most answers first."""
    with database.reading() as connection:
        found = [*_of_votes(connection), *_of_grades(connection)]
    return tuple(sorted(found, key=lambda each: (-each.answers, each.rater, each.where, each.reason)))


def _of_votes(connection: Connection) -> Iterator[Suspect]:
    left, right = stimuli.alias("left_stimuli"), stimuli.alias("right_stimuli")
    query = (
        select(rows.c.task, left.c.contestant_id, right.c.contestant_id, rows.c.choice, rows.c.rater)
        .join(deals, deals.c.id == rows.c.deal_id)
        .join(left, left.c.id == deals.c.left_id)
        .join(right, right.c.id == deals.c.right_id)
        .where(rows.c.flag.is_(None), rows.c.withdrawn_at.is_(None), rows.c.rater.is_not(None))
        .where(left.c.contestant_id != right.c.contestant_id)
    )
    by_task: dict[str, list[Row[*tuple[Any, ...]]]] = {}
    for row in connection.execute(query):
        by_task.setdefault(row.task, []).append(row)
    for task, given in by_task.items():
        yield from _of_task(task, given)


def _of_task(task: str, given: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[Suspect]:
    _, left, right, choice, rater = zip(*given, strict=True)
    known, numbered = np.unique([*left, *right], return_inverse=True)
    ours, theirs = np.split(numbered, 2)
    outcome, who = np.array([_OUTCOME[Choice(each)] for each in choice]), np.array(rater)
    whole = votes(ours, theirs, outcome, who, ours, contestants=len(known))
    component = components(pair_totals(whole))
    for group in np.unique(component):
        inside = component[ours] == group
        place = np.cumsum(component == group) - 1
        part = votes(
            place[ours[inside]],
            place[theirs[inside]],
            outcome[inside],
            who[inside],
            ours[inside],
            contestants=int(np.sum(component == group)),
        )
        names, answers = np.unique(who[inside], return_counts=True)
        yield from _named(task, screen_votes(part), names.tolist(), answers.tolist())


def _of_grades(connection: Connection) -> Iterator[Suspect]:
    query = (
        select(
            studies.c.id, studies.c.title, judgements.c.stimulus_id, judgements.c.rater, judgements.c.grade
        )
        .join(sittings, sittings.c.id == judgements.c.sitting_id)
        .join(studies, studies.c.id == sittings.c.study_id)
        .where(judgements.c.flag.is_(None), judgements.c.grade.is_not(None))
        .order_by(judgements.c.id)
    )
    by_study: dict[tuple[int, str], list[tuple[int, str, int]]] = {}
    for study, title, stimulus, rater, grade in connection.execute(query):
        by_study.setdefault((study, title), []).append((stimulus, rater, grade))
    for (_, title), given in by_study.items():
        yield from _of_study(title, given)


def _of_study(title: str, given: Sequence[tuple[int, str, int]]) -> Iterator[Suspect]:
    """A stimulus that was graded twice by somebody counts with the last grade."""
    stimulus, rater, grade = zip(*given, strict=True)
    shown, row = np.unique(stimulus, return_inverse=True)
    names, column = np.unique(rater, return_inverse=True)
    matrix = np.full((len(shown), len(names)), np.nan)
    for place, value in zip(zip(row, column, strict=True), grade, strict=True):
        matrix[place] = value
    answers = np.sum(~np.isnan(matrix), axis=0)
    yield from _named(title, screen_grades(matrix), names.tolist(), answers.tolist())


def _named(where: str, flags: Sequence[Flag], names: list[str], answers: list[int]) -> Iterator[Suspect]:
    for flag in flags:
        who = names[flag.rater]
        yield Suspect(who, where, flag.reason, flag.figure, flag.limit, answers[flag.rater])
