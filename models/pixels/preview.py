"""Light sRGB copies for a page; never what a person downloads."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.method import Window
from models.pixels import colour, jpeg, png
from models.pixels.decoded import Pieces
from models.pixels.depth import joined, to_depth
from models.pixels.picture import Picture, cropped
from models.pixels.writing import write_whole

_WHOLE_UP_TO = 1_500_000
"""Pixels up to which a preview is lossless."""

_LONG_SIDE, _QUALITY, _MOST_BYTES = 1600, 90, 2_000_000
_SHRINK = 0.85


def save_preview(picture: Picture, stem: Path) -> Path:
    """Write what a page shows of `picture`, in sRGB with alpha, and return its path.

    Up to 1.5 megapixels `stem`.png, lossless at 8 bits; above, `stem`.jpg at quality 90 with full colour and
    a long side of at most 1600 pixels, less where it would pass 2 MB. With alpha it is `stem`.webp: of 1600 ×
    1200 pixels, libwebp takes 204 ms for 39.6 dB where libjpeg-turbo takes 8 ms for 41.3 dB.

    Raises CannotSaveError.
    """
    height, width = picture.size
    if height * width <= _WHOLE_UP_TO:
        path = stem.with_name(stem.name + ".png")
        write_whole(path, png.encode(_shown(picture.pixels, picture.alpha, picture.icc)))
        return path
    path = stem.with_name(stem.name + (".jpg" if picture.alpha is None else ".webp"))
    write_whole(path, _light(picture))
    return path


def crop_preview(picture: Picture, window: Window, path: Path) -> None:
    """Write the piece of `picture` in `window`, pixel by pixel, as a lossless sRGB PNG.

    `window` lies in the picture, at least in part; what is outside is left out. Raises CannotSaveError.
    """
    piece = cropped(picture, window)
    write_whole(path, png.encode(_shown(piece.pixels, piece.alpha, piece.icc)))


def _light(picture: Picture) -> Pieces:
    """Return a JPEG, or with alpha a WebP, made smaller until it is light enough."""
    side = min(_LONG_SIDE, max(picture.size))
    while True:
        pixels = _reduced(picture.pixels, side)
        alpha = None if picture.alpha is None else _reduced(picture.alpha[..., None], side)[..., 0]
        file = _lossy(_shown(pixels, alpha, picture.icc))
        if sum(len(piece) for piece in file) <= _MOST_BYTES:
            return file
        side = int(side * _SHRINK)


def _lossy(image: NDArray[Any]) -> Pieces:
    """Encode (h, w) or (h, w, 3) as JPEG; with alpha, (h, w, 2 or 4), as WebP."""
    if image.ndim == 2 or image.shape[2] == 3:
        return jpeg.encode(image, quality=_QUALITY, exif=None, icc=None, xmp=None)
    file = io.BytesIO()
    Image.fromarray(image).save(file, "WEBP", quality=_QUALITY)
    return [file.getbuffer()]


def _reduced(image: NDArray[Any], side: int) -> NDArray[Any]:
    """Return (h, w, c) reduced to a long side of `side` pixels: halved by averaging, the rest bilinear.

    Of 12 megapixels OpenCV halves in 4 ms and reduces the rest in 2 ms; all at once by area takes 36 ms.
    """
    import cv2

    height, width = image.shape[:2]
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    while min(image.shape[0] / size[1], image.shape[1] / size[0]) >= 2:
        half = image.shape[1] // 2, image.shape[0] // 2
        image = cv2.resize(image, half, interpolation=cv2.INTER_AREA)
    return cv2.resize(image, size, interpolation=cv2.INTER_LINEAR).reshape(size[1], size[0], -1)


def _shown(pixels: NDArray[Any], alpha: NDArray[Any] | None, icc: bytes | None) -> NDArray[Any]:
    """Return pixels and alpha as they come, in one uint8 sRGB array."""
    srgb = colour.to_srgb(to_depth(pixels, np.uint8), icc)
    return joined(srgb, None if alpha is None else to_depth(alpha, np.uint8))
