"""Checks of people who grade unwatched, by the defaults of ITU-T's crowdsourcing practice (P.910-Crowd).

Whoever fails is flagged, and stays stored: a check may fail an honest person.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ratings.statistics.flags import Flag
from ratings.statistics.subjects import as_matrix

GOLD_WITHIN = 1.0
LEAST_VARIANCE = 0.15
OUTLYING = 3.29
"""As many standard deviations: one normal value in a thousand lies further out."""

_FEWEST = 2


def missed_traps(answers: ArrayLike, right: ArrayLike) -> tuple[Flag, ...]:
    """Return a flag "trap missed" for who answered a trap wrongly; the figure is the share answered right.

    `answers`, shape (traps, raters), NaN where a trap was not shown; `right`, shape (traps,), what each asks
    for.

    >>> missed_traps([[5, 1], [2, 2]], [5, 2])
    (Flag(rater=1, reason='trap missed', figure=0.5, limit=1.0),)
    """
    return tuple(_shares(np.abs(_beside(answers, right)) == 0, answers, "trap missed"))


def missed_gold(answers: ArrayLike, expected: ArrayLike) -> tuple[Flag, ...]:
    """Return a flag "gold missed" for who graded a gold item more than one grade off; the figure is the
    share met.

    `answers`, shape (items, raters), NaN where an item was not shown; `expected`, shape (items,), their
    grades.

    >>> missed_gold([[5, 2], [1, 1]], [4, 1])
    (Flag(rater=1, reason='gold missed', figure=0.5, limit=1.0),)
    """
    return tuple(_shares(np.abs(_beside(answers, expected)) <= GOLD_WITHIN, answers, "gold missed"))


def little_variance(grades: ArrayLike) -> tuple[Flag, ...]:
    """Return a flag "little variance" for whose grades have a variance below .15 (n - 1), of two grades or
    more.

    `grades` has shape (stimuli, raters), NaN for missing. Nothing is assumed of how far the stimuli differ:
    in a session of equal ones, honest people are flagged too.

    >>> [flag.rater for flag in little_variance([[3, 1], [3, 5], [3, 3]])]
    [0]
    """
    matrix = as_matrix(grades)
    count = np.sum(~np.isnan(matrix), axis=0)
    mean = np.nansum(matrix, axis=0) / np.maximum(count, 1)
    variance = np.nansum((matrix - mean) ** 2, axis=0) / np.maximum(count - 1, 1)
    low = np.flatnonzero((count >= _FEWEST) & (variance < LEAST_VARIANCE))
    return tuple(Flag(int(each), "little variance", float(variance[each]), LEAST_VARIANCE) for each in low)


def outliers(grades: ArrayLike) -> NDArray[np.bool_]:
    """Return which of `grades`, shape (stimuli, raters), lie 3.29 standard deviations or more from the mean
    of their stimulus (n - 1; the grade itself included, so it takes 13 grades for one to be called far).

    >>> outliers([[5] * 12 + [1], [4, 5] * 6 + [4]]).sum(axis=1).tolist()
    [1, 0]
    """
    matrix = as_matrix(grades)
    count = np.sum(~np.isnan(matrix), axis=1, keepdims=True)
    deviation = matrix - np.nansum(matrix, axis=1, keepdims=True) / np.maximum(count, 1)
    variance = np.nansum(deviation**2, axis=1, keepdims=True) / np.maximum(count - 1, 1)
    return (variance > 0) & (np.abs(deviation) >= OUTLYING * np.sqrt(variance))


def far_from_the_others(grades: ArrayLike) -> tuple[Flag, ...]:
    """Return a flag "far from the others" for who gave an outlier; the figure counts them.

    `grades` has shape (stimuli, raters), NaN for missing.

    >>> far_from_the_others([[5] * 12 + [1]])
    (Flag(rater=12, reason='far from the others', figure=1.0, limit=0.0),)
    """
    count = outliers(grades).sum(axis=0)
    return tuple(
        Flag(int(each), "far from the others", float(count[each]), 0.0) for each in np.flatnonzero(count)
    )


def _beside(answers: ArrayLike, right: ArrayLike) -> NDArray[np.float64]:
    matrix, expected = as_matrix(answers), np.asarray(right, dtype=np.float64)
    assert expected.shape == matrix.shape[:1], (
        f"{matrix.shape[0]} items, but {expected.shape} expected answers"
    )
    return matrix - expected[:, None]


def _shares(met: NDArray[np.bool_], answers: ArrayLike, reason: str) -> Iterator[Flag]:
    shown = np.sum(~np.isnan(as_matrix(answers)), axis=0)
    share = met.sum(axis=0) / np.maximum(shown, 1)
    for rater in np.flatnonzero((shown > 0) & (share < 1)):
        which = "trap missed" if reason == "trap missed" else "gold missed"
        yield Flag(int(rater), which, float(share[rater]), 1.0)
