"""Bradley and Terry's model of paired comparisons: strengths from how often each beat each.

    P(i beats j) = 1 / (1 + exp(θ_j - θ_i))

with θ the natural logarithm of strength (Bradley and Terry, Biometrika 39, 1952). A tie is half a win each.
"""

from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ratings.statistics.connectivity import require_connected, strong_components

VIRTUAL_TIES = 1.0
"""How many ties are added for each strength to be found; see `with_virtual_ties`."""

_TOLERANCE = 1e-6
"""The last step's length; what is left is about its square."""
_LARGEST_STEP = 2.0
_STEPS = 200


def strengths_from_wins(wins: ArrayLike, *, virtual_ties: float = VIRTUAL_TIES) -> NDArray[np.float64]:
    """Return θ, shape (k,), mean 0, from `wins`, shape (k, k): how often row beat column, ties as halves.

    The likelihood's maximum after `virtual_ties` (see `with_virtual_ties`); with 0 of them it is the plain
    maximum-likelihood estimate, which must then exist (`connectivity.strong_components`).

    Raises UnconnectedError: some contestants were never compared, even along a chain.

    >>> odds = np.exp(strengths_from_wins([[0, 30], [10, 0]], virtual_ties=0))
    >>> round(float(odds[0] / odds[1]), 6)
    3.0
    """
    totals = np.asarray(wins, dtype=np.float64)
    require_connected(totals)
    assert virtual_ties > 0 or not strong_components(totals).any(), "no finite maximum without virtual ties"
    return maximum_likelihood(totals + virtual_wins(totals, virtual_ties))


def virtual_wins(wins: NDArray[np.float64], ties: float = VIRTUAL_TIES) -> NDArray[np.float64]:
    """Return what is added to `wins`, shape (k, k): `ties` · (k - 1) ties, spread evenly over the pairs
    compared.

    Who has only won, or only lost, has no finite maximum-likelihood strength, and others' are biased away
    from each other. Firth (Biometrika 80, 1993) mends both with the penalty √|information|, which here is
    one tie for each free strength, spread over the pairs by their leverage; all leverages are taken to be
    equal, which they are where all pairs are compared equally often. With k = 2 it is one tie in all, half a
    win each; with n votes a strength, it changes what 1 / n of them would.

    >>> virtual_wins(np.array([[0.0, 3.0], [0.0, 0.0]])).tolist()
    [[0.0, 0.5], [0.5, 0.0]]
    """
    compared = (wins + wins.T) > 0
    pairs = int(np.count_nonzero(compared)) // 2
    each_way = ties * (len(wins) - 1) / 2 / max(1, pairs)
    return np.where(compared, each_way, 0.0)


def maximum_likelihood(
    wins: NDArray[np.float64], start: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Return θ, shape (…, k), each of mean 0, for one or many tables of `wins`, shape (…, k, k).

    Newton's method on all tables at once, from `start`, shape (k,), steps cut to 2; the log-likelihood is
    concave, so there is one maximum, which must be finite. evalica's solver finds the same (a test compares
    them); it takes one table at a time, and thousands of its steps where contestants are compared in a
    chain.

    >>> maximum_likelihood(np.array([[0.0, 1.0], [1.0, 0.0]])).tolist()
    [0.0, 0.0]
    """
    size = wins.shape[-1]
    theta = np.zeros(wins.shape[:-1]) if start is None else np.broadcast_to(start, wins.shape[:-1]).copy()
    games = wins + np.swapaxes(wins, -1, -2)
    for _ in range(_STEPS):
        chance = win_probability(theta)
        slope = (wins - games * chance).sum(axis=-1)
        curve = _information(games, chance) + 1 / size
        step = np.linalg.solve(curve, slope[..., None])[..., 0]
        longest = np.abs(step).max(axis=-1, keepdims=True, initial=0)
        theta += step * _LARGEST_STEP / np.maximum(longest, _LARGEST_STEP)
        if not longest.size or longest.max() < _TOLERANCE:
            break
    else:
        raise AssertionError("these wins have no finite maximum likelihood")
    return theta - theta.mean(axis=-1, keepdims=True)


def information(wins: NDArray[np.float64], theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Fisher's information of θ, shape (k, k), singular along (1, …, 1): minus the log-likelihood's
    curvature.

    >>> information(np.array([[0.0, 2.0], [2.0, 0.0]]), np.zeros(2)).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    return _information(wins + wins.T, win_probability(theta))


def win_probability(theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return P(row beats column), shape (…, k, k), in [0, 1]; 0.5 on the diagonal.

    >>> win_probability(np.array([log(3), 0.0])).round(2).tolist()
    [[0.5, 0.75], [0.25, 0.5]]
    """
    half = (theta[..., :, None] - theta[..., None, :]) / 2
    return (1 + np.tanh(half)) / 2


def elo(theta: ArrayLike) -> NDArray[np.float64]:
    """Return strengths on the scale known from chess, 1000 + 400 · θ / ln 10: 400 points are odds of ten to
    one.

    Nothing else of Elo's is meant: the strengths do not depend on the order of the votes.

    >>> elo([0, log(10)]).tolist()
    [1000.0, 1400.0]
    """
    return 1000 + 400 * np.asarray(theta, dtype=np.float64) / log(10)


def _information(games: NDArray[np.float64], chance: NDArray[np.float64]) -> NDArray[np.float64]:
    weight = games * chance * (1 - chance)
    curve = -weight
    diagonal = np.arange(weight.shape[-1])
    curve[..., diagonal, diagonal] += weight.sum(axis=-1)
    return curve
