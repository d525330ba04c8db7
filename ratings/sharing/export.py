"""Every answer with its full provenance, in a file others can compute with; every study in one beside it.

CSV, JSON Lines or Parquet, by the file's suffix; the columns are the same, and docs/ratings-data.md is their
dictionary. History is in it, and what does not count: the columns say so. Studies are always JSON Lines,
since a design is no table.
"""

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ratings.errors import ExportError
from ratings.sharing import json_lines
from ratings.sharing.formats import FORMATS
from ratings.sharing.rows import rows
from ratings.sharing.study_rows import study_rows
from ratings.store import Store

STUDIES_SUFFIX = ".studies.jsonl"


def export(store: Store, file: Path) -> int:
    """Write all answers to `file` (.csv, .jsonl or .parquet), oldest first; return how many.

    The file appears when it is complete; until then an older one of its name stays.

    Raises ExportError: another suffix, a folder that cannot be written, no room, or no pyarrow for Parquet.
    StoreError: the database cannot be read.
    """
    form = FORMATS.get(file.suffix.lower())
    if form is None:
        raise ExportError(f"An export ends in {', '.join(FORMATS)}; got '{file.name}'.")
    with _written(file) as draft, store.database.reading() as connection:
        return form.write(rows(connection), draft)


def export_studies(store: Store, file: Path) -> int:
    """Write all studies to `file`, oldest first, with all that they ask; return how many.

    Raises ExportError, StoreError: as `export`.
    """
    with _written(file) as draft, store.database.reading() as connection:
        return json_lines.write(study_rows(connection), draft)


def studies_beside(file: Path) -> Path:
    """Return where the studies are whose answers are in `file`.

    >>> studies_beside(Path("ratings.csv")).name
    'ratings.studies.jsonl'
    """
    return file.with_name(f"{file.stem}{STUDIES_SUFFIX}")


@contextmanager
def _written(file: Path) -> Generator[Path]:
    """Do as `_replacing`; raises ExportError where the disk refuses."""
    try:
        with _replacing(file) as draft:
            yield draft
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
