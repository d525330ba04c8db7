"""TIFF of 1 to 64 bits, read by tifffile, written here (TIFF 6.0).

Writing is short, and no library writes 16-bit and float colour together with EXIF: the EXIF block is itself
the beginning of a TIFF file, so it goes first, where all its offsets stay true; then the pixels; then a
directory that joins its tags with the picture's.
"""

import io
import logging
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.errors import BadPictureError, CannotSaveError
from models.pixels import colour, directories, exif
from models.pixels.decoded import Allow, Decoded, IncompleteError, Pieces
from models.pixels.directories import BYTE, LONG, SHORT, UNDEFINED, Entry, Order

if TYPE_CHECKING:
    from tifffile import TiffPage

_ICC, _XMP, _ORIENTATION, _COLOURS = 34675, 700, 274, 320
_MINISWHITE, _MINISBLACK, _RGB, _PALETTE, _CMYK, _YCBCR, _LAB = 0, 1, 2, 3, 5, 6, 8
_CHANNELS = {_MINISWHITE: 1, _MINISBLACK: 1, _RGB: 3, _PALETTE: 1, _CMYK: 4, _YCBCR: 3, _LAB: 3}
_JPEG = 7
_PREMULTIPLIED, _STRAIGHT = 1, 2
_STRIP = 1 << 20
"""Bytes of a strip we write, about: small enough for readers that buffer one."""


def read(data: bytes, allow: Allow) -> Decoded:
    """Decode the first page of a TIFF: 1 to 8 bits as uint8, up to 16 as uint16, the rest as float32.

    Raises BadPictureError: a raw camera file, a kind of colour we cannot show, values that are not finite.
    Raises IncompleteError.
    """
    from tifffile import TiffFile

    # It logs a line for each odd tag; `reading` says in one sentence what a person can do.
    logging.getLogger("tifffile").setLevel(logging.CRITICAL)
    with TiffFile(io.BytesIO(data)) as file:
        page = file.pages.first
        allow(page.imagewidth, page.imagelength)
        _check(page, len(data), allow)
        count = directories.pages(data)
        notes = (f"It has {count} pages; only the first one is used.",) if count > 1 else ()
        image = np.moveaxis(page.asarray(), 0, -1) if page.axes == "SYX" else page.asarray()
        icc, turned = page.tags.valueof(_ICC), page.tags.valueof(_ORIENTATION, default=1)
        shown, seen = _colours(page, *_depth(image, page.bitspersample), icc)
    said = None if file.is_bigtiff else _said(data)
    kept = icc if isinstance(icc, bytes) and page.photometric not in (_CMYK, _LAB) else None
    return Decoded(shown, kept, said, int(turned) if turned in range(1, 9) else 1, (*notes, *seen))


def encode(image: NDArray[Any], *, block: bytes | None, icc: bytes | None, xmp: bytes | None) -> Pieces:
    """Return (h, w) or (h, w, 2 to 4) uint8, uint16 or float32 as an uncompressed TIFF.

    `block` is an EXIF block. Raises CannotSaveError: above 4 GB, the most the format can hold.
    """
    start = block or b"II*\0\0\0\0\0"
    start += b"\0" * (len(start) % 2)
    order = directories.byte_order(start)
    if len(start) + image.nbytes + (1 << 20) >= 1 << 32:
        raise CannotSaveError(
            f"A TIFF file holds at most 4 GB; this picture has {image.nbytes / 1e9:.1f} GB. Save it as PNG."
        )
    end = len(start) + image.nbytes + image.nbytes % 2
    entries = [*_layout(image, order, len(start)), *_descriptive(block)]
    if icc:
        entries.append(Entry(_ICC, UNDEFINED, len(icc), icc))
    if xmp:
        entries.append(Entry(_XMP, BYTE, len(xmp), xmp))
    pixels = np.ascontiguousarray(image, image.dtype.newbyteorder(order))
    return [
        start[:4] + struct.pack(order + "I", end) + start[8:],
        pixels.data.cast("B"),
        b"\0" * (image.nbytes % 2) + directories.packed(entries, order, end),
    ]


def _check(page: "TiffPage", size: int, allow: Allow) -> None:
    """Refuse before decoding what cannot be shown, or would not fit."""
    if page.is_reduced or 50706 in page.tags:  # a thumbnail first, or DNG's version
        raise BadPictureError(
            "Expected a finished photo; this TIFF looks like a raw camera file. Develop it and save "
            "it as JPEG, PNG or TIFF."
        )
    known = _CHANNELS.get(int(page.photometric), 0)
    if not known or page.imagedepth != 1 or not known <= page.samplesperpixel <= known + 2:
        raise BadPictureError(
            "Expected a TIFF that is grey, RGB, CMYK or CIELAB; this one is "
            f"{getattr(page.photometric, 'name', page.photometric)} with {page.samplesperpixel} channels. "
            "Save it as PNG and try again."
        )
    if page.is_tiled:
        allow(page.tilewidth, page.tilelength)
    if any(
        offset + count > size for offset, count in zip(page.dataoffsets, page.databytecounts, strict=False)
    ):
        raise IncompleteError


def _depth(image: NDArray[Any], bits: int | tuple[int, ...]) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Return values of any kind as uint8, uint16 or float32 at full range, with notes."""
    depth = bits if isinstance(bits, int) else max(bits)
    if image.dtype == np.bool_:
        return image * np.uint8(255), ()
    if image.dtype.kind == "u" and image.dtype.itemsize <= 2:
        full = np.iinfo(image.dtype).max
        short = (1 << depth) - 1
        return image if short >= full else (image.astype(np.uint32) * full // short).astype(image.dtype), ()
    if image.dtype.kind not in "iuf":
        raise BadPictureError(f"Expected whole or floating-point numbers in this TIFF; found {image.dtype}.")
    return _to_unit(image)


def _to_unit(image: NDArray[Any]) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Bring numbers of no agreed range to float32 in [0, 1].

    Those within it stay; a largest value above 1 divides all, so that ratios of light are kept; what is below
    0 becomes 0. There is no way to know which white a file had in mind, so the note says what was done.
    """
    low, high = float(image.min()), float(image.max())
    if not np.isfinite([low, high]).all():
        raise BadPictureError(
            "Expected finite numbers in this TIFF; found NaN or infinity. Replace them and try again."
        )
    if low >= 0 and high <= 1:
        return image.astype(np.float32, copy=False), ()
    scaled = image / np.float64(max(high, 1.0))
    note = f"Its values run from {low:g} to {high:g}; they were brought to 0–1"
    division = f", divided by {high:g}" if high > 1 else ""
    below = ", those below 0 set to 0" if low < 0 else ""
    return np.clip(scaled, 0, 1).astype(np.float32), (f"{note}{division}{below}.",)


def _colours(
    page: "TiffPage", image: NDArray[Any], notes: tuple[str, ...], icc: object
) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Turn a page's values into grey or RGB, with alpha where it has one."""
    image = image if image.ndim == 3 else image[..., None]
    kind = int(page.photometric)
    base, extra = image[..., : _CHANNELS[kind]], image[..., _CHANNELS[kind] :]
    if kind in (_CMYK, _LAB, _PALETTE):
        base, more = _converted(page, base, icc if isinstance(icc, bytes) else None)
        return base, (*notes, *more)
    if kind == _MINISWHITE:
        full = 1 if image.dtype == np.float32 else np.iinfo(image.dtype).max
        base = full - base
    if kind == _YCBCR and page.compression != _JPEG:
        raise BadPictureError("Expected RGB in this TIFF; found YCbCr. Save it as PNG and try again.")
    meaning = int(page.extrasamples[0]) if extra.shape[2] and page.extrasamples else 0
    if meaning not in (_PREMULTIPLIED, _STRAIGHT):
        left_out = (
            ("It has an extra channel of no stated meaning, which was left out.",) if extra.shape[2] else ()
        )
        return np.ascontiguousarray(base), (*notes, *left_out)
    alpha = extra[..., :1]
    base = _divided(base, alpha) if meaning == _PREMULTIPLIED else base
    return np.concatenate([base, alpha], axis=2), notes


def _converted(
    page: "TiffPage", base: NDArray[Any], icc: bytes | None
) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Turn palette, CMYK and CIELAB into RGB."""
    if page.photometric == _PALETTE:
        palette = np.asarray(page.tags.valueof(_COLOURS), np.uint16).reshape(3, -1)
        index = page.asarray()
        return (palette.T >> 8).astype(np.uint8)[index[..., 0] if index.ndim == 3 else index], ()
    if base.dtype == np.float32:
        raise BadPictureError("Expected RGB in a floating-point TIFF; found CMYK or CIELAB. Save it as RGB.")
    deep = base.dtype == np.uint16
    base = np.ascontiguousarray(base >> 8 if deep else base, np.uint8)
    said = ("It has 16 bits per channel; its colours were converted at 8.",) if deep else ()
    if page.photometric == _CMYK:
        rgb, note = colour.from_cmyk(base, icc)
        return rgb, (*said, note)
    return colour.from_lab(base), (*said, "It was in CIELAB and became sRGB.")


def _divided(base: NDArray[Any], alpha: NDArray[Any]) -> NDArray[Any]:
    """Take the alpha out of premultiplied colours."""
    full = 1.0 if base.dtype == np.float32 else float(np.iinfo(base.dtype).max)
    colours = base * full / np.maximum(alpha, 1 if full > 1 else 1e-6)
    return np.minimum(colours if full == 1.0 else np.rint(colours), full).astype(base.dtype)


def _said(data: bytes) -> bytes | None:
    try:
        return exif.gathered(data)
    except ValueError:
        return b""  # which `reading` reports as damaged


def _descriptive(block: bytes | None) -> list[Entry]:
    """Return what an EXIF block says of the photo, and the pointers to its further directories."""
    if not block:
        return []
    entries, _ = directories.read(block, directories.first_offset(block))
    return [
        entry for entry in entries if entry.tag in exif.DESCRIPTIVE or entry.tag in (exif.DETAILS, exif.GPS)
    ]


def _layout(image: NDArray[Any], order: Order, start: int) -> list[Entry]:
    """Say where in the file the pixels lie, from offset `start`, and what they are."""
    height, width = image.shape[:2]
    channels = image.shape[2] if image.ndim == 3 else 1
    row = width * channels * image.itemsize
    rows = max(1, _STRIP // row)
    strips = [(start + top * row, min(rows, height - top) * row) for top in range(0, height, rows)]
    alpha = [directories.numbers(338, SHORT, [_STRAIGHT], order)] if channels in (2, 4) else []
    shorts = {
        258: [8 * image.itemsize] * channels,
        259: [1],  # not compressed
        262: [_RGB if channels >= 3 else _MINISBLACK],
        277: [channels],
        284: [1],  # channels side by side
        339: [3 if image.dtype == np.float32 else 1] * channels,
    }
    longs = {
        256: [width],
        257: [height],
        273: [offset for offset, _ in strips],
        278: [rows],
        279: [count for _, count in strips],
    }
    return [
        *(directories.numbers(tag, SHORT, values, order) for tag, values in shorts.items()),
        *(directories.numbers(tag, LONG, values, order) for tag, values in longs.items()),
        *alpha,
    ]
