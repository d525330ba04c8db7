"""How strong each contestant is in a blind comparison, with intervals by resampling raters."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ratings.statistics.bradley_terry import (
    maximum_likelihood,
    strengths_from_wins,
    virtual_wins,
    win_probability,
)
from ratings.statistics.connectivity import core
from ratings.statistics.small_samples import FEWEST, effective, students
from ratings.statistics.votes import Votes, pair_totals, raters_each, votes_each

RESAMPLES = 1000
_AT_ONCE = 250
"""So many resamples are fitted together: 40 contestants and 20,000 raters then take some 50 MB."""

_NO_SPREAD = 1e-6

Reach = Literal["these images", "images like these"]


@dataclass(frozen=True, slots=True, eq=False)
class Strengths:
    """Bradley-Terry strengths with 95 % intervals; arrays have shape (k,), one entry a contestant.

    `score` is the natural logarithm of strength, of mean 0 over the `bounded` (`bradley_terry.elo` gives
    another scale). `low` and `high` are -inf and inf for contestants that are not `bounded`, of whom the
    votes do not say how far they are from the rest: some group has never lost, or never won; fewer than three
    raters voted; or all raters voted just alike.

    `best_rank` and `worst_rank`, in [1, k]: how many others are surely better or worse, that is by the 95 %
    interval of the difference of each pair, each taken by itself. Who is not bounded may be anywhere.

    `win_probability`, shape (k, k), is P(row beats column). `votes` and `raters` count those who met the
    contestant. `reach`: whether the intervals speak of the very images that were shown, or of others like
    them.
    """

    score: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    bounded: NDArray[np.bool_]
    best_rank: NDArray[np.intp]
    worst_rank: NDArray[np.intp]
    win_probability: NDArray[np.float64]
    votes: NDArray[np.intp]
    raters: NDArray[np.intp]
    reach: Reach


def strengths(given: Votes, *, resamples: int = RESAMPLES, seed: int = 0) -> Strengths:
    """Return the strengths with intervals by resampling raters, n ≥ 1 votes; the images are held fixed.

    One person's votes resemble each other, so whole raters are drawn, with replacement, `resamples` times (≥
    2), and the model is fitted anew each time. With few raters the percentiles of what comes out are too
    narrow (91 % where 95 are meant, for 15 raters), so the interval is

        score ± t(0.975, G - 1) · s · √(G / (G - 1))

    with s the standard deviation over the resamples and G the number of raters who met the contestant, as far
    as they did so equally often: G = (Σ n_g)² / Σ n_g² for n_g such votes of rater g (Kish). How often it
    covers the truth is measured in docs/judging-statistics.md.

    Time is linear in votes, raters and resamples; memory does not grow with resamples.

    Raises UnconnectedError: some contestants were never compared, even along a chain.

    >>> from ratings.statistics.votes import votes
    >>> given = votes([0, 0, 0], [1, 1, 1], [1, 1, 0], ["ann", "bob", "eve"], [7, 7, 8], contestants=2)
    >>> found = strengths(given)
    >>> bool(found.low[0] < found.score[0] < found.high[0])
    True
    """
    assert resamples >= 2, "one resample has no spread"
    assert given.left.size, "no strengths of nothing"
    wins = pair_totals(given)
    theta, bounded = strengths_from_wins(wins), core(wins)
    if given.raters == 1:
        return with_intervals(given, bounded, theta, np.full_like(wins, inf), reach="these images")
    drawn = np.concatenate(list(_resampled(given, wins, theta, resamples, seed)))
    spread = variances(np.cov(drawn, rowvar=False, ddof=1).reshape(wins.shape), bounded)
    people = effective_of_pairs(given, given.rater)
    margins = np.where(people >= FEWEST, students(people) * np.sqrt(spread), inf)
    return with_intervals(given, bounded, theta, margins, reach="these images")


def effective_of_pairs(given: Votes, cluster: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return how many clusters (raters, or images) stand behind each difference, shape (k, k).

    A contestant's number counts the votes it stood in; of two, the lesser counts. A newcomer's score is not
    made surer by raters who never met it.
    """
    size, groups = given.contestants, int(cluster.max()) + 1
    places = np.concatenate([cluster * size + given.left, cluster * size + given.right])
    own = effective(np.bincount(places, minlength=groups * size).reshape(groups, size))
    return np.minimum(own[:, None], own[None, :])


def variances(covariance: NDArray[np.float64], bounded: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return, shape (k, k), the variance of each difference, and on the diagonal that of each centred score.

    `covariance`, shape (k, k), is that of the strengths, wherever they are centred; the mean of the
    `bounded`, shape (k,), is what scores are centred on.
    """
    single = np.diagonal(covariance)
    differences = single[:, None] + single[None, :] - 2 * covariance
    to_centre = np.eye(len(covariance)) - bounded / np.count_nonzero(bounded)
    np.fill_diagonal(differences, np.sum((to_centre @ covariance) * to_centre, axis=1))
    return np.maximum(differences, 0)


def with_intervals(
    given: Votes,
    bounded: NDArray[np.bool_],
    theta: NDArray[np.float64],
    margins: NDArray[np.float64],
    *,
    reach: Reach,
) -> Strengths:
    """Return the record of strengths `theta`, shape (k,), with half the width of every interval.

    `margins` has shape (k, k): for the differences, and on the diagonal for the centred scores themselves.
    One of 0 tells nothing: the raters do not differ at all. `bounded`: see `variances`.
    """
    score = theta - theta[bounded].mean()
    told = np.where(margins > _NO_SPREAD, margins, inf)
    sure = bounded & np.isfinite(np.diagonal(told))
    own = np.where(sure, np.diagonal(told), inf)
    better = (score[:, None] - score[None, :] > told) & sure[:, None] & sure[None, :]
    return Strengths(
        score=score,
        low=score - own,
        high=score + own,
        bounded=sure,
        best_rank=1 + better.sum(axis=0),
        worst_rank=len(score) - better.sum(axis=1),
        win_probability=win_probability(score),
        votes=votes_each(given),
        raters=raters_each(given),
        reach=reach,
    )


def _resampled(
    given: Votes, wins: NDArray[np.float64], start: NDArray[np.float64], resamples: int, seed: int
) -> Iterator[NDArray[np.float64]]:
    """Yield the strengths in each resample of the raters, shape (at most _AT_ONCE, k)."""
    random = np.random.default_rng(seed)
    pairs, added = _pairs_by_rater(given), virtual_wins(wins)
    for done in range(0, resamples, _AT_ONCE):
        times = _times_drawn(random, given.raters, min(_AT_ONCE, resamples - done))
        yield maximum_likelihood((pairs @ times).T.reshape(-1, *wins.shape) + added, start)


def _pairs_by_rater(given: Votes) -> Any:
    """Return a sparse matrix, shape (k², raters): how often a person had row beat column, ties as halves."""
    from scipy.sparse import csr_array

    size = given.contestants
    pair = np.concatenate([given.left * size + given.right, given.right * size + given.left])
    shares = np.concatenate([given.outcome, 1 - given.outcome])
    return csr_array((shares, (pair, np.tile(given.rater, 2))), shape=(size**2, given.raters))


def _times_drawn(random: np.random.Generator, people: int, resamples: int) -> NDArray[np.float64]:
    """Return how often each person is drawn in each resample, shape (people, resamples)."""
    drawn = random.integers(people, size=(people, resamples)) * resamples + np.arange(resamples)
    return (
        np.bincount(drawn.ravel(), minlength=people * resamples).reshape(people, resamples).astype(np.float64)
    )
