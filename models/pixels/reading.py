"""From a file to a checked `Picture`."""

import hashlib
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from PIL import Image

from models.errors import BadPictureError, TooLargeError
from models.pixels import colour, exif, heif, jpeg, plain, png, tiff
from models.pixels.decoded import Allow, Decoded, IncompleteError
from models.pixels.depth import parted
from models.pixels.picture import Picture

READABLE = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".heic", ".heif", ".avif")
"""Suffixes of the files `open` reads, for file pickers and folder walks; it goes by content itself."""

_READERS: dict[str, Callable[[bytes, Allow], Decoded]] = {
    "JPEG": jpeg.read,
    "PNG": png.read,
    "TIFF": tiff.read,
    "WEBP": plain.read_webp,
    "GIF": plain.read_gif,
    "BMP": plain.read_bmp,
    "HEIF": heif.read,
    "AVIF": plain.read_avif,
}

_BEGINNINGS = {
    b"\xff\xd8\xff": "JPEG",
    png.SIGNATURE: "PNG",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"BM": "BMP",
}

_OTHERS = {
    b"%PDF": "a PDF document",
    b"%!PS": "a PostScript document",
    b"\xc5\xd0\xd3\xc6": "a PostScript document",
    b"8BPS": "a Photoshop document",
    b"<svg": "an SVG drawing",
    b"<?xml": "an XML document",
    b"PK\x03\x04": "a ZIP archive",
    b"\0\0\1\0": "an icon",
    b"\0\0\0\x0cjP  ": "a JPEG 2000 file",
    b"\0\0\0\x0cJXL ": "a JPEG XL file",
    b"\xff\x0a": "a JPEG XL file",
}
"""What people drop in now and then, so that the refusal can name it."""

_DAMAGE = (
    *(OSError, EOFError, SyntaxError, ValueError, TypeError, KeyError, IndexError, OverflowError),
    *(AttributeError, ArithmeticError, AssertionError, NotImplementedError, struct.error, zlib.error),
    RuntimeError,  # imagecodecs, libheif
    MemoryError,  # a size in the file that is nonsense
    Warning,  # Pillow on odd metadata, NumPy on overflow, where warnings are errors
    Image.DecompressionBombError,
)
"""What decoders were seen to raise, or may by their source, on damaged files: mostly whatever comes up."""

_BYTES_PER_PIXEL = 64
"""No format we read needs more: four channels of float64, twice over."""


@dataclass(frozen=True, slots=True)
class _Metadata:
    icc: bytes | None
    exif: bytes | None
    orientation: int
    notes: tuple[str, ...]


def open(path: Path | str, *, max_megapixels: float = 100.0) -> Picture:  # noqa: A001 - said as pixels.open
    """Return the picture in a file, upright; the format is told by its content.

    `max_megapixels` (width × height / 10⁶) is held against the header, before anything is decoded.

    Raises BadPictureError: no such file, not a picture, damaged or incomplete. Raises TooLargeError.
    """
    path = Path(path)
    data = _content(path, max_megapixels)
    kind = _recognise(data)
    decoded = _decode(data, kind, max_megapixels)
    metadata = _checked(decoded)
    pixels, alpha = parted(decoded.image)
    return Picture(
        pixels=_upright(pixels, metadata.orientation),
        alpha=None if alpha is None else _upright(alpha, metadata.orientation),
        format=kind,
        icc=metadata.icc,
        exif=metadata.exif,
        notes=metadata.notes,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _content(path: Path, max_megapixels: float) -> bytes:
    """Return a file's bytes, read once."""
    if not path.exists():
        raise BadPictureError(
            f"Expected a picture file; there is no '{path.name}'. Check its name and folder."
        )
    if not path.is_file():
        raise BadPictureError(f"Expected a picture file; '{path.name}' is a folder or a device. Name a file.")
    size, most = path.stat().st_size, int(_BYTES_PER_PIXEL * max_megapixels * 1e6) + (64 << 20)
    if size > most:
        raise TooLargeError(
            f"Expected a file of at most {most / 1e6:.0f} MB; '{path.name}' has {size / 1e6:.0f}. "
            "Make it smaller and try again."
        )
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise BadPictureError(
            f"'{path.name}' could not be read: {fault.strerror}. Check that it may be read and try again."
        ) from fault
    if not data:
        raise BadPictureError(f"Expected a picture; '{path.name}' is empty (0 bytes). Copy or save it again.")
    return data


def _recognise(data: bytes) -> str:
    """Return the format by the file's first bytes. Raises BadPictureError: none of ours."""
    for beginning, kind in _BEGINNINGS.items():
        if data.startswith(beginning):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":  # ISO/IEC 14496-12: the brands the file conforms to
        brands = {data[at : at + 4] for at in range(8, min(int.from_bytes(data[:4]), 256), 4)}
        if brands & {b"avif", b"avis"}:
            return "AVIF"
        if brands & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}:
            return "HEIF"
    found = next((name for start, name in _OTHERS.items() if data.startswith(start)), "something else")
    raise BadPictureError(
        f"Expected a picture ({', '.join(_READERS)}); this file is {found}. "
        "Save it as JPEG or PNG and try again."
    )


def _decode(data: bytes, kind: str, max_megapixels: float) -> Decoded:
    """Run the format's reader, and turn whatever a damaged file makes it raise into one sentence."""

    def allow(width: int, height: int) -> None:
        if width < 1 or height < 1:
            raise BadPictureError(
                f"Expected a picture of at least 1 × 1 pixels; this one has {width} × {height}."
            )
        if width * height > max_megapixels * 1e6:
            found = f"{width * height / 1e6:.1f} ({width} × {height})"
            raise TooLargeError(
                f"Expected at most {max_megapixels:g} megapixels; this picture has {found}. "
                "Make it smaller and try again."
            )

    try:
        return _READERS[kind](data, allow)
    except IncompleteError as fault:
        raise BadPictureError(
            f"Expected a whole {kind} file; this one is incomplete: it ends too early. "
            "Copy or download it again."
        ) from fault
    except _DAMAGE as fault:
        raise BadPictureError(
            f"Expected a sound {kind} file; this one is damaged or incomplete ({_short(fault)}). "
            "Copy, download or save it again."
        ) from fault


def _short(fault: BaseException) -> str:
    said = " ".join(str(fault).split()) or type(fault).__name__
    return said if len(said) <= 100 else said[:99] + "…"


def _checked(decoded: Decoded) -> _Metadata:
    """Keep the metadata that are sound; a note tells of the others."""
    notes, icc = decoded.notes, decoded.icc
    if icc and not colour.is_usable(icc):
        icc, notes = None, (*notes, "Its colour profile is damaged and was left out.")
    block, orientation = None, 1
    if decoded.exif is not None:
        try:
            block, orientation = exif.settle(decoded.exif)
        except ValueError:
            notes = (*notes, "Its EXIF data are damaged and were left out.")
    return _Metadata(icc or None, block, decoded.orientation or orientation, notes)


def _upright(image: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Apply an EXIF orientation (Exif 2.3, 4.6.4) to (h, w) or (h, w, c).

    By OpenCV, which turns 12 megapixels in 43 ms where NumPy takes 162.
    """
    if orientation == 1:
        return image
    import cv2

    turns = {3: cv2.ROTATE_180, 6: cv2.ROTATE_90_CLOCKWISE, 8: cv2.ROTATE_90_COUNTERCLOCKWISE}
    if orientation in turns:
        upright = cv2.rotate(image, turns[orientation])
    elif orientation in (2, 4):
        upright = cv2.flip(image, 1 if orientation == 2 else 0)
    else:
        upright = cv2.transpose(image if orientation == 5 else cv2.rotate(image, cv2.ROTATE_180))
    return upright.reshape(*upright.shape[:2], *image.shape[2:])
