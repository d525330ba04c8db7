"""`python -m models prepare`: networks made ready for this machine's CPU before somebody waits for them."""

import argparse
import os
import sys
from threading import Thread
from time import perf_counter, sleep
from typing import Any

from models import registry
from models.card import Card, Task
from models.commands.bars import bar
from models.commands.codes import DONE, SOME_FAILED
from models.errors import FetchError, NotReadyError, OutOfMemoryError
from models.preparing import here
from models.settings import Settings
from models.workshop import Workshop

_TURN = 0.3
"""Seconds between two networks: who waits for the lock looks for it some ten times a second."""


def add_to(commands: Any) -> None:
    """Add the command to a parser's `commands`."""
    preparing = commands.add_parser(
        "prepare",
        help="make networks ready for this machine's CPU",
        description="Make networks ready for this machine's CPU, which else happens at their first run: "
        "export, and try onnxruntime against torch. Without MODEL, all whose weights are here; weights of a "
        "MODEL that are not here are fetched. What was prepared before is skipped.",
    )
    preparing.add_argument("models", nargs="*", metavar="MODEL")
    preparing.add_argument("--task", choices=[str(task) for task in Task], help="only networks of this task")
    preparing.add_argument(
        "--background",
        type=int,
        choices=range(20),
        metavar="NICENESS",
        help="only as long as standard input stays open, at a priority lower by 0 to 19, and silent but for "
        "failures",
    )
    preparing.set_defaults(run=_prepare)


def _prepare(options: argparse.Namespace, settings: Settings) -> int:
    if options.background is not None:
        _step_back(options.background)
    workshop = Workshop(settings)
    named = [registry.get(model) for model in options.models]
    failed = 0
    for card in named or here(registry.cards(), workshop):
        if options.task not in (None, card.task):
            continue
        try:
            done = _prepare_one(card, workshop)
        except (NotReadyError, OutOfMemoryError) as error:
            print(f"{card.id}: {error}", file=sys.stderr)
            failed += 1
        else:
            if options.background is None:
                print(f"{card.id}: {done}", file=sys.stderr)
    return SOME_FAILED if failed else DONE


def _prepare_one(card: Card, workshop: Workshop) -> str:
    """Prepare one network; say in words what was done.

    Raises NotReadyError; OutOfMemoryError; DeviceError: the device that was asked for is not there.
    """
    if card.weights is None:
        return "ready, it has no network"
    if chosen := workshop.prepared(card):
        return f"prepared before, {chosen.engine} runs it"
    if workshop.device != "cpu":
        return f"nothing to prepare, networks run on '{workshop.device}' here"
    began = perf_counter()
    with bar(card.id) as progress:
        chosen = workshop.prepare(card, progress)
    if chosen is None:
        raise FetchError(
            f"'{card.id}' runs, but what was prepared could not be kept in {workshop.folder}. Mend its "
            "permissions or make room, or set PATINA_DATA_DIR to a folder that can be written."
        )
    took = perf_counter() - began
    sleep(_TURN)
    return f"prepared in {took:.1f} s, {chosen.engine} runs it ({chosen.reason})"


def _step_back(niceness: int) -> None:
    """Leave the machine to others, and end with whoever started this process."""
    if hasattr(os, "nice"):
        os.nice(niceness)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Leave when the parent is gone: it holds the other end of our standard input."""
    while os.read(0, 1):
        pass
    os._exit(1)
