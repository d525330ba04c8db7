"""How well a measured figure, such as PSNR or SSIM, follows what people say."""

from dataclasses import dataclass
from math import atanh, sqrt, tanh
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

Method = Literal["pearson", "spearman", "kendall"]
METHODS: tuple[Method, ...] = ("pearson", "spearman", "kendall")

FEWEST = 6
"""Fewer stimuli than these give no interval."""

_CONFIDENCE_SCORE = 1.959964


@dataclass(frozen=True, slots=True)
class Correlation:
    """A correlation in [-1, 1] over `stimuli`, with its 95 % interval.

    `value` is None where either side does not vary; `low` and `high` also with fewer than FEWEST stimuli, and
    where the correlation is perfect, which tells no spread.
    """

    method: Method
    value: float | None
    low: float | None
    high: float | None
    stimuli: int


def correlation(people: ArrayLike, measured: ArrayLike, method: Method) -> Correlation:
    """Return the correlation of scores by `people` with a `measured` figure, each of shape (n,), one a
    stimulus.

    Pearson's r asks for a straight line, Spearman's ρ and Kendall's τ-b for the same order. The intervals
    are by Fisher's z, tanh(artanh(value) ± 1.96 · s), with

        pearson s = 1 / √(n - 3),  spearman s = √((1 + ρ² / 2) / (n - 3)),  kendall s = √(.437 / (n - 4))

    (Bonett and Wright, Psychometrika 65, 2000): for stimuli drawn independently, such as one result an image.
    Many results of few images are not, and the interval is then too narrow. Grades' own noise lowers a
    correlation.

    >>> round(correlation([1, 2, 3, 4, 5, 6], [10, 30, 20, 40, 60, 50], "kendall").value or 0, 3)
    0.733
    """
    ours, theirs = np.asarray(people, dtype=np.float64), np.asarray(measured, dtype=np.float64)
    assert ours.ndim == 1, f"scores have shape (n,), not {ours.shape}"
    assert ours.shape == theirs.shape, f"{ours.size} scores, but {theirs.size} measured figures"
    assert np.all(np.isfinite(ours) & np.isfinite(theirs)), "scores and figures are finite: leave stimuli out"
    count = int(ours.size)
    if count < 2 or np.ptp(ours) == 0 or np.ptp(theirs) == 0:
        return Correlation(method, None, None, None, count)
    value = _value(ours, theirs, method)
    if count < FEWEST or abs(value) == 1:
        return Correlation(method, value, None, None, count)
    low, high = _interval(value, count, method)
    return Correlation(method, value, low, high, count)


def correlations(people: ArrayLike, measured: ArrayLike) -> tuple[Correlation, ...]:
    """Return Pearson's, Spearman's and Kendall's correlation, in this order.

    >>> [found.value for found in correlations([1, 2, 3], [1, 2, 3])]
    [1.0, 1.0, 1.0]
    """
    return tuple(correlation(people, measured, method) for method in METHODS)


def _value(ours: Any, theirs: Any, method: Method) -> float:
    from scipy.stats import kendalltau, pearsonr, spearmanr

    found: Any = {"pearson": pearsonr, "spearman": spearmanr, "kendall": kendalltau}[method](ours, theirs)
    return float(np.clip(round(float(found.statistic), 15), -1, 1))


def _interval(value: float, count: int, method: Method) -> tuple[float, float]:
    spread = {
        "pearson": 1 / (count - 3),
        "spearman": (1 + value**2 / 2) / (count - 3),
        "kendall": 0.437 / (count - 4),
    }[method]
    margin = _CONFIDENCE_SCORE * sqrt(spread)
    return tanh(atanh(value) - margin), tanh(atanh(value) + margin)
