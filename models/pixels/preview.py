"""Light sRGB copies for a page; never what a person downloads."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.method import Window
from models.pixels import colour, png
from models.pixels.depth import joined, to_depth
from models.pixels.picture import Picture
from models.pixels.writing import write_whole

_WHOLE_UP_TO = 1_500_000
"""Pixels up to which a preview is lossless."""

_LONG_SIDE, _QUALITY, _MOST_BYTES = 1600, 90, 2_000_000
_SHRINK = 0.85


def save_preview(picture: Picture, stem: Path) -> Path:
    """Write what a page shows of `picture`, in sRGB with alpha, and return its path.

    Up to 1.5 megapixels `stem`.png, lossless at 8 bits; above, `stem`.webp at quality 90 with a long side of
    at most 1600 pixels, less where it would pass 2 MB.

    Raises CannotSaveError.
    """
    height, width = picture.size
    if height * width <= _WHOLE_UP_TO:
        path = stem.with_name(stem.name + ".png")
        write_whole(path, png.encode(_shown(picture.pixels, picture.alpha, picture.icc)))
        return path
    path = stem.with_name(stem.name + ".webp")
    write_whole(path, [_light(picture)])
    return path


def crop_preview(picture: Picture, window: Window, path: Path) -> None:
    """Write the piece of `picture` in `window`, pixel by pixel, as a lossless sRGB PNG.

    `window` lies in the picture, at least in part; what is outside is left out. Raises CannotSaveError.
    """
    rows = slice(max(window.top, 0), window.top + window.height)
    columns = slice(max(window.left, 0), window.left + window.width)
    alpha = None if picture.alpha is None else picture.alpha[rows, columns]
    pixels = picture.pixels[rows, columns]
    assert pixels.size  # the window lies in the picture
    write_whole(path, png.encode(_shown(pixels, alpha, picture.icc)))


def _light(picture: Picture) -> memoryview:
    """Return a WebP, made smaller until it is light enough."""
    side = min(_LONG_SIDE, max(picture.size))
    while True:
        pixels = _reduced(picture.pixels, side)
        alpha = None if picture.alpha is None else _reduced(picture.alpha[..., None], side)[..., 0]
        file = io.BytesIO()
        Image.fromarray(_shown(pixels, alpha, picture.icc)).save(file, "WEBP", quality=_QUALITY)
        if file.tell() <= _MOST_BYTES:
            return file.getbuffer()
        side = int(side * _SHRINK)


def _reduced(image: NDArray[Any], side: int) -> NDArray[Any]:
    """Return (h, w, c) reduced by area averaging to a long side of `side` pixels."""
    import cv2

    height, width = image.shape[:2]
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1)


def _shown(pixels: NDArray[Any], alpha: NDArray[Any] | None, icc: bytes | None) -> NDArray[Any]:
    """Return pixels and alpha as they come, in one uint8 sRGB array."""
    srgb = colour.to_srgb(to_depth(pixels, np.uint8), icc)
    return joined(srgb, None if alpha is None else to_depth(alpha, np.uint8))
