"""The lab's command line: `python -m lab degrade TASK INPUT OUTPUT --seed N [--set name=value …]`.

Exit codes: 0 done, 1 some inputs failed (named on stderr), 2 wrong call.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from lab.degradations import DEGRADATIONS
from lab.degradations.degradation import Degradation
from models import pixels
from models.card import Settings, Task
from models.errors import BadPictureError, CannotSaveError, ModelsError
from models.folders import Job, jobs, make_folder

DONE, SOME_FAILED, WRONG_CALL = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; argparse itself leaves with 2 on a wrong call."""
    call = _parser().parse_args(arguments)
    try:
        return _degrade(call)
    except ModelsError as error:
        print(error, file=sys.stderr)
        return WRONG_CALL


def _degrade(call: argparse.Namespace) -> int:
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab", description="Where models are made and measured.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
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
    degrade.add_argument("--seed", type=_seed, required=True, help="a whole number from 0")
    degrade.add_argument(
        "--set",
        type=_pair,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting from the list below",
    )
    degrade.add_argument(
        "--quality", type=_quality, default=95, help="of a JPEG output, 1 to 100 (default 95)"
    )
    return parser


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


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"expected name=value, as in sigma=25; got '{text}'")
    return name, value


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"expected a whole number from 0; got '{text}'")
    return int(text)


def _quality(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 to 100; got '{text}'")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
