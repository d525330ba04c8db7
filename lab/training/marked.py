"""Rust that people marked on photos, cut out of them, as `python -m ratings marks export` leaves it.

NAME.marked.png    a photo, or a result, with marks: nothing of it may be taken for clean
NAME.rust.png      beside it, of its size: white where most people saw rust

What nobody marked may be rust all the same, so that only what was marked is learnt from.
"""

from pathlib import Path

import cv2
import numpy as np

from lab.degradations.cutouts import Cutout
from lab.errors import MaterialError
from models import pixels
from models.errors import BadPictureError
from models.method import Pixels, Plane

_ENDING = ".marked.png"
_LEAST = 64
"""Smaller stains, in pixels, show too little of what rust looks like."""

_MARGIN = 2
"""So many pixels around a stain are cut out with it, so that its edge can be blended."""


def is_marked(name: str) -> bool:
    """Tell whether the file `name` is a picture with marks.

    >>> is_marked("wall.marked.png"), is_marked("wall.rust.png")
    (True, False)
    """
    return name.endswith(_ENDING)


def cutouts(photo: Path) -> list[Cutout]:
    """Return every stain that was marked on `photo`, each with its opacity; none if it has no mask of rust.

    Raises MaterialError: the photo or its mask is broken, or they are of different sizes.
    """
    file = photo.with_name(photo.name.removesuffix(_ENDING) + ".rust.png")
    if not file.is_file():
        return []
    try:
        image, mask = pixels.open(photo).pixels, pixels.open(file).pixels[..., 0]
    except BadPictureError as error:
        raise MaterialError(
            f"'{photo}' and its mask cannot be read: {error} Export the marks anew."
        ) from error
    if image.shape[:2] != mask.shape:
        raise MaterialError(f"'{file}' is of another size than its photo. Export the marks anew.")
    return _stains(np.broadcast_to(image, (*mask.shape, 3)), mask >= 128)


def _stains(image: Pixels, rusty: Plane) -> list[Cutout]:
    """Return the connected parts of what is `rusty`, cut out of `image` (height, width, 3) uint8."""
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(rusty.astype(np.uint8))
    return [
        _cut(image, labels == number, statistics[number])
        for number in range(1, count)
        if statistics[number, cv2.CC_STAT_AREA] >= _LEAST
    ]


def _cut(image: Pixels, stain: Plane, statistics: Plane) -> Cutout:
    left, top, width, height = statistics[: cv2.CC_STAT_AREA]
    rows = slice(max(0, top - _MARGIN), top + height + _MARGIN)
    columns = slice(max(0, left - _MARGIN), left + width + _MARGIN)
    opacity = np.where(stain[rows, columns], 255, 0).astype(np.uint8)
    return np.dstack((image[rows, columns], opacity))
