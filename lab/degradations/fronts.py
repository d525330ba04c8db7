"""Two more ways in which rust spreads: a front that finds its way, and spots that feed on each other.

They share nothing with `corrosion`, so that a network that learnt from the one can be examined on the other.
All return (height, width) float64.
"""

import cv2
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from lab.degradations.fields import Size, smoothstep
from models.method import Pixels

_GRID = 144
"""Short side of the grid on which fronts are computed; they are enlarged from there."""

_SPOTS = ((0.030, 0.062), (0.037, 0.060), (0.046, 0.063))
"""Feed and kill rates of Gray and Scott's reaction: spots, spots that join, and worms."""

_FIVE_POINTS = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], np.float32)


def percolated(size: Size, rng: np.random.Generator, *, seeds: int) -> Pixels:
    """Return when a front from `seeds` random places arrives, from 0 (first) to 1 (last).

    First-passage percolation: on a grid of cells of random resistance, lognormal, the front takes the
    quickest way, which makes tongues and islands. (Hammersley and Welsh 1965.)
    """
    rows, columns = _grid(size)
    resistance = np.exp(1.1 * rng.standard_normal((rows, columns)) + 0.9 * _soft(rows, columns, rng, 9))
    starts = rng.integers(rows * columns, size=seeds)
    arrival = dijkstra(_ways(resistance), directed=False, indices=starts, min_only=True)
    return _enlarged(arrival.reshape(rows, columns) / max(float(arrival.max()), 1e-9), size)


def reacted(size: Size, rng: np.random.Generator, *, steps: int = 1500) -> Pixels:
    """Return a pattern of spots or worms, from 0 to 1, that covers about a third of some wide places.

    Two substances u and v react and spread: ∂u = D∇²u − uv² + F(1 − u), ∂v = D/2∇²v + uv² − (F + k)v. (Gray
    and Scott 1984, Pearson 1993, doi:10.1126/science.261.5118.189.)
    """
    rows, columns = _grid(size)
    feed, kill = _SPOTS[int(rng.integers(len(_SPOTS)))]
    u = np.ones((rows, columns), np.float32)
    v = cv2.blur(np.where(rng.random((rows, columns)) < 0.08, np.float32(0.6), np.float32(0)), (3, 3))
    for _ in range(steps):
        reaction = u * v * v
        u, v = (
            u + 0.16 * _laplacian(u) - reaction + feed * (1 - u),
            v + 0.08 * _laplacian(v) + reaction - (feed + kill) * v,
        )
    places = smoothstep(0.1, 1.1, _soft(rows, columns, rng, max(3, min(rows, columns) // 5)))
    return _enlarged(smoothstep(0.1, 0.35, v.astype(np.float64)) * places, size)


def trickled(sources: Pixels, rng: np.random.Generator, *, count: int, run: float) -> Pixels:
    """Return what `count` drops leave on their way down from random places of `sources` > 0, in [0, 1].

    A trace wanders, and fades along its way of about `run` heights.
    """
    height, width = sources.shape
    film = np.zeros((height, width), np.float32)
    places = np.flatnonzero(sources > 0)
    for start in rng.choice(places, count) if len(places) else ():
        row, column = divmod(int(start), width)
        length = max(1, int(height * run * rng.exponential()))
        path = column + np.cumsum(rng.normal(0, 0.35, length))
        for step, x in enumerate(path[: height - row]):
            if 0 <= x < width:
                film[row + step, int(x)] = max(film[row + step, int(x)], 1 - step / length)
    reach = max(0.7, 0.004 * min(height, width))
    return np.clip(2.5 * reach * cv2.GaussianBlur(film, (0, 0), reach).astype(np.float64), 0, 1)


def _grid(size: Size) -> tuple[int, int]:
    """Return the rows and columns of the grid: like `size`, at most `_GRID` on the short side."""
    scale = min(1.0, _GRID / min(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _soft(rows: int, columns: int, rng: np.random.Generator, reach: int) -> Pixels:
    """Return white noise averaged over discs of `reach` cells, mean 0, standard deviation 1."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)).astype(np.float64)
    field = cv2.filter2D(
        rng.standard_normal((rows, columns)), cv2.CV_64F, disc, borderType=cv2.BORDER_REFLECT
    )
    return (field - field.mean()) / max(float(field.std()), 1e-9)


def _ways(resistance: Pixels) -> coo_array:
    """Return the graph of neighbouring cells; a way costs the mean resistance of its two ends."""
    cells = np.arange(resistance.size).reshape(resistance.shape)
    pairs = np.concatenate(
        [
            np.stack([cells[:, :-1].ravel(), cells[:, 1:].ravel()]),
            np.stack([cells[:-1].ravel(), cells[1:].ravel()]),
        ],
        axis=1,
    )
    cost = resistance.ravel()[pairs].mean(axis=0)
    return coo_array((cost, (pairs[0], pairs[1])), shape=(cells.size, cells.size))


def _laplacian(field: Pixels) -> Pixels:
    return cv2.filter2D(field, cv2.CV_32F, _FIVE_POINTS, borderType=cv2.BORDER_REFLECT)


def _enlarged(field: Pixels, size: Size) -> Pixels:
    return np.clip(cv2.resize(field, (size[1], size[0]), interpolation=cv2.INTER_CUBIC), 0, 1)
