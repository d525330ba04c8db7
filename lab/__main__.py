"""The lab's command line.

    python -m lab degrade TASK INPUT OUTPUT --seed N [--set name=value …]
    python -m lab train RECIPE --data FOLDER … --out FOLDER [--minutes N] [--device auto]
    python -m lab bench TASK --data FOLDER … [--models ID …] [--json FILE] [--markdown FILE] [--plot FILE]
    python -m lab publish WEIGHTS OWNER/NAME [--model ID] [--dry-run DIR]

Exit codes: 0 done, 1 some inputs failed (named on stderr), 2 wrong call or nothing to be done about it,
130 stopped by Ctrl-C.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lab.degradations import DEGRADATIONS
from lab.degradations.degradation import Degradation
from lab.errors import LabError
from models import pixels, registry
from models.card import Settings, Task
from models.errors import BadPictureError, CannotSaveError, ModelsError
from models.folders import Job, jobs, make_folder
from models.own import own_cards
from models.settings import Settings as ModelSettings
from models.workshop import Workshop

DONE, SOME_FAILED, WRONG_CALL, STOPPED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; argparse itself leaves with 2 on a wrong call."""
    typed = sys.argv[1:] if arguments is None else list(arguments)
    call = _parser().parse_args(typed, argparse.Namespace(typed=typed))
    try:
        return call.run(call)
    except (ModelsError, LabError) as error:
        print(error, file=sys.stderr)
        return WRONG_CALL
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return STOPPED


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


def _train(call: argparse.Namespace) -> int:
    """Train a recipe; on a kill or Ctrl-C the same command goes on from the last checkpoint."""
    from lab.training import command  # imports torch, which the other commands need not wait for

    given = command.Call(
        recipe=call.recipe,
        data=call.data,
        out=call.out,
        minutes=call.minutes,
        steps=call.steps,
        device=call.device,
        precision=call.precision,
        workers=call.workers,
        keep_every=call.keep_every,
    )
    command.run(given, ["python", "-m", "lab", *call.typed], lambda line: print(line, flush=True))
    return DONE


def _bench(call: argparse.Namespace) -> int:
    """Measure methods where the truth is known; the table goes to stdout if no file is named for it."""
    from lab.quality import command, markdown  # imports scipy.stats, which takes a while

    settings = ModelSettings.from_environment(os.environ)
    registry.admit(own_cards(settings, registry.known()))
    given = command.Call(
        task=Task(call.task),
        data=call.data,
        clean=call.clean,
        models=call.models,
        trials=call.trials,
        held_out=call.held_out,
        limit=call.limit,
    )
    typed = ["python", "-m", "lab", *call.typed]
    report = command.run(given, Workshop(settings), typed, lambda line: print(line, file=sys.stderr))
    command.keep(report, json=call.json, text=call.markdown, picture=call.plot)
    if not (call.json or call.markdown):
        print(markdown.section(report))
    return SOME_FAILED if report.data.left_out or report.failures else DONE


def _publish(call: argparse.Namespace) -> int:
    """Push weights with their card to the Hub, those of the user's own models too."""
    from lab.publishing import command  # imports torch, which the other commands need not wait for

    settings = ModelSettings.from_environment(os.environ)
    registry.admit(own_cards(settings, registry.known()))
    given = command.Call(
        weights=call.weights,
        repo=call.repo,
        model=call.model,
        card=call.card,
        results=call.results,
        private=call.private,
        dry_run=call.dry_run,
    )
    command.run(given, settings.hub_endpoint, print)
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab", description="Where models are made and measured.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_degrade(commands)
    _add_train(commands)
    _add_bench(commands)
    _add_publish(commands)
    return parser


def _add_degrade(commands: Any) -> None:
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
    degrade.set_defaults(run=_degrade)


def _add_train(commands: Any) -> None:
    train = commands.add_parser(
        "train",
        help="train a network by a recipe",
        description="Train a network by a recipe. Where a training was stopped or killed, the same command "
        "goes on.",
    )
    train.add_argument("recipe", type=Path, metavar="RECIPE", help="a file such as lab/recipes/*.toml")
    train.add_argument(
        "--data", type=Path, nargs="+", required=True, metavar="FOLDER", help="clean photos, in any depth"
    )
    train.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="what is learnt goes here")
    train.add_argument("--minutes", type=_positive, help="how long to train (default: the recipe's)")
    train.add_argument("--steps", type=_whole, help="train for so many steps instead")
    train.add_argument("--device", default="auto", help="auto, cpu or cuda:N (default auto)")
    train.add_argument(
        "--precision",
        choices=("auto", "float32", "bfloat16"),
        default="auto",
        help="bfloat16 is the default on a GPU, and worth trying on a CPU that has it",
    )
    train.add_argument(
        "--workers",
        type=_seed,
        metavar="N",
        help="processes that make examples (default: as the device needs)",
    )
    train.add_argument(
        "--keep-every", type=float, default=60, metavar="SECONDS", help="between checkpoints (default 60)"
    )
    train.set_defaults(run=_train)


def _add_bench(commands: Any) -> None:
    bench = commands.add_parser(
        "bench",
        help="measure how well methods restore",
        description="Measure every method of a task that can run here, beside doing nothing, on photos that "
        "are damaged in known ways, or on pairs. Without --json and --markdown the tables go to stdout.",
    )
    bench.add_argument("task", choices=[str(task) for task in DEGRADATIONS])
    bench.add_argument(
        "--data",
        type=Path,
        nargs="+",
        required=True,
        metavar="FOLDER",
        help="clean photos, in any depth of folders; depth beside them (as lab/training/depth_files.py says) "
        "and pictures with transparent parts, cut-outs of rust, are found by themselves",
    )
    bench.add_argument(
        "--clean",
        type=Path,
        metavar="FOLDER",
        help="the clean photos of damaged ones in --data, by the same names up to an underscore",
    )
    bench.add_argument("--models", nargs="+", metavar="ID", help="only these")
    bench.add_argument("--trials", nargs="+", metavar="NAME", help="only these kinds of damage")
    bench.add_argument("--held-out", action="store_true", help="only photos that trainings hold out")
    bench.add_argument(
        "--limit", type=_whole, metavar="N", help="at most so many photos of each folder, evenly spread"
    )
    bench.add_argument("--json", type=Path, metavar="FILE", help="write all figures with their conditions")
    bench.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables")
    bench.add_argument("--plot", type=Path, metavar="FILE", help="write quality against time as SVG")
    bench.set_defaults(run=_bench)


def _add_publish(commands: Any) -> None:
    publish = commands.add_parser(
        "publish",
        help="push weights with their model card to the Hugging Face Hub",
        description="Write safetensors, config.json and a model card, and push them in one commit. "
        "The token is HF_TOKEN, or that of `hf auth login`.",
    )
    publish.add_argument(
        "weights", type=Path, metavar="WEIGHTS", help="a .safetensors, .pth, .pt or .bin file"
    )
    publish.add_argument("repo", metavar="REPO", help="OWNER/NAME; it is made if it is not there")
    publish.add_argument(
        "--model", metavar="ID", help="whose weights they are, if their hash does not say so"
    )
    publish.add_argument(
        "--card", type=Path, metavar="FILE", help="a README.md to publish instead of Patina's"
    )
    publish.add_argument(
        "--results", type=Path, metavar="FILE", help="measured figures: training.json, or a JSON list"
    )
    publish.add_argument("--private", action="store_true", help="make a repository that only you can see")
    publish.add_argument("--dry-run", type=Path, metavar="DIR", help="write the files there and send nothing")
    publish.set_defaults(run=_publish)


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


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError(f"expected a number above 0, as in 45; got '{text}'")
    return number


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1; got '{text}'")
    return int(text)


def _quality(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 to 100; got '{text}'")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
