import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as some

from ratings.statistics.correlation import METHODS, correlation, correlations

# Anscombe, American Statistician 27 (1973), the first of his four sets: r = .816.
ANSCOMBE = (
    [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5],
    [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68],
)


def test_published_correlation_is_reproduced():
    found = correlation(*ANSCOMBE, "pearson")
    assert found.value == pytest.approx(0.81642, abs=1e-5)
    expected = scipy.stats.pearsonr(*ANSCOMBE).confidence_interval()
    assert (found.low, found.high) == (pytest.approx(expected.low), pytest.approx(expected.high))


@pytest.mark.parametrize(
    ("method", "spread"),
    [("spearman", np.sqrt((1 + 0.8182**2 / 2) / 8)), ("kendall", np.sqrt(0.437 / 7))],
)
def test_rank_intervals_are_those_of_the_formula(method, spread):
    found = correlation(*ANSCOMBE, method)
    assert found.value == pytest.approx({"spearman": 0.8182, "kendall": 0.6364}[method], abs=1e-4)
    expected = np.tanh(np.arctanh(found.value) + np.array([-1.96, 1.96]) * spread)
    assert (found.low, found.high) == (
        pytest.approx(expected[0], abs=1e-4),
        pytest.approx(expected[1], abs=1e-4),
    )


def tau(rho: float) -> float:
    return 2 / np.pi * np.arcsin(rho)


TRUTH = {"pearson": 0.6, "spearman": 6 / np.pi * np.arcsin(0.3), "kendall": tau(0.6)}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("stimuli", [12, 60])
def test_interval_holds_the_truth_in_95_of_100_trials(method, stimuli):
    random = np.random.default_rng(20_260_302)
    held = 0
    for _ in range(1000):
        people = random.normal(size=stimuli)
        found = correlation(people, 0.6 * people + 0.8 * random.normal(size=stimuli), method)
        held += found.low is not None and found.low <= TRUTH[method] <= (found.high or 0)
    assert 0.93 <= held / 1000 <= 0.97


@given(some.lists(some.tuples(some.integers(1, 9), some.integers(1, 9)), min_size=6, max_size=20))
def test_turning_one_side_round_turns_the_correlation_round(pairs):
    people, measured = np.array(pairs).T
    for forth, back in zip(correlations(people, measured), correlations(people, -measured), strict=True):
        if forth.value is None:
            assert back.value is None
        elif forth.low is None:
            assert abs(forth.value) == 1
        else:
            assert back.value == pytest.approx(-forth.value)
            assert back.low == pytest.approx(-(forth.high or 0))
            assert forth.low <= forth.value <= (forth.high or 0)


def test_order_alone_makes_a_rank_correlation_perfect_without_an_interval():
    pearson, spearman, kendall = correlations([1, 2, 3, 4, 5, 6, 7], [1, 2, 4, 8, 16, 32, 64])
    assert pearson.value is not None
    assert pearson.value < 0.95
    for found in (spearman, kendall):
        assert (found.value, found.low, found.high) == (1.0, None, None)


@pytest.mark.parametrize(
    ("people", "measured"), [([3, 3, 3], [1, 2, 3]), ([1, 2], [4, 4]), ([1], [1]), ([], [])]
)
def test_what_does_not_vary_correlates_with_nothing(people, measured):
    assert all(found.value is None for found in correlations(people, measured))


def test_five_stimuli_give_no_interval():
    assert correlation([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], "pearson").low is None


@pytest.mark.parametrize(("people", "measured"), [([1, 2], [1]), ([[1]], [[1]]), ([1, np.inf], [1, 2])])
def test_what_cannot_be_paired_is_our_own_mistake(people, measured):
    with pytest.raises(AssertionError):
        correlation(people, measured, "pearson")
