"""`python -m lab ship`: a finished training → weights and model card on board."""

import argparse
from pathlib import Path
from typing import Any

from models.commands.codes import DONE
from models.settings import Settings


def add_to(commands: Any) -> None:
    """Add the command to a parser's `commands`."""
    ship = commands.add_parser(
        "ship",
        help="take a finished training on board, with its model card",
        description="Copy the weights of a finished training to models/weights, write their model card, and "
        "print what their declaration must have. Doing it again changes nothing.",
    )
    ship.add_argument("folder", type=Path, metavar="FOLDER", help="what --out of the training named")
    ship.add_argument("--name", metavar="NAME", help="the model's id (default: the recipe's name)")
    ship.add_argument(
        "--notes",
        type=Path,
        metavar="FILE",
        help="where it fails, in Markdown; kept as lab/shipping/failures/NAME.md, which is the default",
    )
    ship.set_defaults(run=_ship)


def _ship(call: argparse.Namespace, _settings: Settings) -> int:
    """Take a training on board."""
    from lab.shipping import command  # imports the networks, which the other commands need not wait for

    command.run(command.Call(folder=call.folder, name=call.name, notes=call.notes), print)
    return DONE
