"""What came of a study: opinions of each contestant and stimulus, and how far each person can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from ratings.database import Database
from ratings.judging import Choice
from ratings.records import Contestant
from ratings.statistics.bradley_terry import elo
from ratings.statistics.bt500 import screen
from ratings.statistics.connectivity import groups
from ratings.statistics.differential import differential_opinion
from ratings.statistics.mean_opinion import MeanOpinion, mean_opinion
from ratings.statistics.strengths import strengths
from ratings.statistics.subjects import subject_model
from ratings.statistics.votes import LEFT, RIGHT, TIE, pair_totals, votes
from ratings.stimuli import Stimuli, Stimulus
from ratings.studies.design import Kind, Method
from ratings.studies.records import Study
from ratings.tables import judgements, sittings, studies

REFERENCE = "reference"
"""The model id of clean pictures that stand hidden among the results."""

TRAP = "trap"
"""The model id of plates that say what to answer."""

_OUTCOME = {Choice.LEFT: LEFT, Choice.RIGHT: RIGHT, Choice.TIE: TIE, Choice.BOTH_BAD: TIE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One contestant of a study: `score` with its 95 % interval, None where nothing bounds it.

    A mean grade from 1 to 5; for ACR-HR a mean difference to the hidden reference, 5 as good as it; for pairs
    a strength on Elo's scale, 1000 the mean.
    """

    contestant: Contestant
    score: float
    low: float | None
    high: float | None
    answers: int
    raters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One stimulus: its mean opinion, and its quality by P.910's subject model (None where that has none)."""

    stimulus: Stimulus
    opinion: MeanOpinion
    quality: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person: `bias` and `inconsistency` in grades by the subject model, and BT.500's verdict."""

    sitting: str
    bias: float | None
    inconsistency: float | None
    rejected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What came of a study, the best contestant first. Only answers that count, of the items themselves."""

    study: Study
    rows: tuple[Row, ...]
    items: tuple[Item, ...]
    people: tuple[Person, ...]
    answers: int


@dataclass(frozen=True, slots=True)
class _Answer:
    sitting: str
    stimulus: int
    other: int | None
    grade: int | None
    choice: str | None


def results(database: Database, study: Study) -> Results:
    """Return what came of `study` so far. Raises StoreError."""
    with database.reading() as connection:
        answers = _read(connection, study.uid)
    shown = Stimuli(database).get(
        sorted({each.stimulus for each in answers} | {e.other for e in answers if e.other})
    )
    if study.design.method is Method.PAIRS:
        return Results(study=study, rows=_pairs(answers, shown), items=(), people=(), answers=len(answers))
    items, people = _models(answers, shown)
    rows = _differences(answers, shown) if study.design.method is Method.ACR_HR else _means(answers, shown)
    return Results(study=study, rows=rows, items=items, people=people, answers=len(answers))


def _read(connection: Connection, uid: str) -> list[_Answer]:
    query = (
        select(
            sittings.c.uid,
            judgements.c.stimulus_id,
            judgements.c.other_id,
            judgements.c.grade,
            judgements.c.choice,
        )
        .join(sittings, sittings.c.id == judgements.c.sitting_id)
        .join(studies, studies.c.id == sittings.c.study_id)
        .where(studies.c.uid == uid, judgements.c.flag.is_(None), judgements.c.kind == Kind.RATING)
        .order_by(judgements.c.id)
    )
    return [_Answer(*row) for row in connection.execute(query)]


def _means(answers: Sequence[_Answer], shown: dict[int, Stimulus]) -> tuple[Row, ...]:
    """Return the mean grade of each contestant, with intervals over people."""
    rows: list[Row] = []
    for contestant in dict.fromkeys(shown[each.stimulus].contestant for each in answers):
        mine = [each for each in answers if shown[each.stimulus].contestant == contestant]
        opinion = mean_opinion([each.grade or 0 for each in mine], [each.sitting for each in mine])
        rows.append(_row(contestant, opinion))
    return _best_first(rows)


def _differences(answers: Sequence[_Answer], shown: dict[int, Stimulus]) -> tuple[Row, ...]:
    """Return the mean of each grade less the same person's of the hidden reference, plus 5."""
    hidden = {
        (each.sitting, shown[each.stimulus].input_name): each.grade
        for each in answers
        if shown[each.stimulus].contestant.model == REFERENCE
    }
    rows: list[Row] = []
    for contestant in dict.fromkeys(shown[each.stimulus].contestant for each in answers):
        mine = [
            (each.grade, hidden[each.sitting, shown[each.stimulus].input_name], each.sitting)
            for each in answers
            if shown[each.stimulus].contestant == contestant
            and (each.sitting, shown[each.stimulus].input_name) in hidden
        ]
        if mine and contestant.model != REFERENCE:
            grades, references, people = zip(*mine, strict=True)
            rows.append(_row(contestant, differential_opinion(grades, references, people)))
    return _best_first(rows)


def _pairs(answers: Sequence[_Answer], shown: dict[int, Stimulus]) -> tuple[Row, ...]:
    """Return the strengths of all that were compared, group by group."""
    pairs = [(shown[e.stimulus], shown[e.other], e) for e in answers if e.other is not None and e.choice]
    pairs = [(left, right, each) for left, right, each in pairs if left.contestant_id != right.contestant_id]
    if not pairs:
        return ()
    known = {s.contestant_id: s.contestant for left, right, _ in pairs for s in (left, right)}
    place = {identifier: number for number, identifier in enumerate(known)}
    given = votes(
        [place[left.contestant_id] for left, _, _ in pairs],
        [place[right.contestant_id] for _, right, _ in pairs],
        [_OUTCOME[Choice(str(each.choice))] for *_, each in pairs],
        [each.sitting for *_, each in pairs],
        [left.input_sha256 for left, _, _ in pairs],
        contestants=len(known),
    )
    if len(groups(pair_totals(given))) > 1:
        return ()
    found, contestants = strengths(given), list(known.values())
    rows = [
        Row(
            contestant=contestants[number],
            score=float(elo(found.score[number])),
            low=_known(float(elo(found.low[number]))),
            high=_known(float(elo(found.high[number]))),
            answers=int(found.votes[number]),
            raters=int(found.raters[number]),
        )
        for number in range(len(contestants))
    ]
    return _best_first(rows)


def _models(
    answers: Sequence[_Answer], shown: dict[int, Stimulus]
) -> tuple[tuple[Item, ...], tuple[Person, ...]]:
    """Return each stimulus' opinion and each person's habits; those of people with two grades or more."""
    if not answers:
        return (), ()
    stimuli = list(dict.fromkeys(each.stimulus for each in answers))
    people = list(dict.fromkeys(each.sitting for each in answers))
    grades = np.full((len(stimuli), len(people)), np.nan)
    for each in answers:
        grades[stimuli.index(each.stimulus), people.index(each.sitting)] = each.grade
    steady = [number for number in range(len(people)) if np.sum(~np.isnan(grades[:, number])) >= 2]
    fitted = subject_model(grades[:, steady]) if _can_be_fitted(grades[:, steady]) else None
    rejected = screen(grades).rejected
    items = tuple(
        Item(
            stimulus=shown[each],
            opinion=mean_opinion(grades[row][~np.isnan(grades[row])]),
            quality=float(fitted.quality[row]) if fitted else None,
        )
        for row, each in enumerate(stimuli)
    )
    habits = {number: place for place, number in enumerate(steady)} if fitted else {}
    return items, tuple(
        Person(
            sitting=sitting,
            bias=float(fitted.bias[habits[number]]) if fitted and number in habits else None,
            inconsistency=float(fitted.inconsistency[habits[number]])
            if fitted and number in habits
            else None,
            rejected=bool(rejected[number]),
        )
        for number, sitting in enumerate(people)
    )


def _can_be_fitted(grades: NDArray[np.float64]) -> bool:
    """Tell whether there is enough for the subject model: two people, each stimulus graded, some spread."""
    given = ~np.isnan(grades)
    return bool(grades.shape[1] >= 2 and given.any(axis=1).all() and np.nanstd(grades) > 0)


def _row(contestant: Contestant, opinion: MeanOpinion) -> Row:
    return Row(
        contestant=contestant,
        score=opinion.score,
        low=opinion.low,
        high=opinion.high,
        answers=opinion.n,
        raters=opinion.people,
    )


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _best_first(rows: Sequence[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: (-row.score, row.contestant.model)))
