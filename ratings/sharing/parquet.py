"""Rows as Parquet: typed columns, times in UTC to the microsecond. It needs pyarrow."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count, islice
from pathlib import Path
from typing import Any

from ratings.errors import ExportError, UnreadableError
from ratings.sharing.columns import COLUMNS, Row
from ratings.sharing.line import Line

_ROWS_AT_ONCE = 1000
_TIMES = tuple(column.name for column in COLUMNS if column.type.arrow == "timestamp")
_MISSING = "Parquet needs the Python package pyarrow. Run `pip install pyarrow`, or take .csv or .jsonl."


def write(rows: Iterable[Row], file: Path) -> int:
    """Write a row group for every thousand rows. Raises ExportError: there is no pyarrow."""
    try:
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter
    except ModuleNotFoundError as error:
        raise ExportError(_MISSING) from error
    written = 0
    schema = _schema(pa)
    with ParquetWriter(file, schema, compression="zstd") as table:
        for batch in _batches(rows):
            table.write_table(pa.Table.from_pylist(list(map(_with_times, batch)), schema=schema))
            written += len(batch)
    return written


def read(file: Path) -> Iterator[Line]:
    """Yield the rows of `file`, numbered from 1. Raises UnreadableError: none, or no pyarrow. OSError."""
    try:
        import pyarrow as pa
        from pyarrow.parquet import ParquetFile
    except ModuleNotFoundError as error:
        raise UnreadableError(_MISSING) from error
    numbers = count(1)
    try:
        with ParquetFile(file) as table:
            for batch in table.iter_batches(_ROWS_AT_ONCE):
                yield from (Line(next(numbers), told) for told in batch.to_pylist())
    except pa.ArrowException as error:
        raise UnreadableError(f"'{file}' is no whole Parquet file: {_first_line(error)}") from error


def _schema(pa: Any) -> Any:
    kinds = {
        "string": pa.string(),
        "int64": pa.int64(),
        "double": pa.float64(),
        "bool": pa.bool_(),
        "timestamp": pa.timestamp("us", tz="UTC"),
        "list": pa.list_(pa.string()),
    }
    return pa.schema([(column.name, kinds[column.type.arrow]) for column in COLUMNS])


def _with_times(row: Row) -> dict[str, Any]:
    times = {name: datetime.fromisoformat(row[name]) for name in _TIMES if row[name]}
    return {**row, **times}


def _batches(rows: Iterable[Row]) -> Iterator[tuple[Row, ...]]:
    iterator = iter(rows)
    while batch := tuple(islice(iterator, _ROWS_AT_ONCE)):
        yield batch


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
