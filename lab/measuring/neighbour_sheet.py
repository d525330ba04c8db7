"""A picture to look for copies in: made images above what is nearest to them among those learnt from."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lab.measuring.images import Images, as_rgb
from lab.measuring.neighbours import Found
from lab.sheets import drawing
from lab.sheets.drawing import Cell, Row
from models.method import Pixels

_COLUMNS = 10
_LEAST_SIDE = 56
"""Smaller images are enlarged to it or a little more, by whole pixels."""

_GAP = 6


@dataclass(frozen=True, slots=True)
class Pairs:
    """A generator's made images, (n, …), and their nearest neighbours by features and by pixels, (n, …).

    `far` is how far each lies by features, (n,).
    """

    name: str
    made: Images
    by_features: Images
    by_pixels: Images
    far: NDArray[np.float64]


def pairs(name: str, made: Images, found: Found, learnt: Images) -> Pairs:
    """Return the images that the generator `name` made with what was `found` among those `learnt` from."""
    by_features, by_pixels = learnt[found.by_features.places], learnt[found.by_pixels.places]
    return Pairs(name, made[: len(by_features)], by_features, by_pixels, found.by_features.distances)


def draw(generators: Sequence[Pairs]) -> Image.Image:
    """Return a row a generator: its first images, and those that lie nearest to what was learnt from."""
    return drawing.draw([_row(each) for each in generators], "Made images above their nearest neighbours")


def _row(each: Pairs) -> Row:
    first = np.arange(min(_COLUMNS, len(each.made)))
    nearest = np.argsort(each.far)[:_COLUMNS]
    note = "Above what is nearest among all images learnt from: by features, then by pixels."
    return Row(
        each.name,
        [
            Cell(_strips(each, first), "The first seeds", note),
            Cell(_strips(each, nearest), f"The nearest by features of {len(each.made)}", note),
        ],
    )


def _strips(each: Pairs, places: NDArray[np.intp]) -> Pixels:
    """Return three rows of images below each other: made, nearest by features, nearest by pixels."""
    strips = [_strip(images[places]) for images in (each.made, each.by_features, each.by_pixels)]
    gap = np.full((_GAP, *strips[0].shape[1:]), 255, np.uint8)
    return np.concatenate([strips[0], gap, strips[1], gap, strips[2]])


def _strip(images: Images) -> Pixels:
    times = -(-_LEAST_SIDE // images.shape[1])
    row = np.concatenate(list(as_rgb(images)), axis=1)
    return cv2.resize(row, None, fx=times, fy=times, interpolation=cv2.INTER_NEAREST)
