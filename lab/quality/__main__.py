"""`python -m lab.quality`: write docs/quality.md and its plots again from lab/results.

`python -m lab.quality tried FOLDER …` first adds finished trainings to the table of what was tried: it times
each in turns with one reference network, so the machine should be quiet. Exit codes: 0 done, 2 wrong call.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from lab.errors import LabError
from lab.quality.page import write

DONE, WRONG_CALL = 0, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    typed = sys.argv[1:] if arguments is None else list(arguments)
    parser = argparse.ArgumentParser(prog="python -m lab.quality", description=__doc__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    tried = commands.add_parser("tried", help="add finished trainings to the table of what was tried")
    tried.add_argument(
        "folders", nargs="+", type=Path, metavar="FOLDER", help="what --out of a training named"
    )
    tried.add_argument("--name", help="how it is called there (default: the recipe's name); for one folder")
    tried.add_argument("--note", default="", help="a word behind the name, such as 'stopped early'")
    call = parser.parse_args(typed)
    if call.command == "tried":
        if call.name and len(call.folders) > 1:
            tried.error("--name is for one folder alone")
        try:
            _add(call.folders, call.name, call.note)
        except LabError as error:
            print(error, file=sys.stderr)
            return WRONG_CALL
    write()
    return DONE


def _add(folders: Sequence[Path], name: str | None, note: str) -> None:
    from lab.quality import tried  # imports torch, which the page need not wait for

    for folder in folders:
        row = tried.measure(folder, name, note, f"python -m lab.quality tried {folder.name}")
        tried.add(row)
        print(f"{row.name}: {dict(row.held_out)}, {row.milliseconds:g} ms, {row.times_reference:g} times")


if __name__ == "__main__":
    sys.exit(main())
