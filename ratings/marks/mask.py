"""A mask between a PNG and pixels: what cannot be one is refused before it is decoded.

The header of a PNG stands at a fixed place, so that a file which calls itself enormous costs nothing.
"""

import struct
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ratings.errors import BadMarkError

MOST_BYTES = 1_000_000
MOST_PIXELS = 64_000_000
"""Larger pictures are not marked: decoding a mask takes a byte a pixel."""

Plane = NDArray[np.bool_]
"""Where something is marked, (height, width)."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(
    ">8sI4sIIBB"
)  # signature, length and name of the first chunk, width, height, depth, colours
_GREY = 0


@dataclass(frozen=True, slots=True)
class Mask:
    """A checked mask: `png` is greyscale of 1 bit, without anything else in it; `share` is in (0, 1]."""

    png: bytes
    share: float

    @property
    def sha256(self) -> str:
        """Return the hash of `png`."""
        return sha256(self.png).hexdigest()


def check(content: object, width: int, height: int) -> Mask:
    """Return the mask in `content`, a greyscale PNG of 1 or 8 bits as large as the picture it lies on.

    Black is unmarked, white is marked. It is written anew: nothing but its pixels is kept.

    Raises BadMarkError: not such a PNG, of another size, above `MOST_BYTES`, with grey in it, or empty.
    """
    if not isinstance(content, bytes):
        raise BadMarkError(f"A mask is the bytes of a PNG; got {type(content).__name__}.")
    if len(content) > MOST_BYTES:
        raise BadMarkError(
            f"A mask has at most {MOST_BYTES:,} bytes; this one has {len(content):,}. Mark fewer regions."
        )
    _check_header(content, width, height)
    plane = _plane(content)
    if not plane.any():
        raise BadMarkError("Nothing is marked: the mask is empty. Paint something, or send nothing.")
    return Mask(encode(plane), float(plane.mean()))


def encode(plane: Plane) -> bytes:
    """Return `plane` as a greyscale PNG of 1 bit, marked is white.

    >>> decode(encode(np.eye(2, dtype=bool))).tolist()
    [[True, False], [False, True]]
    """
    file = BytesIO()
    Image.fromarray(plane).save(file, "PNG", compress_level=9)
    return file.getvalue()


def decode(png: bytes) -> Plane:
    """Return where a mask of ours is white."""
    with Image.open(BytesIO(png), formats=["PNG"]) as image:
        return np.asarray(image.convert("1"))


def _check_header(content: bytes, width: int, height: int) -> None:
    if len(content) < _HEADER.size or not content.startswith(_SIGNATURE):
        raise BadMarkError("A mask is a PNG; these bytes do not begin like one.")
    _, length, name, wide, high, depth, colours = _HEADER.unpack_from(content)
    if (length, name) != (13, b"IHDR"):
        raise BadMarkError("A mask is a PNG; this one is broken at its first chunk.")
    if (wide, high) != (width, height):
        raise BadMarkError(f"A mask is as large as its picture, {width} × {height} px; got {wide} × {high}.")
    if wide * high > MOST_PIXELS:
        raise BadMarkError(f"Pictures of more than {MOST_PIXELS // 10**6} megapixels cannot be marked.")
    if colours != _GREY or depth not in (1, 8):
        raise BadMarkError("A mask is a greyscale PNG of 1 or 8 bits, without alpha; this one is not.")


def _plane(content: bytes) -> Plane:
    try:
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            grey = np.asarray(image.convert("L"))
    except (OSError, SyntaxError, ValueError, struct.error) as error:  # all of them mean a broken file
        raise BadMarkError("The mask is a broken or truncated PNG. Send it again.") from error
    plane = grey == 255
    if not (plane | (grey == 0)).all():
        raise BadMarkError("A mask has two values, black and white; this one has greys between them.")
    return plane
