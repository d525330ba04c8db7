"""`python -m lab train`: a recipe and photos → a trained network."""

import argparse
from pathlib import Path
from typing import Any

from lab.commands import arguments
from models.commands.codes import DONE
from models.settings import Settings


def add_to(commands: Any) -> None:
    """Add the command to a parser's `commands`."""
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
    train.add_argument(
        "--begin-with",
        type=Path,
        metavar="WEIGHTS",
        help="a file of weights to begin with, instead of chance: those that fit the network are taken",
    )
    train.add_argument(
        "--minutes", type=arguments.above_zero, help="how long to train (default: the recipe's)"
    )
    train.add_argument("--steps", type=arguments.from_one, help="train for so many steps instead")
    train.add_argument(
        "--seed", type=arguments.from_zero, metavar="N", help="another chance than the recipe's"
    )
    train.add_argument("--device", default="auto", help="auto, cpu or cuda:N (default auto)")
    train.add_argument(
        "--precision",
        choices=("auto", "float32", "bfloat16"),
        default="auto",
        help="bfloat16 is the default on a GPU, and worth trying on a CPU that has it",
    )
    train.add_argument(
        "--workers",
        type=arguments.from_zero,
        metavar="N",
        help="processes that make examples (default: as the device needs)",
    )
    train.add_argument(
        "--keep-every",
        type=arguments.above_zero,
        default=60,
        metavar="SECONDS",
        help="between checkpoints (default 60)",
    )
    train.set_defaults(run=_train)


def _train(call: argparse.Namespace, _settings: Settings) -> int:
    """Train a recipe; on a kill or Ctrl-C the same command goes on from the last checkpoint."""
    from lab.training import command  # imports torch, which the other commands need not wait for

    given = command.Call(
        recipe=call.recipe,
        data=call.data,
        out=call.out,
        begin_with=call.begin_with,
        minutes=call.minutes,
        steps=call.steps,
        seed=call.seed,
        device=call.device,
        precision=call.precision,
        workers=call.workers,
        keep_every=call.keep_every,
    )
    command.run(given, ["python", "-m", "lab", *call.typed], lambda line: print(line, flush=True))
    return DONE
