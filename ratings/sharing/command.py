"""`python -m ratings export | import`: answers to a file, studies to one beside it, and back."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ratings.sharing.export import STUDIES_SUFFIX, export, export_studies, studies_beside
from ratings.sharing.formats import FORMATS
from ratings.sharing.importing import Taken, import_file
from ratings.sharing.study_importing import import_studies
from ratings.store import Store
from ratings.studies.studies import Studies

COMMANDS = ("export", "import")

_SUFFIXES = ", ".join(FORMATS)


def add_to(commands: Any) -> None:
    """Add both commands to a parser's `commands`."""
    command = commands.add_parser(
        "export", help="write every answer with its provenance to a file, studies beside it"
    )
    command.add_argument("file", metavar="FILE", type=_file, help=f"ends in {_SUFFIXES}")
    command = commands.add_parser(
        "import",
        help="take in such a file and the studies beside it; broken lines are named, twice is harmless",
    )
    command.add_argument("file", metavar="FILE", type=_file, help=f"ends in {_SUFFIXES}")


def run(chosen: argparse.Namespace, store: Store, say: Callable[[str], object]) -> int:
    """Run what was `chosen`, telling `say`; return the exit code. Raises RatingsError."""
    if chosen.command == "export":
        _export(store, chosen.file, say)
        return 0
    broken = 0
    studies = chosen.file if chosen.file.name.endswith(STUDIES_SUFFIX) else studies_beside(chosen.file)
    if studies == chosen.file or studies.is_file():  # first: answers speak of them
        taken = import_studies(store.database, studies, say)
        say(_told(taken, studies, "studies"))
        broken += taken.broken
    if studies != chosen.file:
        taken = import_file(store.database, chosen.file, say)
        say(_told(taken, chosen.file, "answers"))
        broken += taken.broken
    return 1 if broken else 0


def _export(store: Store, file: Path, say: Callable[[str], object]) -> None:
    """Write the answers, then the studies: none is missing of those that are answered."""
    count, beside = export(store, file), studies_beside(file)
    say(f"Wrote {count:,} answers to {file}.")
    if Studies(store.database).all() or beside.exists():
        say(f"Wrote {export_studies(store, beside):,} studies to {beside}.")


def _told(taken: Taken, file: Path, what: str) -> str:
    parts = (
        (taken.added, "new"),
        (taken.replaced, "newer than what was here"),
        (taken.known, "here already"),
        (taken.forgotten, "left out, since their raters asked to be forgotten"),
        (taken.broken, "left out as broken (see above)"),
    )
    told = ", ".join(f"{number:,} {what}" for number, what in parts if number)
    return f"Read {file}: {told or f'no {what}'}."


def _file(name: str) -> Path:
    """Return a file whose suffix names a form.

    Raises argparse.ArgumentTypeError: it names none.
    """
    file = Path(name)
    if file.suffix.lower() not in FORMATS:
        raise argparse.ArgumentTypeError(f"expected a file that ends in {_SUFFIXES}; got '{file.name}'")
    return file
