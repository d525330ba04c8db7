"""What votes between pairs say of every contestant's strength, and how much one more vote would tell."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

PRIOR_DEVIATION = 3.0
"""Standard deviation of a strength before any vote, in logits: odds of 20 to 1 are one deviation away. Wide
enough to weigh less than one vote, and it keeps estimates finite where somebody won or lost everything."""

_LARGEST_STEP, _TOLERANCE, _MOST_STEPS = 1.0, 1e-8, 200
_NODES, _AREAS = np.polynomial.hermite_e.hermegauss(15)
_WEIGHTS = _AREAS / _AREAS.sum()


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Strengths of k contestants as a normal distribution.

    `strengths`, shape (k,), in logits: i beats j with the probability 1 / (1 + exp(s_j - s_i)).
    `covariance`, shape (k, k).
    """

    strengths: Floats
    covariance: Floats

    def variances(self) -> Floats:
        """Return the variance of every difference of two strengths, shape (k, k), 0 on the diagonal."""
        own = np.diag(self.covariance)
        return np.maximum(own[:, None] + own - 2 * self.covariance, 0)


def posterior(wins: ArrayLike) -> Posterior:
    """Return the strengths that `wins` speak for, under Bradley and Terry's model (Biometrika 39, 1952).

    `wins[i, j]`, shape (k, k), tells how often i was preferred to j, a tie being half a win for each; its
    diagonal is not looked at. Before any vote each strength is N(0, `PRIOR_DEVIATION`²), so no votes, and
    contestants who never met, are fine. Then Laplace's approximation: the mode, by Newton's method in
    steps of at most one logit, and the inverse of the curvature there. As ties are halves, the variances are
    somewhat too large where there are many.

    >>> posterior([[0, 3], [1, 0]]).strengths.round(2)
    array([ 0.51, -0.51])
    """
    won = np.array(wins, dtype=np.float64)
    assert won.ndim == 2, f"wins have shape (k, k), not {won.shape}"
    assert won.shape[0] == won.shape[1], f"wins have shape (k, k), not {won.shape}"
    assert np.all(won >= 0), "nobody wins less than never"
    np.fill_diagonal(won, 0)
    counts, strengths = won + won.T, np.zeros(len(won))
    for _ in range(_MOST_STEPS):
        slope = (won - counts * _beats(strengths)).sum(axis=1) - strengths / PRIOR_DEVIATION**2
        step = np.linalg.solve(_curvature(strengths, counts), slope)
        length = float(np.max(np.abs(step), initial=0))
        strengths = strengths + step / max(1.0, length / _LARGEST_STEP)
        if length < _TOLERANCE:
            covariance: Floats = np.linalg.inv(_curvature(strengths, counts)).astype(np.float64, copy=False)
            return Posterior(strengths, covariance)
    raise AssertionError("a concave likelihood was not climbed")


def _beats(strengths: Floats) -> Floats:
    """Return with which probability i beats j, shape (k, k)."""
    from scipy.special import expit

    return expit(strengths[:, None] - strengths)


def _curvature(strengths: Floats, counts: Floats) -> Floats:
    chances = _beats(strengths)
    information = counts * chances * (1 - chances)
    own = information.sum(axis=1) + 1 / PRIOR_DEVIATION**2
    return np.diag(own) - information


def information_gains(belief: Posterior) -> Floats:
    """Return how much one more vote between i and j is expected to tell, in nats, shape (k, k).

    It is the mutual information between the vote and all strengths. The vote depends on the pair's
    difference d alone, so with p(d) = 1 / (1 + exp(-d)) and H the entropy of a coin it is

        H(E[p(d)]) - E[H(p(d))],   d ~ N(s_i - s_j, its variance),

    by Gauss and Hermite's quadrature: the gain that Hybrid-MST maximises (Li, Mantiuk, Wang, Ling and Le
    Callet, NeurIPS 2018). Symmetric, 0 on the diagonal, never more than log 2.
    """
    from scipy.special import expit

    low, high = np.triu_indices(len(belief.strengths), 1)
    means = (belief.strengths[:, None] - belief.strengths)[low, high]
    deviations = np.sqrt(belief.variances()[low, high])
    chances = expit(means[:, None] + deviations[:, None] * _NODES)
    told = _entropy(chances @ _WEIGHTS) - _entropy(chances) @ _WEIGHTS
    gains = np.zeros((len(belief.strengths),) * 2)
    gains[low, high] = gains[high, low] = np.maximum(told, 0)
    return gains


def _entropy(chances: Floats) -> Floats:
    from scipy.special import entr

    return entr(chances) + entr(1 - chances)
