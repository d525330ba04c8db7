"""ITU-R BT.500's screening of observers: who strays from the others too often, to both sides."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ratings.statistics.subjects import as_matrix

STRAYS, ONE_SIDED = 0.05, 0.3
"""Rejected is who strays in more than this share of the grades, if |P - Q| / (P + Q) is below the other."""

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Screening:
    """What BT.500 says of J stimuli and I subjects.

    `kurtosis`, shape (J,), ≥ 1, NaN where all grades of a stimulus are equal. `above` (P) and `below` (Q),
    shape (I,), count a subject's grades beyond the bounds, `graded` all of them. `strays` = (P + Q) / graded
    and `one_sided` = |P - Q| / (P + Q), shape (I,), in [0, 1], NaN where there is nothing to divide by.
    `rejected`, shape (I,): strays > .05 and one_sided < .3.
    """

    kurtosis: NDArray[np.float64]
    above: NDArray[np.intp]
    below: NDArray[np.intp]
    graded: NDArray[np.intp]
    strays: NDArray[np.float64]
    one_sided: NDArray[np.float64]
    rejected: NDArray[np.bool_]


def screen(grades: ArrayLike) -> Screening:
    """Return ITU-R BT.500-15's screening of `grades`, shape (stimuli, subjects), NaN for missing.

    For each stimulus: mean u, standard deviation S = √(Σ (u_i - u)² / (N - 1)) and kurtosis β₂ = m₄ / m₂².
    With 2 ≤ β₂ ≤ 4 the bounds are u ± 2 S, else u ± √20 S. A grade at the upper bound or beyond counts in P,
    at the lower or beyond in Q. It is meant for one pass; it says who, and removes nobody.

    It misses who answers at random in a small test: `subject_model` shows such a person's inconsistency.

    sureal's differs: S has N for N - 1; a subject's strays are divided by all stimuli, graded or not; where
    all grades of a stimulus are equal, everyone counts as both above and below; and where it would reject
    all, none.

    >>> screen([[4, 4, 5], [1, 2, 1], [3, 3, 3]]).rejected.tolist()
    [False, False, False]
    """
    matrix = as_matrix(grades)
    deviation, bound, kurtosis = _bounds(matrix)
    stray = bound > 0
    above = (stray & (deviation >= bound - _ROUNDING)).sum(axis=1)
    below = (stray & (deviation <= _ROUNDING - bound)).sum(axis=1)
    graded = np.sum(~np.isnan(matrix), axis=0)
    strays = _ratio(above + below, graded)
    one_sided = _ratio(np.abs(above - below), above + below)
    rejected = (strays > STRAYS) & (one_sided < ONE_SIDED)
    return Screening(kurtosis, above, below, graded, strays, one_sided, rejected)


def _bounds(
    matrix: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return deviations from the mean, shape (subjects, stimuli), bounds and kurtosis, shape (stimuli,).

    A deviation that is missing is NaN; a bound is 0 where all grades are equal, or there is one alone.
    """
    count = np.sum(~np.isnan(matrix), axis=1)
    mean = np.nansum(matrix, axis=1) / np.maximum(count, 1)
    deviation = matrix.T - mean
    second = np.nansum(deviation**2, axis=0) / np.maximum(count, 1)
    fourth = np.nansum(deviation**4, axis=0) / np.maximum(count, 1)
    spread = np.sqrt(second * count / np.maximum(count - 1, 1))
    differ = second > 1e-12
    kurtosis = np.where(differ, fourth / np.where(differ, second, 1) ** 2, np.nan)
    normal = (kurtosis >= 2) & (kurtosis <= 4)
    return deviation, np.where(differ, np.where(normal, 2, np.sqrt(20)) * spread, 0), kurtosis


def _ratio(part: NDArray[np.intp], whole: NDArray[np.intp]) -> NDArray[np.float64]:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)
