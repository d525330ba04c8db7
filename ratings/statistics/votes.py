"""Votes of a blind comparison as arrays, and what pairs of contestants add up to."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEFT, TIE, RIGHT = 1.0, 0.5, 0.0
"""The outcome of a vote, as the share of a win that the contestant on the left gets."""


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """Comparisons of two contestants, one an entry; all arrays but the last field have shape (n,).

    `left` and `right` are contestants in [0, contestants), never the same in one vote. `outcome` is 1 where
    the left one won, 0 where the right one did, 0.5 for a tie. `rater` and `image` count from 0 without
    gaps.
    """

    left: NDArray[np.intp]
    right: NDArray[np.intp]
    outcome: NDArray[np.float64]
    rater: NDArray[np.intp]
    image: NDArray[np.intp]
    contestants: int

    @property
    def raters(self) -> int:
        """How many people voted."""
        return _groups(self.rater)

    @property
    def images(self) -> int:
        """How many images were voted on."""
        return _groups(self.image)


def votes(
    left: ArrayLike,
    right: ArrayLike,
    outcome: ArrayLike,
    raters: ArrayLike,
    images: ArrayLike,
    *,
    contestants: int,
) -> Votes:
    """Return the votes as one record; `raters` and `images` may be named by any values that can be sorted.

    >>> votes([0, 1], [1, 2], [1, 0.5], ["ann", "bob"], [7, 7], contestants=3).raters
    2
    """
    ours, theirs = np.asarray(left, dtype=np.intp), np.asarray(right, dtype=np.intp)
    shares = np.asarray(outcome, dtype=np.float64)
    rater, image = _numbered(raters), _numbered(images)
    assert ours.ndim == 1, f"votes have shape (n,), not {ours.shape}"
    for each in (theirs, shares, rater, image):
        assert each.shape == ours.shape, f"{ours.size} votes, but an array of shape {each.shape} beside them"
    assert np.all(ours != theirs), "nobody is compared with itself"
    assert np.all((ours >= 0) & (theirs >= 0)), "contestants count from 0"
    assert np.all((ours < contestants) & (theirs < contestants)), f"there are {contestants} contestants"
    assert np.all((shares == LEFT) | (shares == TIE) | (shares == RIGHT)), "an outcome is 1, 0.5 or 0"
    return Votes(ours, theirs, shares, rater, image, contestants)


def pair_totals(given: Votes) -> NDArray[np.float64]:
    """Return wins, shape (contestants, contestants): how often row beat column, a tie half a win each.

    >>> pair_totals(votes([0, 1], [1, 0], [1, 0.5], [0, 0], [0, 0], contestants=2)).tolist()
    [[0.0, 1.5], [0.5, 0.0]]
    """
    size = given.contestants
    forth = np.bincount(given.left * size + given.right, weights=given.outcome, minlength=size**2)
    back = np.bincount(given.right * size + given.left, weights=1 - given.outcome, minlength=size**2)
    return (forth + back).astype(np.float64).reshape(size, size)


def votes_each(given: Votes) -> NDArray[np.intp]:
    """Return in how many votes each contestant stood, shape (contestants,)."""
    return np.bincount(np.concatenate([given.left, given.right]), minlength=given.contestants)


def raters_each(given: Votes) -> NDArray[np.intp]:
    """Return how many people voted on each contestant, shape (contestants,)."""
    met = np.zeros((given.raters, given.contestants), dtype=np.bool_)
    met[given.rater, given.left] = True
    met[given.rater, given.right] = True
    return met.sum(axis=0)


def _numbered(names: ArrayLike) -> NDArray[np.intp]:
    """Return 0, 1, … for the distinct names in order."""
    values: NDArray[Any] = np.asarray(names)
    return np.unique(values, return_inverse=True)[1].astype(np.intp, copy=False)


def _groups(numbers: NDArray[np.intp]) -> int:
    return int(numbers.max()) + 1 if numbers.size else 0
