"""The directories of tags that TIFF files and EXIF blocks share (TIFF 6.0, section 2).

A block begins with the byte order ("II" or "MM"), 42, and the first directory's offset. A directory is a
count, 12 bytes an entry, and the next directory's offset; values above four bytes lie elsewhere in the block.
All functions raise ValueError where the block is malformed.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Order = Literal["<", ">"]
"""Little or big endian, as `struct` and NumPy spell it."""

SHORT, LONG, BYTE, UNDEFINED = 3, 4, 1, 7
_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag: `kind` is TIFF's type of value, `value` its bytes in the block's order, `at` their offset."""

    tag: int
    kind: int
    count: int
    value: bytes
    at: int = 0


def byte_order(block: bytes | bytearray) -> Order:
    """Return the byte order that the block's first four bytes tell."""
    if block[:4] == b"II*\0":
        return "<"
    if block[:4] == b"MM\0*":
        return ">"
    raise ValueError("not a TIFF block")


def first_offset(block: bytes | bytearray) -> int:
    """Return where the first directory begins."""
    return _unpack(byte_order(block) + "I", block, 4)[0]


def read(block: bytes | bytearray, offset: int) -> tuple[list[Entry], int]:
    """Return the directory at `offset`, and the offset of the next one, 0 for none.

    An entry whose value lies outside the block comes back empty, with a count of 0: cameras do write such.
    """
    order = byte_order(block)
    count = _unpack(order + "H", block, offset)[0]
    entries = [_entry(block, order, offset + 2 + 12 * index) for index in range(count)]
    return entries, _unpack(order + "I", block, offset + 2 + 12 * count)[0]


def pages(file: bytes) -> int:
    """Return how many directories a TIFF file chains, as far as the chain is sound; BigTIFF too."""
    order: Order = "<" if file[:2] == b"II" else ">"
    big = b"+" in file[2:4]
    count, entry, pointer = ("Q", 20, "Q") if big else ("H", 12, "I")
    seen = set[int]()
    try:
        offset = _unpack(order + pointer, file, 8 if big else 4)[0]
        while offset and offset not in seen:
            seen.add(offset)
            held = _unpack(order + count, file, offset)[0]
            offset = _unpack(order + pointer, file, offset + struct.calcsize(order + count) + entry * held)[0]
    except ValueError:
        pass  # a chain that breaks off ends there
    return len(seen)


def number(entry: Entry, order: Order) -> int:
    """Return the value of an entry that holds one SHORT or LONG."""
    code = {SHORT: "H", LONG: "I", 13: "I"}.get(entry.kind)
    if code is None or entry.count != 1:
        raise ValueError(f"tag {entry.tag} is not one whole number")
    return struct.unpack(order + code, entry.value)[0]


def numbers(tag: int, kind: int, values: Iterable[int], order: Order) -> Entry:
    """Return an entry of SHORTs or LONGs."""
    listed = list(values)
    code = "H" if kind == SHORT else "I"
    return Entry(tag, kind, len(listed), struct.pack(f"{order}{len(listed)}{code}", *listed))


def packed(entries: Iterable[Entry], order: Order, at: int) -> bytes:
    """Return a directory, and behind it its long values, to stand at the even offset `at` of a block."""
    ordered = sorted(entries, key=lambda entry: entry.tag)
    tail = at + 2 + 12 * len(ordered) + 4
    head, values = [struct.pack(order + "H", len(ordered))], list[bytes]()
    for entry in ordered:
        field = entry.value.ljust(4, b"\0")
        if len(field) > 4:
            values.append(field + b"\0" * (len(field) % 2))
            field = struct.pack(order + "I", tail)
            tail += len(values[-1])
        head.append(struct.pack(order + "HHI", entry.tag, entry.kind, entry.count) + field)
    return b"".join([*head, bytes(4), *values])


def _entry(block: bytes | bytearray, order: Order, position: int) -> Entry:
    tag, kind, count = _unpack(order + "HHI", block, position)
    size = _BYTES.get(kind, 0) * count
    at = position + 8 if size <= 4 else _unpack(order + "I", block, position + 8)[0]
    if at + size > len(block):
        return Entry(tag, kind, 0, b"", position + 8)
    return Entry(tag, kind, count, bytes(block[at : at + size]), at)


def _unpack(layout: str, block: bytes | bytearray, offset: int) -> tuple[int, ...]:
    try:
        return struct.unpack_from(layout, block, offset)
    except struct.error as fault:
        raise ValueError(str(fault)) from fault
