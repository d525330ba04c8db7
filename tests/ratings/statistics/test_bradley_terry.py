"""The fit against published tables, evalica's solver, and a slow and obvious one."""

import evalica
import numpy as np
import pandas as pd
import pytest
import scipy.optimize
from hypothesis import assume, given, settings
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from ratings.errors import UnconnectedError
from ratings.statistics.bradley_terry import (
    elo,
    information,
    maximum_likelihood,
    strengths_from_wins,
    virtual_wins,
    win_probability,
)
from ratings.statistics.connectivity import components, strong_components

# Agresti, Categorical Data Analysis (2nd edition, 2002): the American League's eastern division, 1987.
BASEBALL = np.array(
    [
        [0, 7, 9, 7, 7, 9, 11],  # Milwaukee
        [6, 0, 7, 5, 11, 9, 9],  # Detroit
        [4, 6, 0, 7, 7, 8, 12],  # Toronto
        [6, 8, 6, 0, 6, 7, 10],  # New York
        [6, 2, 6, 7, 0, 7, 12],  # Boston
        [4, 4, 5, 6, 6, 0, 6],  # Cleveland
        [2, 4, 1, 3, 1, 7, 0],  # Baltimore
    ]
)
BASEBALL_STRENGTHS = [1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839, 0.0]

# Stigler (1994), as in Agresti: how often a journal of statistics was cited by another.
CITATIONS = np.array(
    [
        [0, 730, 498, 221],  # Biometrika
        [33, 0, 68, 17],  # Communications in Statistics
        [320, 813, 0, 142],  # JASA
        [284, 276, 325, 0],  # JRSS-B
    ]
)
CITATION_STRENGTHS = [0.0, -2.9491, -0.4796, 0.2690]


@some.composite
def tables(draw: some.DrawFn) -> np.ndarray:
    """Wins, ties as halves, of which the likelihood has a finite maximum."""
    size = draw(some.integers(2, 6))
    halves = draw(arrays(np.int64, (size, size), elements=some.integers(0, 20)))
    wins = halves / 2
    np.fill_diagonal(wins, 0)
    assume(not strong_components(wins).any())
    return wins


def by_evalica(wins: np.ndarray) -> np.ndarray:
    winner, loser = np.nonzero(wins)
    found = evalica.bradley_terry(
        winner.tolist(),
        loser.tolist(),
        [evalica.Winner.X] * len(winner),
        index=pd.RangeIndex(len(wins)),
        weights=wins[winner, loser].tolist(),
        tolerance=1e-12,
        limit=1_000_000,
    )
    theta = np.log(found.scores.reindex(range(len(wins))).to_numpy())
    return theta - theta.mean()


def slow_and_obvious(wins: np.ndarray) -> np.ndarray:
    """Climb the log-likelihood, written out game by game."""

    def unlikely(free: np.ndarray) -> float:
        theta = [*free, 0.0]
        total = 0.0
        for winner, row in enumerate(wins):
            for loser, times in enumerate(row):
                total += times * np.log1p(np.exp(theta[loser] - theta[winner]))
        return total

    found = scipy.optimize.minimize(unlikely, np.zeros(len(wins) - 1), method="BFGS", options={"gtol": 1e-7})
    theta = np.append(found.x, 0.0)
    return theta - theta.mean()


@pytest.mark.parametrize(
    ("wins", "published", "last"),
    [(BASEBALL, BASEBALL_STRENGTHS, 6), (CITATIONS, CITATION_STRENGTHS, 0)],
    ids=["baseball", "citations"],
)
def test_published_strengths_are_reproduced(wins, published, last):
    theta = strengths_from_wins(wins, virtual_ties=0)
    assert theta - theta[last] == pytest.approx(published, abs=6e-5)


@given(tables())
@settings(deadline=None)
def test_evalica_finds_the_same(wins):
    assert strengths_from_wins(wins, virtual_ties=0) == pytest.approx(by_evalica(wins), abs=1e-5)
    assert strengths_from_wins(wins) == pytest.approx(by_evalica(wins + virtual_wins(wins)), abs=1e-5)


@given(tables())
@settings(deadline=None, max_examples=30)
def test_a_slow_and_obvious_climb_finds_the_same(wins):
    assert strengths_from_wins(wins, virtual_ties=0) == pytest.approx(slow_and_obvious(wins), abs=1e-3)


@given(tables())
def test_at_the_maximum_all_have_the_wins_expected_of_them(wins):
    theta = strengths_from_wins(wins, virtual_ties=0)
    expected = (wins + wins.T) * win_probability(theta)
    assert expected.sum(axis=1) == pytest.approx(wins.sum(axis=1), rel=1e-9, abs=1e-9)


@given(some.lists(tables(), min_size=2, max_size=2).filter(lambda two: len(two[0]) == len(two[1])))
def test_many_tables_at_once_are_fitted_as_one_by_one(two):
    both = maximum_likelihood(np.array(two))
    assert both[0] == pytest.approx(maximum_likelihood(two[0]), abs=1e-9)
    assert both[1] == pytest.approx(maximum_likelihood(two[1]), abs=1e-9)


@given(tables())
def test_turning_all_votes_round_turns_the_order_round(wins):
    assert strengths_from_wins(wins.T) == pytest.approx(-strengths_from_wins(wins), abs=1e-8)


def test_a_chain_that_takes_evalica_thousands_of_steps_is_fitted():
    size = 40
    wins = np.diag(np.full(size - 1, 3.0), 1) + np.diag(np.full(size - 1, 1.0), -1)
    steps = -np.diff(strengths_from_wins(wins, virtual_ties=0))
    assert steps == pytest.approx(np.full(size - 1, np.log(3)), abs=1e-8)


def test_wild_tables_are_fitted_too():
    wins = np.array([[0, 1e6, 0], [1e-3, 0, 1e6], [1e-3, 1e-3, 0]])
    theta = strengths_from_wins(wins, virtual_ties=0)
    expected = (wins + wins.T) * win_probability(theta)
    assert expected.sum(axis=1) == pytest.approx(wins.sum(axis=1), rel=1e-6)


@pytest.mark.parametrize("votes", [1, 3, 1000])
def test_who_has_only_won_stands_first_and_stays_finite(votes):
    theta = strengths_from_wins([[0, votes], [0, 0]])
    assert theta[0] - theta[1] == pytest.approx(np.log((votes + 0.5) / 0.5))


@given(tables())
def test_virtual_ties_are_as_many_as_strengths_to_be_found(wins):
    added = virtual_wins(wins)
    assert added.sum() == pytest.approx(len(wins) - 1)
    assert np.array_equal(added, added.T)
    assert np.array_equal(added > 0, (wins + wins.T) > 0)


def test_virtual_ties_undo_the_bias_away_from_the_middle():
    random = np.random.default_rng(1)
    games, truth = 10, np.array([-1.0, -0.3, 0.3, 1.0])
    chance = np.triu(win_probability(truth), 1)
    plain, mended = [], []
    for _ in range(400):
        upper = random.binomial(games, chance) * (chance > 0)
        wins = upper + np.tril(games - upper.T, -1)
        if not strong_components(wins).any():
            plain.append(strengths_from_wins(wins, virtual_ties=0))
            mended.append(strengths_from_wins(wins))
    assert len(plain) > 350
    stretch = (np.mean(plain, axis=0) @ truth) / (truth @ truth)
    assert stretch > 1.03
    assert (np.mean(mended, axis=0) @ truth) / (truth @ truth) == pytest.approx(1, abs=0.03)


def test_information_is_minus_the_curvature_of_the_log_likelihood():
    theta, step = np.array([0.3, -0.1, 0.5]), 1e-4
    wins = np.array([[0, 3, 1], [2, 0, 4], [5, 1, 0.5]])
    np.fill_diagonal(wins, 0)

    def slope(at: np.ndarray) -> np.ndarray:
        return (wins - (wins + wins.T) * win_probability(at)).sum(axis=1)

    for other, moved in enumerate(np.eye(3) * step):
        numerical = -(slope(theta + moved) - slope(theta - moved)) / (2 * step)
        assert information(wins, theta)[:, other] == pytest.approx(numerical, abs=1e-6)


@given(some.integers(1, 5).flatmap(lambda size: arrays(np.float64, size, elements=some.floats(-800, 800))))
def test_win_probabilities_add_up_even_far_out(theta):
    chance = win_probability(theta)
    assert np.all((chance >= 0) & (chance <= 1))
    assert chance + chance.T == pytest.approx(np.ones_like(chance))


def test_elo_points_tell_odds():
    assert elo([0.0, np.log(10), -np.log(100)]) == pytest.approx([1000, 1400, 200])


def test_a_table_in_two_parts_is_not_ranked():
    wins = np.zeros((4, 4))
    wins[0, 1] = wins[3, 2] = 5
    assert components(wins).max() == 1
    with pytest.raises(UnconnectedError):
        strengths_from_wins(wins)


def test_a_maximum_that_is_not_there_is_not_sought():
    with pytest.raises(AssertionError, match="no finite maximum"):
        strengths_from_wins([[0, 2], [0, 0]], virtual_ties=0)


def test_one_contestant_alone_has_strength_nought():
    assert strengths_from_wins([[0]]).tolist() == [0.0]
