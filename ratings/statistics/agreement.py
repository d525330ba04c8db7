"""How far raters agree beyond chance: Krippendorff's α."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

Level = Literal["nominal", "ordinal", "interval"]

RESAMPLES = 5000


@dataclass(frozen=True, slots=True)
class Agreement:
    """α with its 95 % interval: 1 is perfect agreement, 0 what chance makes, below 0 worse than chance.

    `low` and `high` are None where α is not defined by differences: all answers are the same. `units` counts
    the stimuli that two or more raters answered, which alone enter, and `answers` the answers to them.
    """

    alpha: float
    low: float | None
    high: float | None
    units: int
    answers: int


def krippendorff(
    answers: ArrayLike, level: Level, *, resamples: int = RESAMPLES, seed: int = 0
) -> Agreement | None:
    """Return Krippendorff's α of `answers`, shape (stimuli, raters), numbers, NaN for missing; None if no
    stimulus has two answers.

        α = 1 - observed disagreement / disagreement expected by chance

    `level`: answers are "nominal" (defects: differ or not), "ordinal" (grades: ranks apart) or "interval"
    (grades: distance squared). Source: Krippendorff, Content Analysis (2018), computed by evalica. The
    interval is of Krippendorff's own bootstrap (2006), which draws pairs of answers, not raters or stimuli:
    it speaks of these raters and stimuli only.

    >>> krippendorff([[1, 1], [2, 2], [3, 4]], "interval").units
    3
    """
    import evalica
    import pandas as pd

    matrix = np.asarray(answers, dtype=np.float64)
    assert matrix.ndim == 2, f"answers have shape (stimuli, raters), not {matrix.shape}"
    pairable = matrix[np.sum(~np.isnan(matrix), axis=1) >= 2]
    if not pairable.size:
        return None
    by_rater, units, count = pd.DataFrame(pairable.T), len(pairable), int(np.sum(~np.isnan(pairable)))
    found = evalica.alpha(by_rater, level)
    if found.expected == 0:
        return Agreement(alpha=found.alpha, low=None, high=None, units=units, answers=count)
    resampled = evalica.alpha_bootstrap(by_rater, level, n_resamples=resamples, random_state=seed)
    return Agreement(found.alpha, resampled.low, resampled.high, units, count)
