"""Rows as CSV (RFC 4180): UTF-8 without a byte order mark, a header, nothing in the place of none.

So that no spreadsheet runs somebody's comment as a formula, an apostrophe stands before text that begins
like one; reading takes it away again.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ratings.errors import UnreadableError
from ratings.sharing.columns import BY_NAME, NAMES, Column, Row
from ratings.sharing.line import Line
from ratings.sharing.values import LONGEST

GUARDED = tuple("=+-@\t\r\n'＝＋－＠")


def write(rows: Iterable[Row], file: Path) -> int:
    """Write a header and the rows."""
    count = 0
    with file.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(NAMES)
        for row in rows:
            table.writerow([to_cell(value) for value in row.values()])
            count += 1
    return count


def to_cell(value: object) -> object:
    """Return what stands in a cell; text a spreadsheet would run as a formula gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)  # pyright: ignore[reportUnknownVariableType]
    return f"'{text}" if text.startswith(GUARDED) else text


def read(file: Path) -> Iterator[Line]:
    """Yield the lines of `file` after its header; a row that spans several has the number of its first.

    Raises UnreadableError: the header is not ours. OSError.
    """
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST))  # a mask is longer than the usual limit
    with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        table = csv.reader(stream, strict=True)
        names = _header(table, file)
        number = table.line_num + 1
        while True:
            try:
                cells = next(table)
            except StopIteration:
                return
            except csv.Error as error:
                yield Line(number, None, f"a line must be CSV as RFC 4180 has it; found none ({error})")
            else:
                if cells:
                    yield _told(number, names, cells)
            number = table.line_num + 1


def _header(table: Iterator[list[str]], file: Path) -> Sequence[str]:
    try:
        names = next(table, [])
    except csv.Error as error:
        raise UnreadableError(f"'{file}' is no CSV file of ratings: {error}.") from error
    unknown = [name for name in names if name not in BY_NAME]
    if "kind" not in names or unknown or len(set(names)) < len(names):
        found = ascii(unknown[0])[:60] if unknown else "a column twice, or no 'kind'"
        raise UnreadableError(
            f"'{file}' is no CSV file of ratings: its first line must name columns of "
            f"docs/ratings-data.md; found {found}."
        )
    return names


def _told(number: int, names: Sequence[str], cells: Sequence[str]) -> Line:
    if len(cells) != len(names):
        return Line(number, None, f"a line must have {len(names)} cells; found {len(cells)}")
    given = dict(zip(names, cells, strict=True))
    return Line(number, {name: _from_cell(BY_NAME[name], cell, given) for name, cell in given.items()})


def _from_cell(column: Column, cell: str, given: Mapping[str, str]) -> object:
    if not cell:
        return column.empty(given["kind"])
    if column.type.spoken and cell.startswith("'"):
        cell = cell[1:]
    try:
        return column.type.from_cell(cell)
    except ValueError:  # not even of the right sort: the check says what it should be
        return cell
