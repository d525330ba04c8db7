"""Every rating with its full provenance, in a file others can compute with.

CSV, JSON Lines or Parquet, by the file's suffix; the columns are the same, and docs/ratings-data.md is their
dictionary. The history is in it: `current` says which ratings count.
"""

import csv
import json
import secrets
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from ratings.errors import ExportError
from ratings.records import Rating, Value
from ratings.rows import canonical
from ratings.store import Store

COLUMNS = (
    "id",
    "task",
    "model",
    "version",
    "weights_sha256",
    "settings",
    "default_settings",
    "input_sha256",
    "input_name",
    "output_sha256",
    "app_version",
    "device",
    "seconds",
    "made_at",
    "rater",
    "grade",
    "defects",
    "comment",
    "licence",
    "flag",
    "current",
    "rated_at",
)

_GUARDED = tuple("=+-@\t\r\n'＝＋－＠")
_ROWS_AT_ONCE = 5000


def export(store: Store, file: Path) -> int:
    """Write all ratings to `file` (.csv, .jsonl or .parquet), oldest first; return how many.

    The file appears when it is complete; until then an older one of its name stays.

    Raises ExportError: another suffix, a folder that cannot be written, no room, or no pyarrow for Parquet.
    StoreError: the database cannot be read.
    """
    write = FORMATS.get(file.suffix.lower())
    if write is None:
        raise ExportError(f"An export ends in {', '.join(FORMATS)}; got '{file.name}'.")
    try:
        with _replacing(file) as draft:
            return write(store.ratings(), draft)
    except OSError as error:
        raise ExportError(
            f"The export cannot be written to {file}: {error.strerror or error}. Name another place."
        ) from error


@contextmanager
def _replacing(file: Path) -> Generator[Path]:
    """Give a name beside `file` to write to; put it in `file`'s place if nothing was raised."""
    draft = file.with_name(f".{secrets.token_hex(8)}{file.suffix}")
    try:
        yield draft
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _values(rating: Rating) -> dict[str, Any]:
    """Return the rating's columns in order."""
    sources = (rating, rating.result)
    return {
        name: next(getattr(source, name) for source in sources if hasattr(source, name)) for name in COLUMNS
    }


def _write_csv(ratings: Iterable[Rating], file: Path) -> int:
    """Write a header and the rows as RFC 4180 has it, in UTF-8 without a byte order mark."""
    count = 0
    with file.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(COLUMNS)
        for rating in ratings:
            table.writerow([_cell(value) for value in _values(rating).values()])
            count += 1
    return count


def _cell(value: object) -> object:
    """Return what stands in a CSV cell; text a spreadsheet would run as a formula gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = _text(value)
    return f"'{text}" if text.startswith(_GUARDED) else text


def _text(value: Any) -> str:
    if isinstance(value, dict):
        settings: dict[str, Value] = value
        return canonical(settings)
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _write_json_lines(ratings: Iterable[Rating], file: Path) -> int:
    """Write one JSON object a line, in UTF-8; settings are an object, defects a list."""
    count = 0
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        for rating in ratings:
            stream.write(json.dumps(_values(rating), ensure_ascii=False, default=_text) + "\n")
            count += 1
    return count


def _write_parquet(ratings: Iterable[Rating], file: Path) -> int:
    """Write typed columns; settings are JSON text, defects a list, times UTC in microseconds."""
    try:
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter
    except ModuleNotFoundError as error:
        raise ExportError(
            "Parquet needs the Python package pyarrow. Run `pip install pyarrow`, or export .csv or .jsonl."
        ) from error
    count = 0
    schema = _arrow_schema(pa)
    with ParquetWriter(file, schema) as table:
        for batch in _batches(map(_values, ratings), _ROWS_AT_ONCE):
            rows = [{**row, "settings": canonical(row["settings"])} for row in batch]
            table.write_table(pa.Table.from_pylist(rows, schema=schema))
            count += len(rows)
    return count


def _arrow_schema(pa: Any) -> Any:
    kinds = {
        **dict.fromkeys(("id", "version", "grade"), pa.int64()),
        **dict.fromkeys(("default_settings", "current"), pa.bool_()),
        **dict.fromkeys(("made_at", "rated_at"), pa.timestamp("us", tz="UTC")),
        "seconds": pa.float64(),
        "defects": pa.list_(pa.string()),
    }
    return pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])


def _batches(rows: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch


FORMATS: dict[str, Callable[[Iterable[Rating], Path], int]] = {
    ".csv": _write_csv,
    ".jsonl": _write_json_lines,
    ".parquet": _write_parquet,
}
