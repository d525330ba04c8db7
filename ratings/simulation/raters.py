"""Raters that are made up, and the truth behind them, which real ones never tell.

Who rates and what is rated may each have effects of their own. An opinion of contestant i by rater r on
image m:

    grade = round(3.3 + a_r + b_m + N(0, 0.8²)), cut off at 1 and 5
    P(i is chosen over j) = 1 / (1 + exp(-(θ_i - θ_j + u_ri - u_rj + v_mi - v_mj))), one vote in ten a tie

with a, b, u, v normal of mean 0, drawn anew for each simulation; their standard deviations are `Effects`.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ratings.statistics.bradley_terry import maximum_likelihood
from ratings.statistics.votes import Votes

LEVEL, NOISE = 3.3, 0.8
STRENGTHS = np.array([-0.9, -0.4, 0.0, 0.4, 0.9])
TIES = 0.1
VOTES_EACH = 30

Turnout = Literal["even", "uneven", "newcomer"]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Effects:
    """How far raters differ, and images: standard deviations, in grades or in natural log-strength."""

    raters: float
    images: float


@dataclass(frozen=True, slots=True)
class Truth:
    """What an estimate should find: for the very images shown, and for all images like them. Shape (k,)."""

    these_images: Numbers
    all_images: Numbers


def opinions(
    random: np.random.Generator, effects: Effects, *, raters: int, images: int
) -> tuple[Numbers, Truth]:
    """Return grades of one contestant, shape (raters, images), each rater grading each image once."""
    people = random.normal(0, effects.raters, (raters, 1))
    shown = random.normal(0, effects.images, images)
    noise = random.normal(0, NOISE, (raters, images))
    grades = np.clip(np.round(LEVEL + people + shown + noise), 1, 5)
    here = _mean_grade(LEVEL + shown, np.hypot(effects.raters, NOISE)).mean()
    spread = np.sqrt(effects.raters**2 + effects.images**2 + NOISE**2)
    return grades, Truth(np.array([here]), _mean_grade(np.array([LEVEL]), spread))


def comparisons(
    random: np.random.Generator, effects: Effects, *, raters: int, images: int, turnout: Turnout = "even"
) -> tuple[Votes, Truth]:
    """Return votes on five contestants: each rater is dealt pairs on images at random, none twice.

    With even turnout everyone votes 30 times; uneven, the votes of the g-th of G raters go as 1 / g, and as
    many are dealt in all, as far as there are enough pairs. Where one contestant is a newcomer, only
    every fifth rater meets the strongest; the others vote the less.
    """
    size = len(STRENGTHS)
    first, second = np.triu_indices(size, 1)
    rater, pair, image = _dealt(random, _turnout(raters, turnout), len(first), images)
    if turnout == "newcomer":
        met = (second[pair] < size - 1) | (rater % 5 == 0)
        rater, pair, image = rater[met], pair[met], image[met]
    people = random.normal(0, effects.raters, (raters, size))
    shown = random.normal(0, effects.images, (images, size))
    left, right = _sides(random, first[pair], second[pair])
    taste = STRENGTHS + people[rater] + shown[image]
    votes = np.arange(len(rater))
    chance = _logistic(taste[votes, left] - taste[votes, right])
    outcome = (random.random(len(rater)) < chance).astype(np.float64)
    outcome[random.random(len(rater)) < TIES] = 0.5
    given = Votes(left, right, outcome, rater, _without_gaps(image), size)
    here = _share(STRENGTHS + shown, effects.raters).mean(axis=0)
    everywhere = _share(STRENGTHS[None, :], float(np.hypot(effects.raters, effects.images)))[0]
    return given, Truth(maximum_likelihood(here), maximum_likelihood(everywhere))


def _turnout(raters: int, turnout: Turnout) -> NDArray[np.intp]:
    """Return how often each rater votes, shape (raters,)."""
    if turnout != "uneven":
        return np.full(raters, VOTES_EACH)
    share = 1 / np.arange(1, raters + 1)
    return np.maximum(2, np.round(VOTES_EACH * raters * share / share.sum())).astype(np.intp)


def _dealt(
    random: np.random.Generator, votes_each: NDArray[np.intp], pairs: int, images: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Return rater, pair and image of each vote; no one gets the same pair on the same image twice."""
    order = random.random((len(votes_each), pairs * images)).argsort(axis=1)
    rater, place = np.nonzero(np.arange(pairs * images) < votes_each[:, None])
    return rater, *np.divmod(order[rater, place], images)


def _sides(
    random: np.random.Generator, first: NDArray[np.intp], second: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    turned = random.random(len(first)) < 0.5
    return np.where(turned, second, first), np.where(turned, first, second)


def _without_gaps(numbers: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.unique(numbers, return_inverse=True)[1].astype(np.intp)


def _share(strengths: Numbers, spread: float) -> Numbers:
    """Return the expected share of wins, shape (images, k, k), over contestants' own normal deviations."""
    points, weights = np.polynomial.hermite_e.hermegauss(40)
    apart = strengths[:, :, None] - strengths[:, None, :]
    chance = _logistic(apart[..., None] + np.sqrt(2) * spread * points) @ (weights / weights.sum())
    share = (1 - TIES) * chance + TIES / 2
    return share * (1 - np.eye(strengths.shape[1]))


def _mean_grade(level: Numbers, spread: float) -> Numbers:
    """Return the expected grade around `level`, rounded and cut off: 1 + Σ P(grade > g)."""
    from scipy.special import ndtr

    steps = np.arange(1.5, 5)
    return 1 + ndtr((level[:, None] - steps) / spread).sum(axis=1)


def _logistic(value: Numbers) -> Numbers:
    return (1 + np.tanh(value / 2)) / 2
