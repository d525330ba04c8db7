"""`python -m lab sheet`: photos before and after every method, side by side in one picture."""

import argparse
import sys
from pathlib import Path
from typing import Any

from lab.commands import arguments
from lab.degradations import DEGRADATIONS
from models import registry
from models.card import Task
from models.commands.codes import DONE, SOME_FAILED
from models.own import own_cards
from models.settings import Settings
from models.workshop import Workshop

_FEW = 6
"""Photos of a folder on a sheet, unless more are asked for."""


def add_to(commands: Any) -> None:
    """Add the command to a parser's `commands`."""
    sheet = commands.add_parser(
        "sheet",
        help="show photos before and after every method",
        description="Draw one picture: a row a photo; in it the clean photo, the damaged one, and what each "
        "method makes of it. The methods see the whole photo; --crop only chooses what is shown.",
    )
    sheet.add_argument("task", choices=[str(task) for task in DEGRADATIONS])
    sheet.add_argument("output", type=Path, metavar="OUTPUT", help="a .jpg, .png or .webp file")
    sheet.add_argument("--data", type=Path, nargs="+", required=True, metavar="FOLDER", help="photos")
    sheet.add_argument("--as-is", action="store_true", help="the photos are damaged already: show them so")
    sheet.add_argument("--trial", metavar="NAME", help="the damage, as in `lab bench`")
    sheet.add_argument(
        "--clean", type=Path, metavar="FOLDER", help="the clean photos of damaged ones in --data"
    )
    sheet.add_argument(
        "--list", type=Path, metavar="FILE", help="only the photos of this list, a file name a line"
    )
    sheet.add_argument("--held-out", action="store_true", help="only photos that trainings hold out")
    sheet.add_argument(
        "--limit",
        type=arguments.from_one,
        metavar="N",
        help=f"at most so many photos of each folder, evenly spread (default {_FEW}, or all of a list)",
    )
    sheet.add_argument("--models", nargs="+", metavar="ID", help="only these")
    _add_view(sheet)
    sheet.set_defaults(run=_sheet)


def _add_view(sheet: Any) -> None:
    sheet.add_argument(
        "--side", type=arguments.cell_side, default=320, metavar="N", help="longer side of a cell in pixels"
    )
    sheet.add_argument(
        "--crop",
        type=arguments.cell_side,
        metavar="N",
        help="show a square piece of so many of the photo's pixels: noise is seen in none that is reduced",
    )
    sheet.add_argument(
        "--at",
        type=arguments.share,
        nargs=2,
        default=(0.5, 0.5),
        metavar=("X", "Y"),
        help="the middle of the piece, from 0 0 (top left) to 1 1",
    )


def _sheet(call: argparse.Namespace, settings: Settings) -> int:
    from lab.quality import command, listing  # imports scipy.stats, which takes a while
    from lab.sheets import comparison
    from lab.sheets.view import View

    registry.admit(own_cards(settings, registry.known()))
    task = Task(call.task)
    trial = call.trial or (None if call.as_is else comparison.USUAL_TRIAL[task])
    asked = command.Call(
        task=task,
        data=call.data,
        clean=call.clean,
        models=call.models,
        trials=[trial] if trial else None,
        held_out=call.held_out,
        only=listing.names(call.list) if call.list else None,
        limit=call.limit or (None if call.list else _FEW),
    )
    view = View(call.side, call.crop, (call.at[0], call.at[1]))
    given = comparison.Call(asked=asked, as_is=call.as_is, out=call.output, view=view)
    made = comparison.run(given, Workshop(settings), lambda line: print(line, file=sys.stderr))
    print(f"{call.output}: {made.rows} photos", file=sys.stderr)
    return SOME_FAILED if made.failures or made.left_out else DONE
