"""Pixels of any depth ↔ float64 in [0, 1].

Float64, because a value that falls on the other side of a rounding step could otherwise differ between two
machines, and JPEG would make more of it than one level.
"""

import numpy as np

from models.method import Pixels

_FULL_SCALE = {"uint8": 255.0, "uint16": 65535.0, "float32": 1.0}


def to_unit(image: Pixels) -> Pixels:
    """Return `image` (height, width, 1 or 3), uint8, uint16 or float32, as float64 in [0, 1].

    Raises ValueError: another shape or dtype.

    >>> to_unit(np.full((1, 1, 3), 255, np.uint8)).tolist()
    [[[1.0, 1.0, 1.0]]]
    """
    if image.ndim != 3 or image.shape[2] not in {1, 3} or image.dtype.name not in _FULL_SCALE:
        raise ValueError(
            "a degradation needs an image of shape (height, width, 1 or 3), uint8, uint16 or float32; "
            f"found shape {image.shape}, {image.dtype}. Convert it first."
        )
    return np.clip(image.astype(np.float64) / _FULL_SCALE[image.dtype.name], 0, 1)


def to_dtype(unit: Pixels, like: Pixels) -> Pixels:
    """Return `unit`, float in [0, 1], clipped and rounded to the dtype of `like`."""
    scaled = np.clip(unit, 0, 1) * _FULL_SCALE[like.dtype.name]
    return (scaled if like.dtype.name == "float32" else np.rint(scaled)).astype(like.dtype)
