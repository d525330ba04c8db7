"""Raters who answer always the same, or like chance: flags with a reason, never a silent discard.

Each check flags at most one honest rater in a hundred; what "honest" allows for stands with each, and tests
hold it. Raters of few answers are not flagged: nothing can be said of them.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ratings.statistics.bradley_terry import strengths_from_wins, win_probability
from ratings.statistics.flags import Flag
from ratings.statistics.subjects import as_matrix
from ratings.statistics.votes import Votes, pair_totals

FALSE_ALARMS = 0.01
LEANING = 0.6
"""An honest person may lean to one side this much: 60 of 100 choices."""
FEWEST_VOTES, FEWEST_GRADES, FEWEST_RATERS = 20, 10, 5


def screen_votes(given: Votes) -> tuple[Flag, ...]:
    """Return the flags of raters in pair votes: "one side", "only ties", "like chance".

    one side: the share of the left side (or the right) among choices that were no ties, figure in [0.5, 1],
    is surely above LEANING = .6: were it .6, so many on one side had a probability of at most .5 % by the
    binomial distribution (11 of 11 do). only ties: 10 or more votes, all ties; who honestly calls a tie in 60
    of 100 does that in less than 1 % of ten.

    like chance: how much more often the rater's choices agree with the others' strengths than chance would,
    where 1 is as often as everybody's, 0 is chance, in 20 or more votes (see `_like_chance`). Raters whose
    taste is their own agree less; how far people differ is taken from the votes.

    Raises UnconnectedError: some contestants were never compared, even along a chain.

    >>> from ratings.statistics.votes import votes
    >>> clicker = votes([0, 1] * 6, [1, 0] * 6, [1] * 12, [7] * 12, range(12), contestants=2)
    >>> [flag.reason for flag in screen_votes(clicker)]
    ['one side']
    """
    chance = win_probability(strengths_from_wins(pair_totals(given)))
    expected = chance[given.left, given.right] - 0.5
    return (*_one_side(given), *_only_ties(given), *_votes_like_chance(given, expected))


def screen_grades(grades: NDArray[np.float64]) -> tuple[Flag, ...]:
    """Return the flags of raters in `grades`, shape (stimuli, raters), NaN for missing: "one grade", "like
    chance".

    one grade: 10 or more grades, all the same, though so many in a row have a probability of at most 1 % by
    what all gave to these stimuli (figure: that probability). like chance: the slope of the rater's grades
    over the means of the others', where 1 is as steep as everybody's, 0 is chance, in 10 or more grades (see
    `_like_chance`).

    >>> screen_grades(np.array([[1.0, 2.0], [4.0, 5.0]]))
    ()
    """
    matrix = as_matrix(grades)
    return (*_one_grade(matrix), *_grades_like_chance(matrix))


def _one_side(given: Votes) -> Iterator[Flag]:
    from scipy.stats import binom

    left = np.bincount(given.rater, weights=given.outcome == 1)
    chosen = np.bincount(given.rater, weights=given.outcome != 0.5)
    more = np.maximum(left, chosen - left)
    by_chance = binom.sf(more - 1, chosen, LEANING)
    for rater in np.flatnonzero((chosen > 0) & (by_chance <= FALSE_ALARMS / 2)):
        yield Flag(int(rater), "one side", float(more[rater] / chosen[rater]), LEANING)


def _only_ties(given: Votes) -> Iterator[Flag]:
    ties, votes = np.bincount(given.rater, weights=given.outcome == 0.5), np.bincount(given.rater)
    for rater in np.flatnonzero((ties == votes) & (votes >= 10)):
        yield Flag(int(rater), "only ties", float(votes[rater]), 10)


def _votes_like_chance(given: Votes, expected: NDArray[np.float64]) -> Iterator[Flag]:
    """Compare choices with P(left wins) - 1/2: the slope is 1 for who votes as the crowd does."""
    weight = np.bincount(given.rater, weights=expected**2)
    agreed = np.bincount(given.rater, weights=(given.outcome - 0.5) * expected)
    spread = np.bincount(given.rater, weights=expected**2 * (0.25 - expected**2))
    told = (np.bincount(given.rater) >= FEWEST_VOTES) & (weight > 0)
    slope, variance = agreed[told] / weight[told], spread[told] / weight[told] ** 2
    yield from _like_chance(np.flatnonzero(told), slope, variance)


def _one_grade(matrix: NDArray[np.float64]) -> Iterator[Flag]:
    given = ~np.isnan(matrix)
    lowest = np.min(matrix, axis=0, where=given, initial=5)
    highest = np.max(matrix, axis=0, where=given, initial=1)
    for rater in np.flatnonzero((given.sum(axis=0) >= FEWEST_GRADES) & (lowest == highest)):
        rows = given[:, rater]
        same = np.sum(matrix[rows] == lowest[rater], axis=1)  # the rater's own is the one that smooths
        by_chance = float(np.prod(same / given[rows].sum(axis=1)))
        if by_chance <= FALSE_ALARMS:
            yield Flag(int(rater), "one grade", by_chance, FALSE_ALARMS)


def _grades_like_chance(matrix: NDArray[np.float64]) -> Iterator[Flag]:
    given = ~np.isnan(matrix)
    others = given.sum(axis=1, keepdims=True) - given
    sums = np.nansum(matrix, axis=1, keepdims=True) - np.where(given, matrix, 0)
    told = given & (others > 0)
    count = told.sum(axis=0)
    means = np.where(told, sums / np.maximum(others, 1), 0)
    apart = np.where(told, means - means.sum(axis=0) / np.maximum(count, 1), 0)
    own = np.where(told, matrix, 0)
    own = np.where(told, own - own.sum(axis=0) / np.maximum(count, 1), 0)
    weight = np.sum(apart**2, axis=0)
    enough = (count >= FEWEST_GRADES) & (weight > 1e-9)
    raters, slope = np.flatnonzero(enough), np.sum(own * apart, axis=0)[enough] / weight[enough]
    left = np.sum((own[:, enough] - slope * apart[:, enough]) ** 2, axis=0) / (count[enough] - 2)
    yield from _like_chance(raters, slope, np.maximum(left, 1e-9) / weight[enough])


def _like_chance(
    raters: NDArray[np.intp], slope: NDArray[np.float64], variance: NDArray[np.float64]
) -> Iterator[Flag]:
    """Flag who agrees with the others far less than is usual, and less than half as much.

    Slopes are divided by their median. People differ by τ², the median of (slope - 1)² / .455 - variance
    (.455 is the median of χ² with one degree of freedom); flagged is a slope below 1/2 that lies below 1 by
    more than t(0.25 %) · √(variance + τ²). That is stricter than 1 % since τ² is known roughly: measured,
    with tastes that differ by odds of two to one, 1.2 % of honest raters are flagged at most. Medians hold
    as long as most raters are honest; with fewer than five there is no saying what is usual.
    """
    from scipy.special import stdtrit

    if len(raters) < FEWEST_RATERS or np.median(slope) <= 0:
        return
    usual = float(np.median(slope))
    slope, variance = slope / usual, variance / usual**2
    differ = max(0.0, float(np.median((slope - 1) ** 2 / 0.455 - variance)))
    limit = 1 + stdtrit(len(raters) - 1, FALSE_ALARMS / 4) * np.sqrt(variance + differ)
    for each in np.flatnonzero((slope < limit) & (slope < 0.5)):
        yield Flag(int(raters[each]), "like chance", float(slope[each]), float(min(limit[each], 0.5)))
