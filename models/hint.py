"""What a person painted over a photo: about here is what shall go, here is none of it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import pixels
from models.errors import BadHintError
from models.method import Plane, Window
from models.photo import to_float
from models.pixels import Picture

HERE, NONE, UNSAID = 1, -1, 0
"""What a mark says: about here is rust; here is none, leave it; nobody said."""

LIGHT, DARK = 0.75, 0.25
"""In a picture of marks, grey from `LIGHT` to white says `HERE`, from black to `DARK` says `NONE`."""

OPAQUE = 0.5
"""Where a picture of marks has less alpha than this, nobody said anything."""


@dataclass(frozen=True, slots=True, eq=False)
class Hint:
    """Marks over a whole photo, (height, width) int8: `HERE`, `NONE` or `UNSAID`.

    They are as large as the photo, or have its shape at another size: then each pixel of the photo has the
    nearest mark.
    """

    marks: NDArray[np.int8]

    def __post_init__(self) -> None:
        """Refuse what are no marks. Raises BadHintError."""
        marks = self.marks
        if (
            marks.ndim != 2
            or not marks.size
            or marks.dtype != np.int8
            or not NONE <= marks.min() <= marks.max() <= HERE
        ):
            raise BadHintError(
                "A hint's marks must be an array (height, width) of int8 with no values but −1 (none here), "
                f"0 (nobody said) and 1 (about here); got {marks.dtype} of shape {marks.shape}."
            )

    @property
    def sha256(self) -> str:
        """SHA-256 of the marks' size, "<height>x<width>", and their bytes in rows from the top."""
        height, width = self.marks.shape
        return hashlib.sha256(f"{height}x{width}".encode() + self.marks.tobytes()).hexdigest()

    def fits(self, size: tuple[int, int]) -> bool:
        """Tell whether the marks have the shape of a photo of `size` (height, width), to a pixel.

        >>> Hint(np.zeros((30, 40), np.int8)).fits((3000, 4000))
        True
        """
        (height, width), (rows, columns) = size, self.marks.shape
        if height >= width:
            return abs(columns - width * rows / height) <= 1
        return abs(rows - height * columns / width) <= 1

    def read(self, window: Window, size: tuple[int, int]) -> Plane:
        """Return what is said of `window` in a photo of `size` (height, width): (h, w) float32.

        >>> Hint(np.array([[-1, 1]], np.int8)).read(Window(0, 1, 2, 2), (2, 4)).tolist()
        [[-1.0, 1.0], [-1.0, 1.0]]
        """
        rows = _nearest(window.top, window.height, size[0], self.marks.shape[0])
        columns = _nearest(window.left, window.width, size[1], self.marks.shape[1])
        return self.marks[rows][:, columns].astype(np.float32)


def read_hint(path: Path | str, *, max_megapixels: float = 100.0) -> Hint:
    """Return the marks in the picture at `path`: white is `HERE`, black `NONE`, else nobody said.

    So mid grey and transparent places say nothing.

    Raises BadPictureError, TooLargeError.
    """
    return from_picture(pixels.open(path, max_megapixels=max_megapixels))


def from_picture(picture: Picture) -> Hint:
    """Return the marks that the greys of `picture` stand for, as `read_hint` says.

    >>> from_picture(pixels.from_array(np.array([[[255], [128], [0]]], np.uint8))).marks.tolist()
    [[1, 0, -1]]
    """
    grey = to_float(picture.pixels).mean(axis=2)
    marks = (grey >= LIGHT).astype(np.int8) - (grey <= DARK).astype(np.int8)
    if picture.alpha is not None:
        marks[to_float(picture.alpha) < OPAQUE] = UNSAID
    return Hint(marks)


def _nearest(first: int, count: int, photo: int, marks: int) -> slice | NDArray[Any]:
    """Return which of `marks` lie nearest to `count` of the `photo`'s pixels along an axis, from `first`."""
    if photo == marks:
        return slice(first, first + count)
    places = 2 * np.arange(first, first + count, dtype=np.int64) + 1
    return places * marks // (2 * photo)
