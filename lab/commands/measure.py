"""`python -m lab measure`: generators, beside real images → figures."""

import argparse
import sys
from pathlib import Path
from typing import Any

from lab.commands import arguments
from models import registry
from models.commands.codes import DONE
from models.own import own_cards
from models.settings import Settings
from models.workshop import Workshop

_USUAL_COUNT = 10_000


def add_to(commands: Any) -> None:
    """Add the command to a parser's `commands`."""
    measure = commands.add_parser(
        "measure",
        help="measure how good generators are",
        description="Measure what generators make against the images they learnt from, beside other real "
        "images: how unlike they are, how many look real and how much is made at all, and whether images "
        "were learnt by heart. All generators of a call make images of one size. Without --json the tables "
        "go to stdout.",
    )
    measure.add_argument(
        "generators",
        nargs="+",
        metavar="MODEL_OR_FOLDER",
        help="a model's id, or what --out of a training named",
    )
    measure.add_argument(
        "--data",
        type=Path,
        nargs="+",
        required=True,
        metavar="FOLDER",
        help="the images that were learnt from, those held out among them, as `lab train` reads them",
    )
    measure.add_argument(
        "--count",
        type=arguments.from_one,
        default=_USUAL_COUNT,
        metavar="N",
        help=f"how many images are made and compared (default {_USUAL_COUNT}; at most half of what there is)",
    )
    measure.add_argument("--json", type=Path, metavar="FILE", help="write all figures with their conditions")
    measure.add_argument(
        "--neighbours",
        type=Path,
        metavar="FILE",
        help="draw made images above their nearest neighbours among those learnt from (.jpg, .png, .webp). "
        "It shows images of --data: those of Fashion-MNIST may be passed on (MIT), CIFAR-10's and "
        "photographers' flowers may not",
    )
    measure.set_defaults(run=_measure)


def _measure(call: argparse.Namespace, settings: Settings) -> int:
    """Measure generators; the tables go to stdout if no file is named for the figures."""
    from lab.measuring import command, page  # imports torch, which the other commands need not wait for

    registry.admit(own_cards(settings, registry.known()))
    given = command.Call(generators=call.generators, data=call.data, count=call.count, sheet=call.neighbours)
    typed = ["python", "-m", "lab", *call.typed]
    report = command.run(given, Workshop(settings), typed, lambda line: print(line, file=sys.stderr))
    if call.json:
        command.keep(report, call.json)
    else:
        print(page.section(report))
    return DONE
