"""ACR with hidden reference: how each result fares beside its own reference, by the same person."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ratings.statistics.mean_opinion import MeanOpinion, mean_opinion

LOWEST, HIGHEST = 1.0, 9.0


def differential_grades(grades: ArrayLike, references: ArrayLike) -> NDArray[np.float64]:
    """Return V(result) - V(reference) + 5, in [1, 9], of `grades` and `references`, any one shape, in [1, 5].

    Both are of one person; NaN where either is missing. 5 is as good as the reference, above 5 better
    (ITU-T P.910, ACR-HR).

    >>> differential_grades([3, 5], [5, 4]).tolist()
    [3.0, 6.0]
    """
    given, hidden = np.asarray(grades, dtype=np.float64), np.asarray(references, dtype=np.float64)
    assert given.shape == hidden.shape, f"grades of shape {given.shape}, references of {hidden.shape}"
    for each in (given, hidden):
        assert np.all(np.isnan(each) | ((each >= 1) & (each <= 5))), "grades lie in [1, 5]"
    return given - hidden + 5


def differential_opinion(
    grades: ArrayLike, references: ArrayLike, people: ArrayLike | None = None
) -> MeanOpinion:
    """Return DMOS, the mean of `differential_grades`, shape (n,), with the interval of `mean_opinion`.

    `people`, shape (n,), names who graded; without it each grade is another person's.

    >>> differential_opinion([3, 5, 4], [5, 5, 5]).score
    4.0
    """
    differences = differential_grades(grades, references)
    return mean_opinion(differences, people, lowest=LOWEST, highest=HIGHEST)
