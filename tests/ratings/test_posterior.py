"""Strengths from few votes, and what one more vote would tell, against slow and obvious versions."""

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import entropy, norm

from ratings.statistics.posterior import PRIOR_DEVIATION, information_gains, posterior


@some.composite
def boards(draw, largest=5, votes=30):
    """Wins of 2 to `largest` contestants, ties as halves."""
    size = draw(some.integers(2, largest))
    cells = some.lists(some.integers(0, 2 * votes), min_size=size, max_size=size)
    wins = np.array(draw(some.lists(cells, min_size=size, max_size=size))) / 2
    np.fill_diagonal(wins, 0)
    return wins


def surprise(strengths, wins):
    """Minus the logarithm of prior times likelihood, term by term."""
    size = len(wins)
    prior = sum(strength**2 for strength in strengths) / (2 * PRIOR_DEVIATION**2)
    votes = sum(
        wins[i, j] * np.log1p(np.exp(strengths[j] - strengths[i])) for i in range(size) for j in range(size)
    )
    return prior + votes


@settings(max_examples=50, deadline=None)
@given(boards())
def test_strengths_are_where_prior_times_likelihood_is_largest(wins):
    slow = minimize(surprise, np.zeros(len(wins)), args=(wins,))
    assert posterior(wins).strengths == pytest.approx(slow.x, abs=1e-3)


@settings(max_examples=50, deadline=None)
@given(boards(largest=4))
def test_the_covariance_is_the_inverse_of_the_curvature(wins):
    belief, size, step = posterior(wins), len(wins), 1e-3
    curvature = np.zeros((size, size))
    for i, j in np.ndindex(size, size):
        for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            aside = belief.strengths + step * (a * np.eye(size)[i] + b * np.eye(size)[j])
            curvature[i, j] += a * b * surprise(aside, wins) / (4 * step**2)
    assert curvature @ belief.covariance == pytest.approx(np.eye(size), abs=1e-3)


def test_without_votes_all_are_equal_and_as_uncertain_as_before():
    belief = posterior(np.zeros((3, 3)))
    assert belief.strengths.tolist() == [0, 0, 0]
    assert belief.covariance == pytest.approx(PRIOR_DEVIATION**2 * np.eye(3))


@pytest.mark.parametrize("votes", [1, 1e3, 1e9])
def test_who_won_everything_is_strong_but_not_infinitely(votes):
    belief = posterior([[0, votes], [0, 0]])
    assert 0 < belief.strengths[0] < 30
    assert np.all(np.isfinite(belief.covariance))


def test_whole_and_half_wins_of_a_long_chain_are_fitted():
    wins = np.triu(np.full((40, 40), 500.0), 1)
    assert np.all(np.diff(posterior(wins).strengths) < 0)


@settings(max_examples=20, deadline=None)
@given(boards())
def test_gains_are_those_of_the_definition(wins):
    belief = posterior(wins)
    gains = information_gains(belief)
    difference = float(belief.strengths[0] - belief.strengths[1])
    deviation = float(np.sqrt(belief.variances()[0, 1]))

    def expected(function):
        """The mean over the pair's difference, by another way of integrating."""
        value, _ = quad(
            lambda z: norm.pdf(z) * function(expit(difference + deviation * z)), -9, 9, points=[0], limit=200
        )
        return value

    chance = expected(lambda p: p)
    told = entropy([chance, 1 - chance]) - expected(lambda p: entropy([p, 1 - p]))
    assert gains[0, 1] == pytest.approx(told, rel=0.03, abs=1e-6)


@settings(deadline=None)
@given(boards())
def test_gains_are_symmetric_and_at_most_one_bit(wins):
    gains = information_gains(posterior(wins))
    assert gains == pytest.approx(gains.T)
    assert np.all(np.diag(gains) == 0)
    assert 0 <= gains.min() <= gains.max() <= log(2)


def test_votes_make_further_votes_on_that_pair_tell_less():
    before = information_gains(posterior([[0, 2, 2], [2, 0, 2], [2, 2, 0]]))
    after = information_gains(posterior([[0, 9, 2], [9, 0, 2], [2, 2, 0]]))
    assert before[0, 1] == pytest.approx(before[1, 2])
    assert after[0, 1] < after[1, 2]


def test_a_foregone_pair_tells_less_than_a_close_one():
    wins = np.array([[0, 20, 39], [20, 0, 39], [1, 1, 0]])
    gains = information_gains(posterior(wins))
    assert gains[0, 1] > gains[0, 2]
