"""The formats of 8 bits that Pillow reads and writes well: WebP, GIF, BMP, AVIF.

The plugins are called directly: nothing else can be opened by mistake (EPS runs a program), and Pillow's own
limit on size, a setting of the whole process, is neither in force nor changed.
"""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import AvifImagePlugin, BmpImagePlugin, GifImagePlugin, Image, ImageFile, WebPImagePlugin

from models.pixels.decoded import Allow, Decoded, IncompleteError, Pieces

LONGEST_WEBP_SIDE = 16383
_HIGH_BIT_DEPTH = 0x40


def read_webp(data: bytes, allow: Allow) -> Decoded:
    """Decode a WebP; of an animation, the first frame. Raises IncompleteError."""
    if int.from_bytes(data[4:8], "little") + 8 > len(data):
        raise IncompleteError
    return _read(WebPImagePlugin.WebPImageFile(io.BytesIO(data)), allow)


def read_gif(data: bytes, allow: Allow) -> Decoded:
    """Decode the first frame of a GIF."""
    return _read(GifImagePlugin.GifImageFile(io.BytesIO(data)), allow)


def read_bmp(data: bytes, allow: Allow) -> Decoded:
    """Decode a BMP."""
    return _read(BmpImagePlugin.BmpImageFile(io.BytesIO(data)), allow)


def read_avif(data: bytes, allow: Allow) -> Decoded:
    """Decode an AVIF, 10 and 12 bits as 8."""
    decoded = _read(AvifImagePlugin.AvifImageFile(io.BytesIO(data)), allow)
    box = data.find(b"av1C")  # AV1 in ISOBMFF, 2.3.3: the third byte holds high_bitdepth
    if box < 0 or not data[box + 6] & _HIGH_BIT_DEPTH:
        return decoded
    note = "This AVIF has more than 8 bits per channel; it was read as 8."
    return Decoded(decoded.image, decoded.icc, decoded.exif, notes=(*decoded.notes, note))


def encode_webp(
    image: NDArray[Any],
    *,
    quality: int,
    exif: bytes | None = None,
    icc: bytes | None = None,
    xmp: bytes | None = None,
) -> Pieces:
    """Return (h, w, 3) or (h, w, 4) uint8 as a lossy WebP."""
    file = io.BytesIO()
    # Pillow takes empty bytes for "none".
    extras = {"exif": exif or b"", "icc_profile": icc or b"", "xmp": xmp or b""}
    Image.fromarray(image).save(file, "WEBP", quality=quality, exact=True, **extras)
    return [file.getbuffer()]


def encode_bmp(image: NDArray[Any]) -> Pieces:
    """Return (h, w), (h, w, 3) or (h, w, 4) uint8 as a BMP; the format holds no metadata."""
    import cv2

    order = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
    swapped = image if image.ndim == 2 else cv2.cvtColor(image, order[image.shape[2]])
    return [cv2.imencode(".bmp", swapped)[1].data]


def _read(file: ImageFile.ImageFile, allow: Allow) -> Decoded:
    allow(*file.size)
    frames: int = getattr(file, "n_frames", 1)
    notes = (f"This is an animation of {frames} frames; only the first one is used.",) if frames > 1 else ()
    transparent = "transparency" in file.info
    file.load()
    wanted = {"1": "L", "L": "LA" if transparent else "L", "LA": "LA", "RGBA": "RGBA", "PA": "RGBA"}
    mode = wanted.get(file.mode, "RGBA" if transparent else "RGB")
    image = np.asarray(file if file.mode == mode else file.convert(mode))
    return Decoded(image, file.info.get("icc_profile"), file.info.get("exif"), notes=notes)
