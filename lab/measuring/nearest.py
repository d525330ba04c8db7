"""The nearest of many: distances between two sets of vectors, in pieces that fit into memory."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[Any]
"""Vectors, or the pixels of images, (n, d), of any type of number."""

_PIECE = 10_000


@dataclass(frozen=True, slots=True)
class Nearest:
    """Of each vector the distance to the nearest one of a set, (n,) float64, and its place there, (n,)."""

    distances: NDArray[np.float64]
    places: NDArray[np.intp]


def nearest(vectors: Vectors, among: Vectors) -> Nearest:
    """Return which of `among`, (m, d), is nearest to each of `vectors`, (n, d), and how far it is.

    The distances are Euclidean, and exact: 0 for a vector that is itself among them.

    >>> found = nearest(np.float32([[0, 0], [3, 3]]), np.float32([[3, 4], [0, 0]]))
    >>> found.distances.tolist(), found.places.tolist()
    ([0.0, 1.0], [1, 0])
    """
    sought = vectors.astype(np.float32)
    best = np.full(len(vectors), np.inf, np.float32)
    places = np.zeros(len(vectors), np.intp)
    for at in range(0, len(among), _PIECE):
        squared = squared_distances(sought, among[at : at + _PIECE].astype(np.float32))
        here = squared.argmin(axis=1)
        least = squared[np.arange(len(vectors)), here]
        nearer = least < best
        best[nearer], places[nearer] = least[nearer], here[nearer] + at
    apart = vectors.astype(np.float64) - among[places].astype(np.float64)
    return Nearest(np.sqrt((apart**2).sum(axis=1)), places)


def nearest_of_two(ways: tuple[Vectors, Vectors], among: Vectors) -> Nearest:
    """Return what is nearest to either of two `ways`, both (n, d), of seeing the same thing."""
    first, second = (nearest(way, among) for way in ways)
    nearer = first.distances <= second.distances
    return Nearest(
        np.where(nearer, first.distances, second.distances), np.where(nearer, first.places, second.places)
    )


def squared_distances(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ‖x − y‖² of each x in `one`, (n, d), and y in `other`, (m, d): (n, m), at least 0.

    By ‖x‖² + ‖y‖² − 2x·y from the middle of `one`, which rounds to about 10⁻⁶ of the norms.
    """
    middle = one.mean(axis=0)
    first, second = one - middle, other - middle
    norms = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1)
    return np.maximum(norms - 2 * (first @ second.T), 0)
