"""JPEG, by libjpeg-turbo; the segments before the first scan are read and written here (ITU-T T.81, B.1)."""

import struct
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from models.errors import BadPictureError
from models.pixels import colour
from models.pixels.decoded import Allow, Decoded, IncompleteError, Pieces

_START_OF_SCAN, _END = 0xDA, b"\xff\xd9"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_EXIF, _XMP, _ICC = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0"
_SEGMENT = 65533
"""The most bytes a segment can hold."""

LONGEST_SIDE = 65500
"""libjpeg's limit in pixels."""


@dataclass(slots=True)
class _Header:
    precision: int = 0
    height: int = 0
    width: int = 0
    channels: int = 0
    exif: bytes | None = None
    profile: dict[int, bytes] = field(default_factory=dict[int, bytes])


def read(data: bytes, allow: Allow) -> Decoded:
    """Decode a JPEG: grey or RGB uint8; CMYK becomes sRGB.

    Raises BadPictureError: more than 8 bits or an unknown number of channels. Raises IncompleteError.
    """
    from imagecodecs import jpeg8_decode

    header, scan = _read_header(data)
    allow(header.width, header.height)
    if header.precision != 8 or header.channels not in (1, 3, 4):
        raise BadPictureError(
            "Expected a JPEG of 8 bits with 1, 3 or 4 channels; this one has "
            f"{header.precision} bits and {header.channels} channels. Save it as PNG or TIFF and try again."
        )
    if data.find(_END, scan) < 0:  # never occurs inside a scan, where FF is followed by 00
        raise IncompleteError
    icc = b"".join(header.profile[number] for number in sorted(header.profile)) or None
    image = jpeg8_decode(data)
    if header.channels != 4:
        return Decoded(image, icc, header.exif)
    inks = 255 - image  # Adobe's JPEGs, the only CMYK ones there are, are inverted
    rgb, note = colour.from_cmyk(inks, icc)
    return Decoded(rgb, None, header.exif, notes=(note,))


def encode(
    image: NDArray[Any], *, quality: int, exif: bytes | None, icc: bytes | None, xmp: bytes | None
) -> Pieces:
    """Return (h, w) or (h, w, 3) uint8 as a JPEG without chroma subsampling, in the pieces of the file.

    An EXIF block above 64 KB does not fit the format and is left out.
    """
    from imagecodecs import jpeg8_encode

    plain = jpeg8_encode(image, quality, subsampling="444")
    application_data = 4 + struct.unpack_from(">H", plain, 4)[0] if plain[2:4] == b"\xff\xe0" else 2
    segments = list[bytes]()
    if exif and len(_EXIF + exif) <= _SEGMENT:
        segments.append(_segment(0xE1, _EXIF + exif))
    if xmp:
        segments.append(_segment(0xE1, _XMP + xmp))
    return [
        plain[:application_data],
        *segments,
        *_profile_segments(icc or b""),
        memoryview(plain)[application_data:],
    ]


def _read_header(data: bytes) -> tuple[_Header, int]:
    """Read the segments up to the first scan; return also where that begins."""
    header, position = _Header(), 2
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            raise ValueError("a segment does not begin with FF")
        marker, length = data[position + 1], struct.unpack_from(">H", data, position + 2)[0]
        if marker == 0xFF:  # a fill byte
            position += 1
            continue
        if marker == _START_OF_SCAN:
            return header, position
        _read_segment(header, marker, data[position + 4 : position + 2 + length])
        position += 2 + length
    raise IncompleteError


def _read_segment(header: _Header, marker: int, content: bytes) -> None:
    if marker in _FRAMES and not header.channels:
        header.precision, header.height, header.width, header.channels = struct.unpack_from(">BHHB", content)
    elif marker == 0xE1 and content.startswith(_EXIF) and header.exif is None:
        header.exif = content
    elif marker == 0xE2 and content.startswith(_ICC) and len(content) > len(_ICC) + 2:
        header.profile[content[len(_ICC)]] = content[len(_ICC) + 2 :]


def _profile_segments(icc: bytes) -> list[bytes]:
    """Cut a profile into numbered segments (ICC.1:2010, B.4)."""
    size = _SEGMENT - len(_ICC) - 2
    parts = [icc[start : start + size] for start in range(0, len(icc), size)]
    return [_segment(0xE2, _ICC + bytes([index + 1, len(parts)]) + part) for index, part in enumerate(parts)]


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content
