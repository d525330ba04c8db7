"""The kernel distance: how unlike two sets of features are, with an error and without a bias.

The squared maximum mean discrepancy under k(x, y) = (x·y/d + 1)³, as the Kernel Inception Distance of
Bińkowski et al. 2018, https://arxiv.org/abs/1801.01401, section 4, has it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lab.measuring.features import Features

LARGEST_SUBSET = 1000
LEAST_SUBSETS = 10


@dataclass(frozen=True, slots=True)
class KernelDistance:
    """The mean over `subsets` parts of the two sets, and the standard `error` of that mean."""

    mean: float
    error: float
    subsets: int


def kernel_distance(made: Features, real: Features) -> KernelDistance:
    """Return the distance of `made` and `real`, each (n, d), in the order that chance gave them.

    Both are cut into the same number of parts, 10 or more, of at most 1,000: no feature is in two of them, so
    that their distances are independent and their spread tells the error of the mean. (Subsets that overlap,
    as most programs draw them, tell too small a one.) It may be a little below 0 for sets that are alike.

    Raises ValueError: fewer than 20 of either.

    >>> rng = np.random.default_rng(0)
    >>> one, same, other = (rng.normal(mean, 1, (500, 8)).astype(np.float32) for mean in (0, 0, 1))
    >>> abs(kernel_distance(one, same).mean) < 0.1 < kernel_distance(one, other).mean
    True
    """
    count = min(len(made), len(real))
    if count < 2 * LEAST_SUBSETS:
        raise ValueError(f"expected {2 * LEAST_SUBSETS} or more of each, found {count}")
    size = min(LARGEST_SUBSET, count // LEAST_SUBSETS)
    starts = range(0, count - size + 1, size)
    found = np.array([squared_discrepancy(made[at : at + size], real[at : at + size]) for at in starts])
    error = float(found.std(ddof=1) / np.sqrt(len(found)))
    return KernelDistance(float(found.mean()), error, len(found))


def squared_discrepancy(one: Features, other: Features) -> float:
    """Return the unbiased estimate of MMD² from two sets (n, d) and (m, d) (Gretton et al. 2012, eq. 3)."""
    first, second = one.astype(np.float64), other.astype(np.float64)
    within = sum(_mean_off_diagonal(_kernel(each, each)) for each in (first, second))
    return within - 2 * float(_kernel(first, second).mean())


def _kernel(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return (one @ other.T / one.shape[1] + 1) ** 3


def _mean_off_diagonal(kernel: NDArray[np.float64]) -> float:
    """Return the mean over pairs of two different features: a feature with itself would be a bias."""
    n = len(kernel)
    return float(kernel.sum() - np.trace(kernel)) / (n * (n - 1))
