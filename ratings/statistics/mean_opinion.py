"""The mean opinion score and how far it can be trusted."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ratings.statistics.small_samples import effective, students


@dataclass(frozen=True, slots=True)
class MeanOpinion:
    """A mean of grades, with its 95 % confidence interval.

    `low` and `high` are None where the grades cannot tell how far opinions spread: they come from one person,
    or people do not differ at all. `n` counts grades, `people` those who gave them.
    """

    score: float
    low: float | None
    high: float | None
    n: int
    people: int


def mean_opinion(
    grades: ArrayLike, people: ArrayLike | None = None, *, lowest: float = 1, highest: float = 5
) -> MeanOpinion:
    """Return the mean of `grades`, shape (n,), range [lowest, highest], n ≥ 1, with Student's t interval.

    `people`, shape (n,), names who gave each grade (any values that can be sorted); without it each grade is
    another person's. One person's grades resemble each other, so the interval rests on the differences
    between people: with G people and S_g the sum of person g's deviations from the mean,

        variance of the mean = G / (G - 1) · Σ_g S_g² / n²,   interval = mean ± t(0.975, G - 1) · √variance

    (the cluster-robust variance: Liang and Zeger, Biometrika 73, 1986). Where some give more grades than
    others, G counts people as far as they give equally many, n² / Σ_g n_g² (Kish); with plain G, the
    interval covers 90 % where the g-th person gives grades as 1 / g. With one grade a person this is the
    textbook interval, s / √n. It is cut off at the ends of the scale.

    Student's t stands in for ITU-R BT.500's 1.96, which is too narrow for few people. With a handful of
    grades near an end of the scale, this interval is still too narrow.

    >>> mean_opinion([4, 5, 3, 4]).score
    4.0
    """
    values = np.asarray(grades, dtype=np.float64)
    assert values.ndim == 1, f"grades have shape (n,), not {values.shape}"
    assert values.size, "no mean of nothing"
    assert np.all((values >= lowest) & (values <= highest)), f"grades lie in [{lowest:g}, {highest:g}]"
    person = _numbered(people, values.size)
    score = float(values.mean())
    margin = _margin(values - score, person)
    return MeanOpinion(
        score=score,
        low=None if margin is None else max(float(lowest), score - margin),
        high=None if margin is None else min(float(highest), score + margin),
        n=values.size,
        people=int(person.max()) + 1,
    )


def _numbered(people: ArrayLike | None, size: int) -> NDArray[np.intp]:
    """Return who gave each grade, shape (size,), counted from 0."""
    if people is None:
        return np.arange(size)
    names = np.asarray(people)
    assert names.shape == (size,), f"{size} grades, but {names.size} people named"
    return np.unique(names, return_inverse=True)[1].astype(np.intp)


def _margin(deviations: NDArray[np.float64], person: NDArray[np.intp]) -> float | None:
    """Return half the interval's width, None if the deviations from the mean say nothing about the spread."""
    sums = np.bincount(person, weights=deviations)
    if sums.size < 2 or np.allclose(sums, 0, atol=1e-9):
        return None
    spread = sqrt(float(np.sum(sums**2))) / deviations.size
    return float(students(effective(np.bincount(person)))) * spread
