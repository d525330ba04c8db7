"""`python -m models walk`: the way from one generated image to another, as a loop."""

import argparse
import sys
from pathlib import Path
from typing import Any

from models import pixels
from models.commands.codes import DONE
from models.commands.pairs import parse_settings
from models.generator import walk
from models.latents import Point
from models.settings import Settings
from models.workshop import Workshop

ABOUT = 256
"""So many pixels a side has the loop, or a little less: each pixel of a small image is a square."""


def add_to(commands: Any) -> None:
    """Add the command to a parser's `commands`."""
    walking = commands.add_parser("walk", help="walk from one generated image to another")
    walking.add_argument("model", metavar="MODEL")
    walking.add_argument("output", metavar="OUTPUT", type=Path, help="a .webp or .gif file")
    walking.add_argument("seeds", nargs="+", type=int, metavar="SEED", help="two or more, in their order")
    walking.add_argument("--frames", type=int, default=60, metavar="N", help="of the way there (default 60)")
    walking.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="settings")
    walking.set_defaults(run=_walk)


def _walk(options: argparse.Namespace, settings: Settings) -> int:
    frames = walk(
        options.model,
        [Point(seed) for seed in options.seeds],
        frames=options.frames,
        settings=parse_settings(options.settings),
        workshop=Workshop(settings),
    )
    pixels.save_loop([pixels.sized(frame, ABOUT) for frame in frames], options.output)
    print(options.output, file=sys.stderr)
    return DONE
