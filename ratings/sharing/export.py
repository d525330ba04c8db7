"""Every answer with its full provenance, in a file others can compute with.

CSV, JSON Lines or Parquet, by the file's suffix; the columns are the same, and docs/ratings-data.md is their
dictionary. History is in it, and what does not count: the columns say so.
"""

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ratings.errors import ExportError
from ratings.sharing.formats import FORMATS
from ratings.sharing.rows import rows
from ratings.store import Store


def export(store: Store, file: Path) -> int:
    """Write all answers to `file` (.csv, .jsonl or .parquet), oldest first; return how many.

    The file appears when it is complete; until then an older one of its name stays.

    Raises ExportError: another suffix, a folder that cannot be written, no room, or no pyarrow for Parquet.
    StoreError: the database cannot be read.
    """
    form = FORMATS.get(file.suffix.lower())
    if form is None:
        raise ExportError(f"An export ends in {', '.join(FORMATS)}; got '{file.name}'.")
    try:
        with _replacing(file) as draft, store.database.reading() as connection:
            return form.write(rows(connection), draft)
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
