"""`python -m models fetch` and `verify`: the weights that models need."""

import argparse
import sys
from typing import Any

from models import registry
from models.card import Card
from models.checkpoints import Checkpoints, State
from models.commands.bars import bar
from models.commands.codes import DONE, SOME_FAILED
from models.errors import ModelsError, NotReadyError
from models.settings import Settings
from models.source import Weights
from models.workshop import Workshop


def add_to(commands: Any) -> None:
    """Add the commands to a parser's `commands`."""
    fetching = commands.add_parser("fetch", help="download weights")
    fetching.add_argument("models", nargs="*", metavar="MODEL")
    fetching.add_argument("--all", action="store_true", help="every model that is pinned")
    fetching.set_defaults(run=_fetch)

    verifying = commands.add_parser("verify", help="hash all weights that are here again")
    verifying.set_defaults(run=_verify)


def _fetch(options: argparse.Namespace, settings: Settings) -> int:
    if not options.all and not options.models:
        raise ModelsError("Name the models to fetch, or give --all.")
    cards = registry.cards() if options.all else [registry.get(model) for model in options.models]
    checkpoints = Workshop(settings).checkpoints
    failed = 0
    for card in cards:
        if options.all and checkpoints.state(card.id, card.weights) == State.NOT_PINNED:
            _tell(f"{card.id}: not pinned, skipped; `python -m models pin {card.id}` reads what is missing")
            continue
        try:
            _fetch_one(checkpoints, card)
        except NotReadyError as error:
            _tell(f"{card.id}: {error}")
            failed += 1
    if failed:
        _tell(f"{failed} of {len(cards)} failed; the rest is done.")
    return SOME_FAILED if failed else DONE


def _fetch_one(checkpoints: Checkpoints, card: Card) -> None:
    if card.weights is None:
        _tell(f"{card.id}: ready, it needs no weights")
        return
    with bar(card.id) as progress:
        path = checkpoints.fetch(card.id, card.weights, progress)
    _tell(f"{card.id}: ready, {path.stat().st_size / 1e6:.1f} MB")


def _verify(_options: argparse.Namespace, settings: Settings) -> int:
    checkpoints = Workshop(settings).checkpoints
    failed = 0
    for card in registry.cards():
        state = checkpoints.state(card.id, card.weights)
        if card.weights is None:
            print(f"{card.id}: ready, it needs no weights")
        elif state in (State.READY, State.MISSING):
            failed += not _verified(checkpoints, card.id, card.weights)
        else:
            print(f"{card.id}: {state}")
    if failed:
        _tell(f"{failed} failed.")
    return SOME_FAILED if failed else DONE


def _verified(checkpoints: Checkpoints, model: str, weights: Weights) -> bool:
    try:
        path = checkpoints.verify(model, weights)
    except NotReadyError as error:
        print(f"{model}: {error}")
        return False
    print(f"{model}: ready, {path.stat().st_size / 1e6:.1f} MB have the pinned SHA-256")
    return True


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)
