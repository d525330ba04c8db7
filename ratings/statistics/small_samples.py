"""Student's t where few people, or few images, stand behind an estimate, and not all equally often."""

from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95

FEWEST = 3
"""Of fewer raters, or images, a comparison is told without an interval: two people say next to nothing of how
people differ, and Student's t with one degree of freedom, or less, makes millions of it."""


def students(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return t(0.975, G - 1) · √(G / (G - 1)) for each number of clusters G, inf where it is 1 or less.

    >>> students(np.array([2.0, 1e9, 1.0])).round(2).tolist()
    [17.97, 1.96, inf]
    """
    from scipy.special import stdtrit

    enough = sizes > 1
    number = np.where(enough, sizes, 2)
    return np.where(enough, stdtrit(number - 1, (1 + CONFIDENCE) / 2) * np.sqrt(number / (number - 1)), inf)


def effective(counts: NDArray[Any]) -> NDArray[np.float64]:
    """Return how many clusters of equal size are worth these, (Σ n)² / Σ n² over the first axis.

    Source: Kish, Survey Sampling (1965), on weights.

    >>> effective(np.array([[5, 98], [5, 1], [5, 1]])).round(2).tolist()
    [3.0, 1.04]
    """
    sizes = np.asarray(counts, dtype=np.float64)
    return np.sum(sizes, axis=0) ** 2 / np.maximum(np.sum(sizes**2, axis=0), 1)
