"""Intervals that reach beyond the images shown: the multi-way cluster-robust variance.

Votes and grades resemble each other in two ways: those of one person, and those of one image. Cameron,
Gelbach and Miller (Journal of Business & Economic Statistics 29, 2011, "Robust inference with multiway
clustering") add what each does to the variance of an estimate, and take away what was counted twice:

    V = V_raters + V_images - V_both,   V_c = G_c / (G_c - 1) · Σ over the clusters of c: (sum of influences)²

where "both" are the votes of one person on one image, and G_c is the number of clusters, as far as they are
equally large (`small_samples.effective`). Raters and images must not be resampled at once instead: that
counts the noise of single votes three times, and covers 99.5 % where 95 are meant.

Two things are ours, and measured in docs/judging-statistics.md. V is at least V_both: with neither people nor
images differing, the difference may come out near 0 or below. And Student's t has Satterthwaite's degrees of
freedom, V² / (V_raters² / (G_raters - 1) + V_images² / (G_images - 1)), or G_both - 1 where V_both stands in.
"""

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ratings.statistics.bradley_terry import (
    information,
    strengths_from_wins,
    virtual_wins,
    win_probability,
)
from ratings.statistics.connectivity import core
from ratings.statistics.mean_opinion import MeanOpinion
from ratings.statistics.small_samples import CONFIDENCE, FEWEST, effective
from ratings.statistics.strengths import Strengths, effective_of_pairs, variances, with_intervals
from ratings.statistics.votes import Votes, pair_totals


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Σ over the clusters of (sum of influences)², arrays of one shape, and how many clusters there were.

    The numbers are `effective`, of raters, of images, and of raters on images: each one for all, or of the
    shape of the parts.
    """

    raters: NDArray[np.float64]
    images: NDArray[np.float64]
    both: NDArray[np.float64]
    sizes: tuple[ArrayLike, ArrayLike, ArrayLike]


def margin(parts: Clusters) -> NDArray[np.float64]:
    """Return half the width of the 95 % interval, of the shape of the parts.

    inf where fewer than `small_samples.FEWEST` raters, or images, leave too little to compare.

    >>> one, nought = np.ones(1), np.zeros(1)
    >>> margin(Clusters(nought, nought, one, sizes=(20, 30, 600))).round(2).tolist()
    [1.97]
    """
    from scipy.special import stdtrit

    raters, images, both = (np.asarray(size, dtype=np.float64) for size in parts.sizes)
    by_rater, by_image = parts.raters * _small_sample(raters), parts.images * _small_sample(images)
    by_both = parts.both * _small_sample(both)
    together = by_rater + by_image - by_both
    apart = together > by_both
    unsure = by_rater**2 / _less_one(raters) + by_image**2 / _less_one(images)
    freedom = np.where(apart, together**2 / np.where(unsure > 0, unsure, 1), _less_one(both))
    half = stdtrit(freedom, (1 + CONFIDENCE) / 2) * np.sqrt(np.where(apart, together, by_both))
    return np.where((raters >= FEWEST) & (images >= FEWEST), half, inf)


def strengths_beyond_images(given: Votes) -> Strengths:
    """Return Bradley-Terry strengths whose intervals hold for other images like these, and other raters.

    The influence of a vote is H⁺ x (y - p): with H the information, x = e_left - e_right, y the outcome and
    p its probability. The scores are those of `strengths`; the intervals mean nothing where the images were
    not drawn at large from those one wants to speak of. Needs no resampling; linear in votes.

    Raises UnconnectedError: some contestants were never compared, even along a chain.

    >>> from ratings.statistics.votes import votes
    >>> forth = votes([0] * 4, [1] * 4, [1, 1, 0, 1], [1, 1, 2, 2], [1, 2, 1, 2], contestants=2)
    >>> strengths_beyond_images(forth).reach
    'images like these'
    """
    assert given.left.size, "no strengths of nothing"
    wins = pair_totals(given)
    theta, bounded = strengths_from_wins(wins), core(wins)
    chance = win_probability(theta)
    left_over = given.outcome - chance[given.left, given.right]
    bread = _inverse(information(wins + virtual_wins(wins), theta))
    clusters = (given.rater, given.image, _both(given.rater, given.image))
    spread = [variances(_sandwich(given, left_over, bread, each), bounded) for each in clusters]
    sizes = (
        effective_of_pairs(given, given.rater),
        effective_of_pairs(given, given.image),
        effective(np.bincount(clusters[2])),
    )
    parts = Clusters(*spread, sizes=sizes)
    return with_intervals(given, bounded, theta, margin(parts), reach="images like these")


def mean_opinion_beyond_images(grades: ArrayLike, raters: ArrayLike, images: ArrayLike) -> MeanOpinion:
    """Return the mean of `grades`, shape (n,), range [1, 5], n ≥ 1, with an interval for other images like
    these.

    `raters` and `images`, shape (n,), name who graded what, by any values that can be sorted. The influence
    of a grade is its deviation from the mean, over n. The interval is cut off at the ends of the scale; it
    is None where there are fewer than three people or images, or where all grades are equal.

    >>> mean_opinion_beyond_images([4, 5, 3, 4], [1, 1, 2, 2], [1, 2, 1, 2]).score
    4.0
    """
    values = np.asarray(grades, dtype=np.float64)
    assert values.ndim == 1, f"grades have shape (n,), not {values.shape}"
    assert values.size, "no mean of nothing"
    assert np.all((values >= 1) & (values <= 5)), "grades lie in [1, 5]"
    rater, image = _labels(raters), _labels(images)
    assert rater.shape == image.shape == values.shape, f"{values.size} grades need as many raters and images"
    score = float(values.mean())
    clusters = (rater, image, _both(rater, image))
    influence = (values - score) / values.size
    spread = [
        np.array(np.sum(np.bincount(each, weights=influence) ** 2), dtype=np.float64) for each in clusters
    ]
    by_rater, by_image, by_both = (effective(np.bincount(each)) for each in clusters)
    half = float(margin(Clusters(*spread, sizes=(by_rater, by_image, by_both))))
    told = 0 < half < inf
    return MeanOpinion(
        score=score,
        low=max(1.0, score - half) if told else None,
        high=min(5.0, score + half) if told else None,
        n=values.size,
        people=int(rater.max()) + 1,
    )


def _inverse(curve: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the inverse of the information, shape (k, k), but for (1, …, 1), along which it is singular."""
    flat = np.full_like(curve, 1 / len(curve))
    return np.linalg.inv(curve + flat).astype(np.float64) - flat


def _sandwich(
    given: Votes, left_over: NDArray[np.float64], bread: NDArray[np.float64], cluster: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return Σ over the clusters of what their votes together do to the strengths, squared: shape (k, k)."""
    from scipy.sparse import csr_array

    rows, columns = np.tile(cluster, 2), np.concatenate([given.left, given.right])
    shape = (int(cluster.max()) + 1, given.contestants)
    sums: Any = csr_array((np.concatenate([left_over, -left_over]), (rows, columns)), shape=shape)
    return bread @ (sums.T @ sums).toarray() @ bread


def _small_sample(size: NDArray[np.float64]) -> NDArray[np.float64]:
    return size / _less_one(size)


def _less_one(size: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return G - 1, or 1 where there is one cluster, of which nothing comes."""
    return np.where(size > 1, size - 1, 1)


def _labels(names: ArrayLike) -> NDArray[np.intp]:
    return np.unique(names, return_inverse=True)[1].astype(np.intp)


def _both(rater: NDArray[np.intp], image: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the number of each pair of rater and image that occurs."""
    return _labels(rater * (int(image.max()) + 1) + image)
