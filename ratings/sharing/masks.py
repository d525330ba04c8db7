"""Whether bytes are the mask they are said to be, told without trusting them."""

import struct
from io import BytesIO

from PIL import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SIZE = struct.Struct(">8s8xII")
"""The signature, the first chunk's length and name, width and height."""

MOST_PIXELS = 64_000_000
"""Decoding takes a byte a pixel."""


def is_mask(png: bytes, width: int, height: int) -> bool:
    """Tell whether `png` is a PNG of that size whose pixels can be decoded.

    The header is looked at first: a file that calls itself enormous costs nothing.
    """
    if len(png) < _SIZE.size or width * height > MOST_PIXELS:
        return False
    signature, *size = _SIZE.unpack_from(png)
    if signature != _SIGNATURE or size != [width, height]:
        return False
    try:
        with Image.open(BytesIO(png), formats=["PNG"]) as image:
            image.load()
    except (OSError, SyntaxError, ValueError, struct.error):  # all of them mean a broken file
        return False
    return True
