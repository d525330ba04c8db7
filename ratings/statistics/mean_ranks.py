"""Which ranks mean grades leave open: who is surely better than whom, by grades of the same people."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ratings.statistics.differential import differential_opinion

_EQUAL = 5
"""The difference of equal grades, as `differential_opinion` counts it."""


def rank_ranges(grades: ArrayLike) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return each contestant's best and worst rank, from 1, by the 95 % interval of each difference.

    `grades`, shape (contestants, people, inputs), in [1, 5], NaN where there is none. A difference is between
    one person's grades of one input, so that who grades high, and what is hard, cancels out; its interval
    rests on people. The best rank counts who is surely better, the worst who is surely worse.

    >>> good = [[5, 4], [5, 5], [4, 5], [5, 4]]
    >>> [ranks.tolist() for ranks in rank_ranges([good, [[2, 3], [3, 2], [2, 2], [1, 3]], good])]
    [[1, 3, 1], [2, 3, 2]]
    """
    cube = np.asarray(grades, dtype=np.float64)
    assert cube.ndim == 3, f"grades have shape (contestants, people, inputs), not {cube.shape}"
    size = len(cube)
    better = np.zeros((size, size), dtype=bool)
    for first in range(size):
        for second in range(first):
            order = _surely(cube[first], cube[second])
            better[first, second], better[second, first] = order > 0, order < 0
    return 1 + better.sum(axis=0), size - better.sum(axis=1)


def _surely(first: NDArray[np.float64], second: NDArray[np.float64]) -> int:
    """Return 1 if `first` is surely better than `second`, -1 if it is surely worse, 0 if that is open."""
    both = ~np.isnan(first) & ~np.isnan(second)
    people = np.nonzero(both)[0]
    if not people.size:
        return 0
    difference = differential_opinion(first[both], second[both], people)
    if difference.low is None or difference.high is None:
        return 0
    return int(difference.low > _EQUAL) - int(difference.high < _EQUAL)
