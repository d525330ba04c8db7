"""EXIF blocks: read the orientation and reset it, take the place out, carry blocks to and from TIFF.

Blocks are changed where they lie and never written anew, because makers' notes point to absolute offsets in
them. All functions raise ValueError where the block is malformed.
"""

import struct
from dataclasses import replace

from models.pixels import directories
from models.pixels.directories import LONG, SHORT, Entry

ORIENTATION, DETAILS, GPS = 0x0112, 0x8769, 0x8825
_THUMBNAIL, _THUMBNAIL_LENGTH = 0x0201, 0x0202

DESCRIPTIVE = frozenset(
    # Title, description, make, model, orientation, resolution and its unit, software, date, artist, host
    # computer, copyright, and Windows' title, comment, author, keywords, subject.
    [269, 270, 271, 272, ORIENTATION, 282, 283, 296, 305, 306, 315, 316, 33432, *range(0x9C9B, 0x9CA0)]
)
"""Tags of a TIFF's first directory that speak of the photo and not of how the file is laid out."""


def settle(raw: bytes) -> tuple[bytes, int]:
    """Return the block upright and without its outdated thumbnail, and the orientation it had, 1 to 8."""
    block = bytearray(raw.removeprefix(b"Exif\0\0"))
    order = directories.byte_order(block)
    entries, following = directories.read(block, directories.first_offset(block))
    turned = next((entry for entry in entries if entry.tag == ORIENTATION), None)
    orientation = 1 if turned is None else directories.number(turned, order)
    if following:
        _blank_thumbnail(block, following)
    upright = directories.numbers(ORIENTATION, SHORT, [1], order)
    kept = [upright if entry is turned else entry for entry in entries]
    return _with_first_directory(block, kept, len(entries)), orientation if 1 <= orientation <= 8 else 1


def without_gps(block: bytes) -> bytes:
    """Return the block without the place it was taken at; the bytes that told it are blanked."""
    changed = bytearray(block)
    order = directories.byte_order(changed)
    entries, _ = directories.read(changed, directories.first_offset(changed))
    places = [entry for entry in entries if entry.tag == GPS]
    if not places:
        return block
    for place in places:
        _blank_directory(changed, directories.number(place, order))
    return _with_first_directory(changed, [entry for entry in entries if entry.tag != GPS], len(entries))


def gathered(tiff: bytes) -> bytes | None:
    """Return an EXIF block of what a TIFF file says of its photo; None where it says nothing."""
    order = directories.byte_order(tiff)
    entries, _ = directories.read(tiff, directories.first_offset(tiff))
    top = [entry for entry in entries if entry.tag in DESCRIPTIVE]
    block = tiff[:4] + bytes(4)
    for entry in entries:
        if entry.tag in (DETAILS, GPS):
            below, _ = directories.read(tiff, directories.number(entry, order))
            top.append(directories.numbers(entry.tag, LONG, [len(block)], order))
            block += directories.packed(below, order, len(block))
    if not top:
        return None
    return (
        block[:4]
        + struct.pack(order + "I", len(block))
        + block[8:]
        + directories.packed(top, order, len(block))
    )


def _with_first_directory(block: bytearray, entries: list[Entry], held: int) -> bytes:
    """Write `entries` over the first directory, which `held` at least as many; long values stay in place."""
    order, offset = directories.byte_order(block), directories.first_offset(block)
    fields = [_field(entry, order) for entry in entries]
    directory = directories.packed(fields, order, 0)
    block[offset : offset + 2 + 12 * held + 4] = directory.ljust(2 + 12 * held + 4, b"\0")
    return bytes(block)


def _field(entry: Entry, order: str) -> Entry:
    """Put the offset in the place of a long value."""
    return entry if len(entry.value) <= 4 else replace(entry, value=struct.pack(order + "I", entry.at))


def _blank_thumbnail(block: bytearray, offset: int) -> None:
    order = directories.byte_order(block)
    entries, _ = directories.read(block, offset)
    places = {
        entry.tag: directories.number(entry, order)
        for entry in entries
        if entry.tag in (_THUMBNAIL, _THUMBNAIL_LENGTH)
    }
    _blank_directory(block, offset)
    start, length = places.get(_THUMBNAIL, 0), places.get(_THUMBNAIL_LENGTH, 0)
    _blank(block, start, length)
    if length and start + length >= len(block):
        del block[start:]


def _blank_directory(block: bytearray, offset: int) -> None:
    entries, _ = directories.read(block, offset)
    for entry in entries:
        _blank(block, entry.at, len(entry.value))
    _blank(block, offset, 2 + 12 * len(entries) + 4)


def _blank(block: bytearray, start: int, length: int) -> None:
    stop = min(start + length, len(block))
    block[start:stop] = bytes(max(0, stop - start))
