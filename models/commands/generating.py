"""`python -m models generate`: images from seeds."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tqdm import tqdm

from models.commands.codes import DONE
from models.commands.pairs import parse_settings
from models.commands.telling import written
from models.folders import make_folder
from models.generator import generate
from models.settings import Settings
from models.workshop import Workshop


def add_to(commands: Any) -> None:
    """Add the command to a parser's `commands`."""
    generating = commands.add_parser("generate", help="make images from random numbers")
    generating.add_argument("model", metavar="MODEL")
    generating.add_argument("output", metavar="OUTPUT_DIR", type=Path)
    generating.add_argument("--seed", type=int, default=0, metavar="N", help="of the first image (default 0)")
    generating.add_argument("--count", type=int, default=4, metavar="N", help="how many (default 4)")
    generating.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="settings")
    generating.add_argument(
        "--nudge",
        action="append",
        type=float,
        default=[],
        metavar="N",
        dest="nudges",
        help="move each image along the direction that varies most, −4 to 4; again for the second, third, …",
    )
    generating.add_argument("--json", action="store_true", help="print a JSON list with each provenance")
    generating.set_defaults(run=_generate)


def _generate(options: argparse.Namespace, settings: Settings) -> int:
    wanted = parse_settings(options.settings)
    images = generate(
        options.model,
        seed=options.seed,
        count=options.count,
        settings=wanted,
        nudges=options.nudges,
        workshop=Workshop(settings),
    )
    make_folder(options.output)
    made = list[dict[str, object]]()
    for image in tqdm(images, total=options.count, unit="image", file=sys.stderr, disable=None):
        moved = "".join(f"{nudge:+g}" for nudge in image.point.nudges)
        path = options.output / f"{options.model}-{image.seed:04}{moved}.png"
        provenance = image.save(path).provenance
        tqdm.write(written(path, provenance), file=sys.stderr)
        made.append({"output": str(path), **provenance.as_json()})
    if options.json:
        print(json.dumps(made, indent=2, ensure_ascii=False))
    return DONE
