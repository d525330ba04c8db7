"""Grades of a study → what people think of each result, and how far each person can be trusted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ratings.statistics.bt500 import screen
from ratings.statistics.mean_opinion import MeanOpinion, mean_opinion
from ratings.statistics.subjects import SubjectModel, subject_model
from ratings.stimuli import Stimulus
from ratings.studies.answers import Answer


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


def opinions(
    answers: Sequence[Answer], shown: Mapping[int, Stimulus]
) -> tuple[tuple[Item, ...], tuple[Person, ...]]:
    """Return each stimulus' opinion and each person's habits; those of people with two grades or more."""
    if not answers:
        return (), ()
    rows = {each: number for number, each in enumerate(dict.fromkeys(one.stimulus for one in answers))}
    people = {each: number for number, each in enumerate(dict.fromkeys(one.sitting for one in answers))}
    grades = np.full((len(rows), len(people)), np.nan)
    for each in answers:
        grades[rows[each.stimulus], people[each.sitting]] = each.grade
    steady = np.flatnonzero(np.sum(~np.isnan(grades), axis=0) >= 2).tolist()
    model = _model(grades[:, steady])
    habits = {number: place for place, number in enumerate(steady)} if model else {}
    rejected = screen(grades).rejected
    items = tuple(
        Item(
            stimulus=shown[stimulus],
            opinion=mean_opinion(grades[row][~np.isnan(grades[row])]),
            quality=float(model.quality[row]) if model else None,
        )
        for stimulus, row in rows.items()
    )
    return items, tuple(
        Person(
            sitting=sitting,
            bias=float(model.bias[habits[number]]) if model and number in habits else None,
            inconsistency=float(model.inconsistency[habits[number]]) if model and number in habits else None,
            rejected=bool(rejected[number]),
        )
        for sitting, number in people.items()
    )


def _model(grades: NDArray[np.float64]) -> SubjectModel | None:
    """Return the subject model of `grades`, shape (stimuli, people), None where it means nothing.

    It needs two people, a grade of each stimulus, and some spread; and it must not follow one person alone.
    """
    given = ~np.isnan(grades)
    if grades.shape[1] < 2 or not given.any(axis=1).all() or np.nanstd(grades) == 0:
        return None
    model = subject_model(grades)
    return model if model.led_by is None else None
