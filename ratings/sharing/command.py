"""`python -m ratings export | import`: answers to a file, and back."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ratings.sharing.export import export
from ratings.sharing.formats import FORMATS
from ratings.sharing.importing import Taken, import_file
from ratings.store import Store

COMMANDS = ("export", "import")

_SUFFIXES = ", ".join(FORMATS)


def add_to(commands: Any) -> None:
    """Add both commands to a parser's `commands`."""
    command = commands.add_parser("export", help="write every answer with its provenance to a file")
    command.add_argument("file", metavar="FILE", type=_file, help=f"ends in {_SUFFIXES}")
    command = commands.add_parser(
        "import",
        help="take in the answers of such a file; broken lines are named, the same twice is harmless",
    )
    command.add_argument("file", metavar="FILE", type=_file, help=f"ends in {_SUFFIXES}")


def run(chosen: argparse.Namespace, store: Store, say: Callable[[str], object]) -> int:
    """Run what was `chosen`, telling `say`; return the exit code. Raises RatingsError."""
    if chosen.command == "export":
        count = export(store, chosen.file)
        say(f"Wrote {count:,} answers to {chosen.file}.")
        return 0
    taken = import_file(store.database, chosen.file, say)
    say(_told(taken, chosen.file))
    return 1 if taken.broken else 0


def _told(taken: Taken, file: Path) -> str:
    parts = (
        (taken.added, "new"),
        (taken.replaced, "newer than what was here"),
        (taken.known, "here already"),
        (taken.forgotten, "left out, since their raters asked to be forgotten"),
        (taken.broken, "left out as broken (see above)"),
    )
    told = ", ".join(f"{number:,} {what}" for number, what in parts if number)
    return f"Read {file}: {told or 'no answers'}."


def _file(name: str) -> Path:
    """Return a file whose suffix names a form.

    Raises argparse.ArgumentTypeError: it names none.
    """
    file = Path(name)
    if file.suffix.lower() not in FORMATS:
        raise argparse.ArgumentTypeError(f"expected a file that ends in {_SUFFIXES}; got '{file.name}'")
    return file
