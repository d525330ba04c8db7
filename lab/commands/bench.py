"""`python -m lab bench`: methods, where the truth is known → tables."""

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


def add_to(commands: Any) -> None:
    """Add the command to a parser's `commands`."""
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
        "--limit",
        type=arguments.from_one,
        metavar="N",
        help="at most so many photos of each folder, evenly spread",
    )
    bench.add_argument("--json", type=Path, metavar="FILE", help="write all figures with their conditions")
    bench.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables")
    bench.add_argument("--plot", type=Path, metavar="FILE", help="write quality against time as SVG")
    bench.set_defaults(run=_bench)


def _bench(call: argparse.Namespace, settings: Settings) -> int:
    """Measure methods where the truth is known; the table goes to stdout if no file is named for it."""
    from lab.quality import command, markdown  # imports scipy.stats, which takes a while

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
