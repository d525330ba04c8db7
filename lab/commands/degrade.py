"""`python -m lab degrade`: clean photos → damaged ones."""

import argparse
import sys
from pathlib import Path
from typing import Any

from lab.commands import arguments
from lab.degradations import DEGRADATIONS
from lab.degradations.degradation import Degradation
from models import pixels
from models.card import Settings, Task
from models.commands.codes import DONE, SOME_FAILED
from models.errors import BadPictureError, CannotSaveError
from models.folders import Job, jobs, make_folder
from models.settings import Settings as Installation


def add_to(commands: Any) -> None:
    """Add the command to a parser's `commands`."""
    degrade = commands.add_parser(
        "degrade",
        help="damage a clean photo: add noise, haze or rust",
        description="Damage a clean photo, the same way each time for the same seed and settings.",
        epilog=_settings_table(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    degrade.add_argument("task", choices=[str(task) for task in DEGRADATIONS], help="whose damage to make")
    degrade.add_argument("input", type=Path, metavar="INPUT", help="a clean photo, or a folder of them")
    degrade.add_argument(
        "output", type=Path, metavar="OUTPUT", help="the file to write, or a folder for a folder"
    )
    degrade.add_argument("--seed", type=arguments.from_zero, required=True, help="a whole number from 0")
    degrade.add_argument(
        "--set",
        type=arguments.name_value,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting from the list below",
    )
    degrade.add_argument(
        "--quality", type=arguments.jpeg_quality, default=95, help="of a JPEG output, 1 to 100 (default 95)"
    )
    degrade.set_defaults(run=_degrade)


def _degrade(call: argparse.Namespace, _settings: Installation) -> int:
    """Degrade a photo, or each of a folder with its own seed: N, N + 1, … in the order of their names."""
    degradation = DEGRADATIONS[Task(call.task)]
    settings = degradation.settle(dict(call.set))
    work = jobs(call.input, call.output)
    failed = 0
    for number, job in enumerate(work):
        try:
            _degrade_one(job, degradation, settings, call.seed + number, call.quality)
        except (BadPictureError, CannotSaveError) as error:
            print(f"{job.source}: {error}", file=sys.stderr)
            failed += 1
    if failed:
        print(f"{failed} of {len(work)} failed; the rest is done.", file=sys.stderr)
    return SOME_FAILED if failed else DONE


def _degrade_one(job: Job, degradation: Degradation, settings: Settings, seed: int, quality: int) -> None:
    picture = pixels.open(job.source)
    degraded = degradation.degrade(picture.pixels, settings, seed)
    make_folder(job.target.parent)
    pixels.save(pixels.with_pixels(picture, degraded), job.target, quality=quality)


def _settings_table() -> str:
    """Return every degradation's settings with defaults and ranges, one a line."""
    lines: list[str] = []
    for task, degradation in DEGRADATIONS.items():
        lines.append(f"settings of {task}:")
        lines.extend(
            f"  {control.name}={control.default}  ({control.expectation()}) {control.help}"
            for control in degradation.controls
        )
    return "\n".join(lines)
