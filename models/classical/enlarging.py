"""Reading a map made on the reduced photo at the pixels of a full-resolution window."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.method import Window

Map = NDArray[Any]
"""(h, w) or (h, w, channels) float32, covering the whole photo."""


def enlarged(small: Map, window: Window, photo_size: tuple[int, int]) -> Map:
    """Return the part of `small` that `window` covers, enlarged bilinearly to the window's size.

    Pixel centres correspond: the centre of small pixel i lies at (i + ½) · height / h of the photo. The
    result depends on the place in the photo alone, not on how the photo is cut into windows.

    >>> ramp = np.arange(2, dtype=np.float32).reshape(1, 2)
    >>> enlarged(ramp, Window(0, 0, 1, 4), (1, 4)).tolist()
    [[0.0, 0.25, 0.75, 1.0]]
    """
    if small.shape[:2] == photo_size:
        return small[window.top : window.top + window.height, window.left : window.left + window.width]
    rows, down = positions(small.shape[0], window.top, window.height, photo_size[0])
    columns, right = positions(small.shape[1], window.left, window.width, photo_size[1])
    depth = (1,) * (small.ndim - 2)
    down, right = down.reshape(-1, 1, *depth), right.reshape(1, -1, *depth)
    upper, lower = small[rows], small[np.minimum(rows + 1, small.shape[0] - 1)]
    band = upper + (lower - upper) * down
    left_side = band[:, columns]
    return left_side + (band[:, np.minimum(columns + 1, small.shape[1] - 1)] - left_side) * right


def positions(
    small: int, start: int, length: int, whole: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return where `length` pixels from `start`, of a side of `whole`, lie on a side of `small` pixels.

    Gives for each the index of the small pixel before it, and the share of the way to the next one.
    """
    centres = (np.arange(start, start + length) + 0.5) * small / whole - 0.5
    centres = np.clip(centres, 0, small - 1)
    before = np.minimum(centres.astype(np.intp), max(small - 2, 0))
    return before, (centres - before).astype(np.float32)
