from random import Random
from statistics import mean

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as some

from ratings.statistics.mean_opinion import MeanOpinion, mean_opinion

GRADE = some.integers(1, 5)
BY_PERSON = some.lists(some.lists(GRADE, min_size=1, max_size=6), min_size=2, max_size=12)


def spread_out(by_person: list[list[int]]) -> tuple[list[int], list[int]]:
    grades = [grade for given_by_one in by_person for grade in given_by_one]
    people = [person for person, given_by_one in enumerate(by_person) for _ in given_by_one]
    return grades, people


def slow_margin(by_person: list[list[int]]) -> float:
    """The docstring's formula, word by word."""
    grades, _ = spread_out(by_person)
    centre = mean(grades)
    squares = [sum(grade - centre for grade in given_by_one) ** 2 for given_by_one in by_person]
    count = len(grades) ** 2 / sum(len(given_by_one) ** 2 for given_by_one in by_person)
    variance = count / (count - 1) * sum(squares) / len(grades) ** 2
    return scipy.stats.t.ppf(0.975, count - 1) * variance**0.5


@given(some.lists(GRADE, min_size=2, max_size=40).filter(lambda grades: len(set(grades)) > 1))
def test_one_grade_a_person_gives_the_textbook_interval(grades: list[int]) -> None:
    low, high = scipy.stats.t.interval(
        0.95, len(grades) - 1, loc=np.mean(grades), scale=scipy.stats.sem(grades)
    )
    found = mean_opinion(grades)
    assert found.score == pytest.approx(mean(grades))
    assert found.low == pytest.approx(max(1, low))
    assert found.high == pytest.approx(min(5, high))
    assert (found.n, found.people) == (len(grades), len(grades))
    named = mean_opinion(grades, [f"rater {number}" for number in range(len(grades))])
    assert named.low == pytest.approx(found.low)


@given(BY_PERSON)
def test_interval_is_the_one_of_the_formula(by_person: list[list[int]]) -> None:
    found = mean_opinion(*spread_out(by_person))
    margin = slow_margin(by_person)
    if margin < 1e-6:
        assert (found.low, found.high) == (None, None)
    else:
        assert found.low == pytest.approx(max(1, found.score - margin))
        assert found.high == pytest.approx(min(5, found.score + margin))


@given(BY_PERSON, some.randoms(use_true_random=False))
def test_order_of_the_grades_does_not_matter(by_person: list[list[int]], random: Random) -> None:
    grades, people = spread_out(by_person)
    order = list(range(len(grades)))
    random.shuffle(order)
    found = mean_opinion([grades[index] for index in order], [people[index] for index in order])
    expected = mean_opinion(grades, people)
    assert found.score == pytest.approx(expected.score)
    assert found.low == pytest.approx(expected.low)
    assert found.high == pytest.approx(expected.high)


@given(BY_PERSON, some.integers(2, 5))
def test_saying_it_more_often_makes_nothing_surer(by_person: list[list[int]], times: int) -> None:
    once = mean_opinion(*spread_out(by_person))
    often = mean_opinion(*spread_out([given_by_one * times for given_by_one in by_person]))
    assert often.score == pytest.approx(once.score)
    assert often.low == pytest.approx(once.low)
    assert often.high == pytest.approx(once.high)


@given(BY_PERSON)
def test_interval_holds_the_score_and_stays_on_the_scale(by_person: list[list[int]]) -> None:
    found = mean_opinion(*spread_out(by_person))
    if found.low is not None and found.high is not None:
        assert 1 <= found.low <= found.score <= found.high <= 5


@pytest.mark.parametrize(
    ("grades", "people"), [([4], None), ([4, 2, 5], ["me"] * 3), ([5, 5, 5], None), ([5, 5], ["a", "b"])]
)
def test_grades_that_say_nothing_of_the_spread_get_no_interval(
    grades: list[int], people: list[str] | None
) -> None:
    found = mean_opinion(grades, people)
    assert found == MeanOpinion(
        score=pytest.approx(mean(grades)),
        low=None,
        high=None,
        n=len(grades),
        people=len(set(people or range(len(grades)))),
    )


@pytest.mark.parametrize(
    ("grades", "people"), [([], None), ([0], None), ([6], None), ([[3]], None), ([3, 4], ["a"])]
)
def test_what_is_no_list_of_grades_is_our_own_mistake(grades: list[int], people: list[str] | None) -> None:
    with pytest.raises(AssertionError):
        mean_opinion(grades, people)


def coverage(opinions: list[MeanOpinion], truth: float) -> float:
    """Return in which share of the trials the interval held the truth."""
    return mean(each.low is not None and each.low <= truth <= (each.high or 0) for each in opinions)


@pytest.mark.parametrize("people", [5, 15, 40])
def test_interval_holds_the_truth_in_95_of_100_trials(people: int) -> None:
    random = np.random.default_rng(20_260_101)
    chances = np.array([0.1, 0.2, 0.3, 0.25, 0.15])
    trials = random.choice(np.arange(1, 6), size=(3000, people), p=chances)
    covered = coverage([mean_opinion(trial) for trial in trials], float(chances @ np.arange(1, 6)))
    assert 0.93 <= covered <= 0.97


def test_interval_stays_honest_when_people_give_many_grades() -> None:
    random = np.random.default_rng(20_260_102)
    people = np.repeat(np.arange(20), 10)
    taste = np.repeat(random.choice([-1.0, 0.0, 1.0], size=(2000, 20)), 10, axis=1)
    trials = 3 + taste + random.choice([-0.5, 0.5], size=taste.shape)
    assert 0.93 <= coverage([mean_opinion(trial, people) for trial in trials], 3.0) <= 0.97
    assert coverage([mean_opinion(trial) for trial in trials], 3.0) < 0.7  # as if each grade were a person's


def test_interval_stays_honest_when_a_few_people_give_most_of_the_grades() -> None:
    random = np.random.default_rng(20_260_103)
    people = np.repeat(np.arange(15), [23, 11, 8, 6, 5, 4, 3, 3, 3, 2, 2, 2, 2, 2, 2])
    taste = random.choice([-1.0, 0.0, 1.0], size=(2000, 15))[:, people]
    trials = 3 + taste + random.choice([-0.5, 0.5], size=taste.shape)
    assert 0.93 <= coverage([mean_opinion(trial, people) for trial in trials], 3.0) <= 0.97
