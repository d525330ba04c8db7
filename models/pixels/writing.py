"""From a `Picture` to a file: all of it, or none."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import CannotSaveError
from models.pixels import colour, exif, jpeg, plain, png, tiff
from models.pixels.decoded import Pieces
from models.pixels.depth import Depth, joined, over_white, to_depth
from models.pixels.picture import Picture

_SOURCE = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
<Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/{source}</Iptc4xmpExt:DigitalSourceType>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
"""An XMP packet that says, in IPTC's words, where a picture comes from."""


class Source(StrEnum):
    """IPTC's words for pictures that a trained model had a part in, or made from nothing."""

    PARTLY_MODEL = "compositeWithTrainedAlgorithmicMedia"
    WHOLLY_MODEL = "trainedAlgorithmicMedia"


@dataclass(frozen=True, slots=True)
class _Work:
    """What a format's writer is given; `exif` and `icc` fit the picture."""

    picture: Picture
    quality: int
    exif: bytes | None
    icc: bytes | None
    xmp: bytes | None
    text: Mapping[str, str]


def save(
    picture: Picture,
    path: Path,
    *,
    quality: int = 95,
    keep_gps: bool = False,
    source: Source | None = None,
    text: Mapping[str, str] | None = None,
) -> None:
    """Write `picture` to `path` in the format of its suffix, with its colour profile and EXIF.

    JPEG and WebP are written at `quality` (1 to 100), JPEG without chroma subsampling and over white where it
    was transparent. PNG, TIFF and BMP are lossless. JPEG, WebP and BMP take 8 bits, PNG 8 or 16 (float
    becomes 16), TIFF any depth. BMP holds no metadata. The place it was taken at is left out unless
    `keep_gps`. `source` adds XMP that says so. `text`, by keyword (Latin letters), is put into PNG alone.

    Raises CannotSaveError: an unknown suffix, a folder that is missing or may not be written, a full disk, a
    picture too large for the format. `path` then holds what it held before.
    """
    path = Path(path)
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise CannotSaveError(
            f"Expected a file name ending in one of {', '.join(WRITABLE)}; got '{path.name}'. "
            "Choose one of them."
        )
    block = picture.exif if keep_gps else _without_gps(picture.exif)
    icc = picture.icc if picture.icc and colour.fits(picture.icc, picture.pixels.shape[2]) else None
    xmp = _SOURCE.format(source=source).encode() if source else None
    work = _Work(picture, quality, block, icc, xmp, text or {})
    write_whole(path, write(work))


def write_whole(path: Path, pieces: Pieces) -> None:
    """Write a file under another name in the same folder, then put it in place. Raises CannotSaveError."""
    unfinished = path.with_name(f".{secrets.token_hex(8)}.unfinished")
    try:
        with unfinished.open("xb") as file:
            file.writelines(pieces)
        unfinished.replace(path)
    except OSError as fault:
        raise CannotSaveError(
            f"'{path.name}' could not be written: {_reason(fault, path.parent)} Nothing was changed."
        ) from fault
    finally:
        if unfinished.exists():
            unfinished.unlink()


def _reason(fault: OSError, folder: Path) -> str:
    if not folder.is_dir():
        return f"there is no folder '{folder}'. Make it, or choose another."
    if isinstance(fault, PermissionError):
        return f"the folder '{folder}' may not be written to. Choose another."
    return f"{(fault.strerror or str(fault)).lower()}. Make room, or choose another folder."


def _without_gps(block: bytes | None) -> bytes | None:
    if not block:
        return None
    try:
        return exif.without_gps(block)
    except ValueError:
        return None  # what cannot be read could still tell the place


def _jpeg(work: _Work) -> Pieces:
    pixels, alpha = _in_8_bits(work.picture)
    _check_side(work.picture, "JPEG", jpeg.LONGEST_SIDE)
    shown = pixels if alpha is None else over_white(pixels, alpha)
    return jpeg.encode(joined(shown, None), quality=work.quality, exif=work.exif, icc=work.icc, xmp=work.xmp)


def _png(work: _Work) -> Pieces:
    depth = np.uint8 if work.picture.pixels.dtype == np.uint8 else np.uint16
    pixels, alpha = _at(work.picture, depth)
    return png.encode(joined(pixels, alpha), exif=work.exif, icc=work.icc, xmp=work.xmp, text=work.text)


def _tiff(work: _Work) -> Pieces:
    return tiff.encode(
        joined(work.picture.pixels, work.picture.alpha), block=work.exif, icc=work.icc, xmp=work.xmp
    )


def _webp(work: _Work) -> Pieces:
    _check_side(work.picture, "WebP", plain.LONGEST_WEBP_SIDE)
    icc = work.icc if work.icc and colour.fits(work.icc, 3) else None
    return plain.encode_webp(
        _in_colour(work.picture), quality=work.quality, exif=work.exif, icc=icc, xmp=work.xmp
    )


def _bmp(work: _Work) -> Pieces:
    grey = work.picture.pixels.shape[2] == 1 and work.picture.alpha is None
    return plain.encode_bmp(joined(*_in_8_bits(work.picture)) if grey else _in_colour(work.picture))


_WRITERS: dict[str, Callable[[_Work], Pieces]] = {
    ".jpg": _jpeg,
    ".jpeg": _jpeg,
    ".png": _png,
    ".webp": _webp,
    ".tif": _tiff,
    ".tiff": _tiff,
    ".bmp": _bmp,
}

WRITABLE = tuple(_WRITERS)
"""Suffixes that `save` writes."""


def _at(picture: Picture, depth: Depth) -> tuple[NDArray[Any], NDArray[Any] | None]:
    alpha = None if picture.alpha is None else to_depth(picture.alpha, depth)
    return to_depth(picture.pixels, depth), alpha


def _in_8_bits(picture: Picture) -> tuple[NDArray[Any], NDArray[Any] | None]:
    return _at(picture, np.uint8)


def _in_colour(picture: Picture) -> NDArray[Any]:
    """Return (h, w, 3 or 4) uint8, for formats that know no grey."""
    pixels, alpha = _in_8_bits(picture)
    return joined(np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels, alpha)


def _check_side(picture: Picture, name: str, longest: int) -> None:
    height, width = picture.size
    if max(height, width) > longest:
        raise CannotSaveError(
            f"A {name} file is at most {longest} pixels a side; this picture has {width} × {height}. "
            "Save it as PNG."
        )
