import sys
from subprocess import run
from time import process_time

import numpy as np
import pytest
import scipy.stats

from ratings.errors import UnconnectedError
from ratings.simulation.raters import Effects, comparisons
from ratings.statistics.bradley_terry import strengths_from_wins, win_probability
from ratings.statistics.clusters import strengths_beyond_images
from ratings.statistics.small_samples import effective
from ratings.statistics.strengths import (
    RESAMPLES,
    Strengths,
    _resampled,
    effective_of_pairs,
    strengths,
)
from ratings.statistics.votes import Votes, pair_totals, votes

EFFECTS = Effects(raters=0.7, images=0.7)


def drawn(seed: int = 0, raters: int = 30, images: int = 12) -> Votes:
    return comparisons(np.random.default_rng(seed), EFFECTS, raters=raters, images=images)[0]


def slow_and_obvious(given: Votes, resamples: int, seed: int) -> np.ndarray:
    """Draw raters one by one, gather their votes, fit anew; return the standard deviation of each score."""
    random = np.random.default_rng(seed)
    wins = pair_totals(given)
    found = []
    for _ in range(resamples):
        chosen = random.integers(given.raters, size=given.raters)
        index = np.concatenate([np.flatnonzero(given.rater == each) for each in chosen])
        again = votes(
            given.left[index],
            given.right[index],
            given.outcome[index],
            np.zeros(len(index)),
            np.zeros(len(index)),
            contestants=len(wins),
        )
        found.append(strengths_from_wins(pair_totals(again)))
    return np.std(found, axis=0, ddof=1)


def test_wins_are_counted_from_either_side_and_ties_as_halves():
    given = votes([0, 1, 2, 0], [1, 0, 0, 2], [1, 1, 0, 0.5], list("aabc"), list("xyxz"), contestants=3)
    assert pair_totals(given).tolist() == [[0, 1, 1.5], [1, 0, 0], [0.5, 0, 0]]
    assert (given.raters, given.images) == (3, 3)


@pytest.mark.parametrize(
    ("left", "right", "outcome"),
    [
        ([0], [0], [1]),
        ([0], [2], [1]),
        ([-1], [1], [1]),
        ([0], [1], [0.7]),
        ([0], [1, 1], [1]),
        ([[0]], [1], [1]),
    ],
)
def test_what_is_no_vote_is_our_own_mistake(left, right, outcome):
    with pytest.raises(AssertionError):
        votes(left, right, outcome, [0], [0], contestants=2)


def test_intervals_are_those_of_a_slow_and_obvious_resampling():
    given = drawn(raters=20)
    found = strengths(given, resamples=1000)
    t_19 = 2.093
    expected = t_19 * slow_and_obvious(given, 500, seed=1) * np.sqrt(20 / 19)
    assert (found.high - found.low) / 2 == pytest.approx(expected, rel=0.15)
    assert (found.high + found.low) / 2 == pytest.approx(found.score)


def test_intervals_are_widened_for_few_raters_by_the_formula():
    given = drawn(raters=6)
    wins = pair_totals(given)
    found = np.concatenate(list(_resampled(given, wins, strengths_from_wins(wins), RESAMPLES, 2)))
    expected = []
    for who, spread in enumerate(found.std(axis=0, ddof=1)):
        count = effective(np.bincount(given.rater[(given.left == who) | (given.right == who)]))
        expected.append(scipy.stats.t.ppf(0.975, count - 1) * spread * np.sqrt(count / (count - 1)))
    assert 5 < count <= 6
    assert strengths(given, seed=2).high - strengths_from_wins(wins) == pytest.approx(
        np.array(expected), rel=1e-6
    )


def test_scores_are_those_of_the_pair_totals_alone():
    given = drawn()
    found = strengths(given)
    assert found.score == pytest.approx(strengths_from_wins(pair_totals(given)))
    assert found.win_probability == pytest.approx(win_probability(found.score))
    assert found.votes.sum() == 2 * len(given.left)
    assert found.raters.tolist() == [30] * 5
    assert found.bounded.all()
    assert found.reach == "these images"


def test_the_same_seed_gives_the_same_intervals():
    given = drawn()
    assert np.array_equal(strengths(given, seed=3).low, strengths(given, seed=3).low)
    assert not np.array_equal(strengths(given, seed=3).low, strengths(given, seed=4).low)


def test_saying_it_more_often_makes_nothing_surer():
    given = drawn()
    often = Votes(
        *(np.tile(each, 4) for each in (given.left, given.right, given.outcome, given.rater, given.image)), 5
    )
    width = lambda found: found.high - found.low  # noqa: E731
    assert width(strengths(often)) == pytest.approx(width(strengths(given)), rel=0.05)


def ranks(found: Strengths) -> list[tuple[int, int]]:
    return list(zip(found.best_rank.tolist(), found.worst_rank.tolist(), strict=True))


def many(wins: list[list[int]], people: int) -> Votes:
    """Votes of so many people, each of whom had row beat column that often."""
    one = [
        (row, column)
        for row, times in enumerate(wins)
        for column in range(len(times))
        for _ in range(times[column])
    ]
    left, right = np.array(one).T
    rater = np.repeat(np.arange(people), len(one))
    tiled = np.tile(left, people), np.tile(right, people)
    return votes(*tiled, np.ones(len(rater)), rater, np.zeros(len(rater)), contestants=len(wins))


def test_ranks_of_clear_differences_are_single():
    random = np.random.default_rng(0)
    given = many([[0, 6, 8], [2, 0, 6], [1, 2, 0]], 40)
    turned = np.where(random.random(len(given.left)) < 0.05, 0.0, given.outcome)
    found = strengths(Votes(given.left, given.right, turned, given.rater, given.image, 3))
    assert ranks(found) == [(1, 1), (2, 2), (3, 3)]


def test_ranks_of_equals_are_open():
    given = drawn(raters=10)
    random = np.random.default_rng(5)
    guessed = random.integers(2, size=len(given.left)).astype(float)
    found = strengths(Votes(given.left, given.right, guessed, given.rater, given.image, 5))
    assert all(best <= 2 and worst >= 4 for best, worst in ranks(found))


def test_who_never_lost_is_unbounded_and_bounds_no_rank_of_others():
    given = drawn(raters=60)
    more = votes(
        [*given.left, 5, 5],
        [*given.right, 0, 1],
        [*given.outcome, 1, 1],
        [*given.rater, 0, 1],
        [*given.image, 0, 0],
        contestants=6,
    )
    found, without = strengths(more), strengths(given)
    assert found.bounded.tolist() == [True] * 5 + [False]
    assert (found.low[5], found.high[5]) == (-np.inf, np.inf)
    assert ranks(found)[5] == (1, 6)
    assert [worst for _, worst in ranks(found)[:5]] == [worst + 1 for _, worst in ranks(without)]
    assert found.score[:5].mean() == pytest.approx(0)
    assert found.score[:5] == pytest.approx(without.score, abs=0.05)


def test_one_rater_bounds_nothing():
    found = strengths(many([[0, 6, 8], [2, 0, 6], [1, 2, 0]], 1))
    assert not found.bounded.any()
    assert np.all(np.isinf(found.high))
    assert ranks(found) == [(1, 3)] * 3


def test_raters_who_all_vote_alike_bound_nothing():
    found = strengths(many([[0, 6, 8], [2, 0, 6], [1, 2, 0]], 30))
    assert not found.bounded.any()
    assert ranks(found) == [(1, 3)] * 3


def test_who_met_few_raters_is_judged_by_these_alone():
    """A newcomer's interval is not Student's of all raters of the board."""
    given = drawn(raters=60)
    old = (given.left < 4) & (given.right < 4) | (given.rater < 3)
    few = votes(
        given.left[old],
        given.right[old],
        given.outcome[old],
        given.rater[old],
        given.image[old],
        contestants=5,
    )
    sizes = effective_of_pairs(few, few.rater)
    assert 2 < sizes[4, 4] <= 3
    assert sizes[4, 0] == sizes[4, 4]
    assert sizes[0, 1] > 40


def test_groups_that_were_never_compared_are_not_ranked():
    given = votes([0, 2], [1, 3], [1, 1], [0, 1], [0, 0], contestants=4)
    with pytest.raises(UnconnectedError):
        strengths(given)


@pytest.mark.parametrize("estimate", [strengths, strengths_beyond_images])
def test_no_votes_at_all_are_our_own_mistake(estimate):
    with pytest.raises(AssertionError, match="nothing"):
        estimate(votes([], [], [], [], [], contestants=1))


def test_a_rater_of_most_votes_leaves_few_raters_worth():
    assert effective(np.array([7] * 12)) == pytest.approx(12)
    assert effective(np.array([7] * 12 + [0] * 50)) == pytest.approx(12)
    assert effective(np.array([1000, 1, 1, 1])) == pytest.approx(1.006, abs=1e-3)


def test_a_million_votes_are_resampled_a_thousand_times_in_seconds():
    """The issue's size: below 60 s for the full recount; the statistics alone take a few."""
    random = np.random.default_rng(0)
    size, count, truth = 40, 1_000_000, np.random.default_rng(1).normal(0, 0.7, 40)
    left = random.integers(size, size=count)
    right = (left + 1 + random.integers(size - 1, size=count)) % size
    chance = win_probability(truth)[left, right]
    outcome = (random.random(count) < chance).astype(float)
    given = votes(left, right, outcome, random.integers(20_000, size=count), left * 0, contestants=size)
    start = process_time()
    found = strengths(given)
    assert process_time() - start < 30
    assert np.abs(found.score - truth + truth.mean()).max() < 0.1


def test_strengths_of_kept_totals_take_milliseconds():
    random = np.random.default_rng(0)
    wins = random.integers(1, 700, size=(40, 40)) * (1 - np.eye(40))
    strengths_from_wins(wins)
    start = process_time()
    for _ in range(10):
        strengths_from_wins(wins)
    assert (process_time() - start) / 10 < 0.1


def test_importing_the_statistics_imports_nothing_heavy():
    modules = (
        "strengths clusters subjects bt500 screening crowd agreement sample_size correlation differential"
    )
    code = f"import sys; from ratings.statistics import {modules.replace(' ', ', ')}; print(*sys.modules)"
    loaded = set(run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())
    assert not loaded & {"pandas", "scipy", "matplotlib", "evalica", "sureal", "sqlalchemy"}


def test_two_people_say_nothing_of_how_people_differ():
    given = votes([0] * 40, [1] * 40, [1, 1, 1, 0] * 10, ["ann"] * 38 + ["bob"] * 2, [7] * 40, contestants=2)
    found = strengths(given)
    assert np.isinf(found.low).all()
    assert np.isinf(found.high).all()
    assert found.score[0] > found.score[1]
