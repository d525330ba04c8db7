"""What the reader of a format is given and gives back, and what its writer gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

Allow = Callable[[int, int], None]
"""`allow(width, height)`: each reader calls it with the header's size before it decodes anything.

It raises TooLargeError above the limit, BadPictureError for an empty picture.
"""


Pieces = Sequence[bytes | bytearray | memoryview]
"""A file, in pieces to be written one after the other, so that large ones need not be joined."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded file, before its metadata were looked at.

    `image` is (h, w) or (h, w, 1 to 4): grey, grey + alpha, RGB, RGB + alpha; uint8, uint16 or float32 in
    [0, 1]. `orientation` is EXIF's 1–8, None where the EXIF block is to be asked.
    """

    image: NDArray[Any]
    icc: bytes | None = None
    exif: bytes | None = None
    orientation: int | None = None
    notes: tuple[str, ...] = ()


class IncompleteError(ValueError):
    """The file ends too early; `reading` turns this into a sentence."""
