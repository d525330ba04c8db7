"""Images as everything here has them: many of one size in one array."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from lab.training.album import Photo
from models.method import Pixels

Images = NDArray[np.uint8]
"""Images of one size, (n, side, side, 1 or 3) uint8, grey or RGB."""


def stacked(photos: Sequence[Photo], channels: int) -> Images:
    """Return `photos`, squares of one size, as (n, side, side, `channels`); 1 makes them grey."""
    if channels == 3:
        return np.stack([photo.pixels for photo in photos])
    return np.stack([_grey(photo.pixels) for photo in photos])


def _grey(image: Pixels) -> Pixels:
    return cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY)[..., None]


def mirrored(images: Images) -> Images:
    """Return `images` with left and right exchanged."""
    return images[:, :, ::-1]


def as_rgb(images: Images) -> Images:
    """Return `images` as (n, side, side, 3); grey is repeated.

    >>> as_rgb(np.full((2, 4, 4, 1), 7, np.uint8)).shape
    (2, 4, 4, 3)
    """
    return np.broadcast_to(images, (*images.shape[:3], 3))
