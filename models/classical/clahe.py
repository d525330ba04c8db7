"""CLAHE: contrast limited adaptive histogram equalisation of the lightness."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.card import Card, Control, Paper, Task
from models.classical.enlarging import positions
from models.method import Output, Photo, Survey, Tile

_SHORT_SIDE = 512  # of the reduced photo that the histograms are counted on
_BINS = 256
_LIGHTEST = 100.0  # CIE L*


@dataclass(frozen=True, slots=True)
class Curves:
    """A tone curve for each cell of a grid over the photo.

    `curves` is (rows, columns, 257) float32: new lightness at old lightness 0, 1/256 … 1, both in [0, 1].
    """

    curves: NDArray[Any]


def look(photo: Photo, *, clip_limit: float, grid: int) -> Curves:
    """Find the tone curve of each of `grid` × `grid` cells, fewer where the photo has fewer pixels."""
    image = photo.reduced(_SHORT_SIDE)
    lightness = cv2.cvtColor(image, cv2.COLOR_RGB2Lab)[..., 0] / _LIGHTEST
    return Curves(
        np.array(
            [
                [
                    tone_curve(cell, clip_limit)
                    for cell in np.array_split(row, min(grid, row.shape[1]), axis=1)
                ]
                for row in np.array_split(lightness, min(grid, lightness.shape[0]))
            ],
            np.float32,
        )
    )


def tone_curve(lightness: NDArray[Any], clip_limit: float) -> NDArray[Any]:
    """Return the clipped, summed histogram of `lightness` (range [0, 1]): 257 values that rise from 0 to 1.

    Bins are cut at a height, and what is cut off is spread evenly over all bins; the height is such that no
    bin then holds more than `clip_limit` times the mean. So contrast is raised at most `clip_limit` times,
    and at 1 the curve is a straight line.

    >>> tone_curve(np.array([0.2, 0.7]), clip_limit=1)[[0, 64, 128, 256]].round(6).tolist()
    [0.0, 0.25, 0.5, 1.0]
    """
    counts, _ = np.histogram(np.clip(lightness, 0, 1), _BINS, (0, 1))
    shares = counts / counts.sum() * _BINS
    low, high = 0.0, clip_limit
    for _ in range(30):  # bisection: the fullest bin grows with the height of the cut
        height = (low + high) / 2
        fullest = height + 1 - np.minimum(shares, height).mean()
        low, high = (height, high) if fullest < clip_limit else (low, height)
    clipped = np.minimum(shares, low)
    return np.concatenate([[0], np.cumsum(clipped + 1 - clipped.mean())]) / _BINS


def run(tile: Tile, seen: Curves, *, clip_limit: float, grid: int) -> Output:
    """Give each pixel of `tile` the lightness that the four nearest cells' curves give it, by distance."""
    del clip_limit, grid  # they shaped the curves
    lab = cv2.cvtColor(tile.image, cv2.COLOR_RGB2Lab)
    lightness = np.clip(lab[..., 0] / np.float32(_LIGHTEST), 0, 1)
    # OpenCV's conversion there and back is off by up to 0.003, too much for 16 bits: its error is taken off.
    there_and_back = cv2.cvtColor(lab, cv2.COLOR_Lab2RGB)
    lab[..., 0] = _apply(seen.curves, lightness, tile) * np.float32(_LIGHTEST)
    changed = cv2.cvtColor(lab, cv2.COLOR_Lab2RGB)
    return Output(np.clip(tile.image + (changed - there_and_back), 0, 1), {})


def _apply(curves: NDArray[Any], lightness: NDArray[Any], tile: Tile) -> NDArray[Any]:
    """Return the new lightness, interpolated between cells and between the curves' nodes."""
    rows, down = positions(curves.shape[0], tile.window.top, tile.window.height, tile.photo_size[0])
    columns, right = positions(curves.shape[1], tile.window.left, tile.window.width, tile.photo_size[1])
    scaled = lightness * _BINS
    node = np.minimum(scaled.astype(np.int32), _BINS - 1)
    share = scaled - node
    across = [(columns, 1 - right), (np.minimum(columns + 1, curves.shape[1] - 1), right)]
    result = np.zeros_like(lightness)
    for row, row_weight in ((rows, 1 - down), (np.minimum(rows + 1, curves.shape[0] - 1), down)):
        for column, column_weight in across:
            cell = (row[:, np.newaxis] * curves.shape[1] + column) * (_BINS + 1)
            start = np.take(curves, cell + node)
            rise = np.take(curves, cell + node + 1) - start
            result += (start + rise * share) * (row_weight[:, np.newaxis] * column_weight)
    return result


CARD = Card(
    id="dehaze-clahe",
    task=Task.DEHAZE,
    title="CLAHE",
    summary="Stretches the contrast of lightness in each part of the photo, within a limit.",
    explanation=(
        "The photo is divided into a grid of cells. In each one the lightness is remapped so that its values "
        "spread more evenly (histogram equalisation), but no steeper than the limit; between cells the "
        "curves blend. Detail under a veil becomes visible quickly and for any cause of low contrast. It has "
        "no notion of haze: colours stay as pale as they were, clear parts are changed too, and noise grows "
        "with the contrast."
    ),
    formula=r"L' = \frac{1}{n} \sum_{i \le L} \Big(\min(h_i, c)"
    r" + \tfrac{1}{n}\textstyle\sum_j \max(h_j - c,\, 0)\Big)",
    paper=Paper(
        title="Contrast Limited Adaptive Histogram Equalization",
        authors="Zuiderveld",
        year=1994,
        link="https://doi.org/10.1016/B978-0-12-336156-1.50061-6",
    ),
    build=Survey(look, run, field_of_view=0),
    controls=(
        Control(
            name="clip_limit",
            label="Contrast limit",
            kind="number",
            default=2.5,
            minimum=1,
            maximum=10,
            step=0.1,
            unit="×",
            help="How many times contrast may be raised at most. 1 changes nothing.",
        ),
        Control(
            name="grid",
            label="Grid",
            kind="integer",
            default=8,
            minimum=1,
            maximum=16,
            help="Cells along each side. More adapt to smaller areas; 1 treats the photo as a whole.",
        ),
    ),
)
