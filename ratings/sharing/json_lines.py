"""Rows as JSON Lines: UTF-8, one object a line."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, cast

from ratings.sharing.columns import Row
from ratings.sharing.line import Line
from ratings.sharing.values import LONGEST

LONGEST_LINE = 2 * LONGEST
"""In bytes; a longer line is passed over without being kept in memory."""


def write(rows: Iterable[Row], file: Path) -> int:
    """Write one JSON object a line."""
    count = 0
    with file.open("wb") as stream:
        for row in rows:
            stream.write(encoded(row))
            count += 1
    return count


def encoded(row: Row) -> bytes:
    """Return the line of `row`."""
    return json.dumps(dict(row), ensure_ascii=False, allow_nan=False).encode() + b"\n"


def read(file: Path) -> Iterator[Line]:
    """Yield the lines of `file`; empty ones are passed over. Raises OSError."""
    with file.open("rb") as stream:
        for number, line in _lines(stream):
            if line is None:
                yield Line(number, None, f"a line must have at most {LONGEST_LINE:,} bytes; found more")
            elif line.strip():
                yield _parsed(number, line)


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Yield each line with its number, None in the place of one that is too long."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        too_long = len(line) > LONGEST_LINE
        rest = line
        while too_long and not rest.endswith(b"\n") and rest:
            rest = stream.readline(LONGEST_LINE)
        yield number, None if too_long else line


def _parsed(number: int, line: bytes) -> Line:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Line(number, None, f"a line must be a JSON object in UTF-8; found {_why(error)}")
    if not isinstance(told, dict):
        return Line(number, None, f"a line must be a JSON object; found a {type(told).__name__}")
    return Line(number, cast("dict[str, object]", told))


def _why(error: ValueError | RecursionError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "bytes that are no UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"none at column {error.colno} ({error.msg.lower()})"
    return "numbers that are too long, or objects that are too deep"
