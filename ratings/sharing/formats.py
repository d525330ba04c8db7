"""The forms of files that hold rows, by suffix."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ratings.sharing import comma_separated, json_lines, parquet
from ratings.sharing.columns import Row
from ratings.sharing.line import Line


@dataclass(frozen=True, slots=True)
class Format:
    """`write` puts rows into a new file and returns how many; `read` yields what the lines of a file say."""

    write: Callable[[Iterable[Row], Path], int]
    read: Callable[[Path], Iterator[Line]]


FORMATS: Mapping[str, Format] = {
    ".csv": Format(comma_separated.write, comma_separated.read),
    ".jsonl": Format(json_lines.write, json_lines.read),
    ".parquet": Format(parquet.write, parquet.read),
}
