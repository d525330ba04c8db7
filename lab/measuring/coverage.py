"""Precision and recall: how many made images look real, and how much of what is real is made at all.

Kynkäänniemi et al. 2019, https://arxiv.org/abs/1904.06991: a set of features stands for the union of balls
around each of them, as wide as it is to its k-th nearest neighbour in the set.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lab.measuring.features import Features
from lab.measuring.nearest import squared_distances

NEIGHBOURS = 3
"""k, as in the paper."""

_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Coverage:
    """`precision`: the share of made features within the real ones' balls. `recall`: the other way round."""

    precision: float
    recall: float


def coverage(made: Features, real: Features) -> Coverage:
    """Return precision and recall of `made` against `real`, each (n, d) with n > 3.

    Both fall with fewer features and rise with wider balls, so compare them at one count alone. Memory: a
    thousand rows of distances at once; time grows with the square of n.

    Raises ValueError: 3 or fewer of either.

    >>> line = np.arange(10, dtype=np.float32)[:, None]
    >>> coverage(line[:5] + 0.5, line)
    Coverage(precision=1.0, recall=0.8)
    """
    if min(len(made), len(real)) <= NEIGHBOURS:
        raise ValueError(f"expected more than {NEIGHBOURS} of each, found {len(made)} and {len(real)}")
    of_made, of_real = _radii(made), _radii(real)
    precise, recalled = np.zeros(len(made), np.bool_), np.zeros(len(real), np.bool_)
    for at in range(0, len(made), _ROWS):
        rows = slice(at, at + _ROWS)
        apart = squared_distances(made[rows], real)
        precise[rows] = (apart <= of_real).any(axis=1)
        recalled |= (apart <= of_made[rows, None]).any(axis=0)
    return Coverage(precision=float(precise.mean()), recall=float(recalled.mean()))


def _radii(features: Features) -> NDArray[np.float32]:
    """Return the squared distance of each feature to its k-th nearest other one, (n,)."""
    found = [
        np.partition(squared_distances(features[at : at + _ROWS], features), NEIGHBOURS, axis=1)
        for at in range(0, len(features), _ROWS)
    ]
    return np.concatenate([each[:, NEIGHBOURS] for each in found])  # the nearest is the feature itself
