"""What came of a graded study: opinions of each contestant and result, and how far people can be trusted.

A study of pairs is counted as the Arena's votes are (`ratings.boards`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ratings.database import Database
from ratings.filters import Filters
from ratings.records import Contestant, Flag
from ratings.statistics.differential import differential_opinion
from ratings.statistics.mean_opinion import MeanOpinion, mean_opinion
from ratings.statistics.mean_ranks import rank_ranges
from ratings.stimuli import Stimuli, Stimulus
from ratings.studies.answers import REFERENCE, Answer, graded_answers, study_flags
from ratings.studies.design import Method
from ratings.studies.opinions import Item, Person, opinions
from ratings.studies.records import Study

ENOUGH_PEOPLE = 15
"""Contestants that fewer people graded are shown, and not ranked: ITU-R BT.500 calls that informal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One contestant of a graded study, by this database's `id`.

    `opinion` is its mean grade from 1 to 5, for ACR-HR its mean difference to the hidden reference, 5 as good
    as it; nobody is left out of it. `screened` is the same without those whom ITU-R BT.500's screening
    rejects, None where it leaves nobody. `quality` is the mean of its results' quality by P.910's subject
    model, on the same scale, None where there is no such model. `best_rank` and `worst_rank` are None with
    fewer than ENOUGH_PEOPLE people.
    """

    id: int
    contestant: Contestant
    opinion: MeanOpinion
    screened: MeanOpinion | None
    quality: float | None
    best_rank: int | None
    worst_rank: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What came of a study, the best contestant first. Only answers that count, of the items themselves.

    `answers_by_day` maps days in UTC (ISO 8601) to answers; `flags` counts those that do not count, by why.
    """

    study: Study
    rows: tuple[Row, ...]
    items: tuple[Item, ...]
    people: tuple[Person, ...]
    answers: int
    answers_by_day: Mapping[str, int]
    flags: Mapping[Flag, int]


@dataclass(frozen=True, slots=True)
class _Grades:
    """A contestant's grades, by whom, and for ACR-HR what the same people gave its hidden references."""

    people: list[str] = field(default_factory=list[str])
    grades: list[int] = field(default_factory=list[int])
    references: list[int] = field(default_factory=list[int])

    def opinion(self, without: frozenset[str] = frozenset()) -> MeanOpinion | None:
        """Return their mean; None if nobody is left."""
        kept = [place for place, person in enumerate(self.people) if person not in without]
        if not kept:
            return None
        people, grades = [self.people[place] for place in kept], [self.grades[place] for place in kept]
        if not self.references:
            return mean_opinion(grades, people)
        return differential_opinion(grades, [self.references[place] for place in kept], people)


def results(database: Database, study: Study, filters: Filters | None = None) -> Results:
    """Return what came of a graded `study` so far, of the answers that pass `filters`. Raises StoreError."""
    assert study.design.method is not Method.PAIRS, "pairs are counted by ratings.boards"
    with database.reading() as connection:
        answers = graded_answers(connection, study.uid, filters or Filters())
        flags = study_flags(connection, study.uid)
    shown = Stimuli(database).get(sorted({each.stimulus for each in answers}))
    items, people = opinions(answers, shown)
    rejected = frozenset(each.sitting for each in people if each.rejected)
    return Results(
        study=study,
        rows=_rows(answers, shown, items, rejected, differences=study.design.method is Method.ACR_HR),
        items=items,
        people=people,
        answers=len(answers),
        answers_by_day=Counter(each.day for each in answers),
        flags=flags,
    )


def _rows(
    answers: Sequence[Answer],
    shown: Mapping[int, Stimulus],
    items: Sequence[Item],
    rejected: frozenset[str],
    *,
    differences: bool,
) -> tuple[Row, ...]:
    """Return each contestant, the best first; with `differences` the references are no contestants."""
    given = _differences(answers, shown) if differences else _grades(answers, shown)
    known = {each.contestant_id: each.contestant for each in shown.values()}
    qualities = _qualities(items, differences=differences)
    ranks = _ranks(answers, shown, list(given))
    rows: list[Row] = []
    for contestant, grades in given.items():
        opinion = grades.opinion()
        assert opinion is not None, "a contestant has grades"
        best, worst = ranks[contestant] if opinion.people >= ENOUGH_PEOPLE else (None, None)
        rows.append(
            Row(
                id=contestant,
                contestant=known[contestant],
                opinion=opinion,
                screened=grades.opinion(rejected),
                quality=qualities.get(contestant),
                best_rank=best,
                worst_rank=worst,
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.opinion.score, row.contestant.model)))


def _grades(answers: Iterable[Answer], shown: Mapping[int, Stimulus]) -> dict[int, _Grades]:
    given: dict[int, _Grades] = {}
    for each in answers:
        mine = given.setdefault(shown[each.stimulus].contestant_id, _Grades())
        mine.people.append(each.sitting)
        mine.grades.append(each.grade)
    return given


def _differences(answers: Sequence[Answer], shown: Mapping[int, Stimulus]) -> dict[int, _Grades]:
    """Return grades beside the same person's of the hidden reference, where there is one."""
    hidden = {
        (each.sitting, shown[each.stimulus].input_name): each.grade
        for each in answers
        if shown[each.stimulus].contestant.model == REFERENCE
    }
    given: dict[int, _Grades] = {}
    for each in answers:
        stimulus = shown[each.stimulus]
        reference = hidden.get((each.sitting, stimulus.input_name))
        if reference is None or stimulus.contestant.model == REFERENCE:
            continue
        mine = given.setdefault(stimulus.contestant_id, _Grades())
        mine.people.append(each.sitting)
        mine.grades.append(each.grade)
        mine.references.append(reference)
    return given


def _qualities(items: Sequence[Item], *, differences: bool) -> dict[int, float]:
    """Return the mean quality of each contestant's results by the subject model, where there is one."""
    hidden = {
        each.stimulus.input_name: each.quality
        for each in items
        if each.stimulus.contestant.model == REFERENCE
    }
    found: dict[int, list[float]] = {}
    for each in items:
        reference = hidden.get(each.stimulus.input_name) if differences else 0.0
        if each.quality is not None and reference is not None:
            quality = each.quality - reference + 5 if differences else each.quality
            found.setdefault(each.stimulus.contestant_id, []).append(quality)
    return {contestant: float(np.mean(values)) for contestant, values in found.items()}


def _ranks(
    answers: Sequence[Answer], shown: Mapping[int, Stimulus], ranked: Sequence[int]
) -> dict[int, tuple[int, int]]:
    """Return the best and the worst rank of each contestant in `ranked`, among them."""
    place = {contestant: number for number, contestant in enumerate(ranked)}
    people = {each: number for number, each in enumerate(dict.fromkeys(one.sitting for one in answers))}
    inputs = dict.fromkeys(shown[each.stimulus].input_name for each in answers)
    column = {name: number for number, name in enumerate(inputs)}
    grades = np.full((len(place), len(people), len(column)), np.nan)
    for each in answers:
        stimulus = shown[each.stimulus]
        if stimulus.contestant_id in place:
            where = place[stimulus.contestant_id], people[each.sitting], column[stimulus.input_name]
            grades[where] = each.grade
    best, worst = rank_ranges(grades)
    return dict(zip(ranked, zip(best.tolist(), worst.tolist(), strict=True), strict=True))
