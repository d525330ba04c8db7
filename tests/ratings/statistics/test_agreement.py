from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from ratings.statistics.agreement import krippendorff

_ = np.nan
# Krippendorff, "Computing Krippendorff's alpha-reliability" (2011): four observers, twelve units.
PUBLISHED = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
        [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
    ]
).T


def slow_and_obvious(answers: np.ndarray) -> float:
    """α for intervals: pairs within a unit against pairs of all answers."""
    units = [[value for value in row if not np.isnan(value)] for row in answers]
    units = [unit for unit in units if len(unit) > 1]
    count = sum(len(unit) for unit in units)
    observed = sum(sum((a - b) ** 2 for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in units)
    together = [value for unit in units for value in unit]
    expected = sum((a - b) ** 2 for a, b in permutations(together, 2)) / (count - 1)
    return 1 - observed / expected if expected else 1.0


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_published_agreement_is_reproduced(level, alpha):
    found = krippendorff(PUBLISHED, level)
    assert found is not None
    assert found.alpha == pytest.approx(alpha, abs=5e-4)
    assert found.low is not None
    assert found.high is not None
    assert found.low < alpha < found.high <= 1
    assert (found.units, found.answers) == (11, 40)


@given(arrays(np.float64, (6, 3), elements=some.sampled_from([1, 2, 3, 5, np.nan])))
@settings(deadline=None, max_examples=30)
def test_interval_agreement_is_the_one_of_the_formula(answers):
    found = krippendorff(answers, "interval", resamples=10)
    if np.all(np.sum(~np.isnan(answers), axis=1) < 2):
        assert found is None
    else:
        assert found is not None
        assert found.alpha == pytest.approx(slow_and_obvious(answers))


def test_answers_by_chance_agree_at_about_nought():
    found = krippendorff(np.random.default_rng(0).integers(1, 6, (300, 5)), "ordinal", resamples=200)
    assert found is not None
    assert abs(found.alpha) < 0.05


def test_answers_all_alike_have_no_interval():
    found = krippendorff([[3, 3], [3, 3]], "interval")
    assert found is not None
    assert (found.alpha, found.low, found.high) == (1.0, None, None)


def test_the_same_seed_gives_the_same_interval():
    assert krippendorff(PUBLISHED, "nominal", seed=1) == krippendorff(PUBLISHED, "nominal", seed=1)
