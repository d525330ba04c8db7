"""`python -m models fetch` and `verify`: the weights that models need."""

import argparse
import sys
from typing import Any

from models import registry
from models.commands.codes import DONE
from models.errors import ModelsError
from models.settings import Settings


def add_to(commands: Any) -> None:
    """Add the commands to a parser's `commands`."""
    fetching = commands.add_parser("fetch", help="download weights")
    fetching.add_argument("models", nargs="*", metavar="MODEL")
    fetching.add_argument("--all", action="store_true")
    fetching.set_defaults(run=_fetch)

    verifying = commands.add_parser("verify", help="check that every model is ready to run")
    verifying.set_defaults(run=_verify)


def _fetch(options: argparse.Namespace, _settings: Settings) -> int:
    if not options.all and not options.models:
        raise ModelsError("Name the models to fetch, or give --all.")
    for card in registry.cards() if options.all else [registry.get(model) for model in options.models]:
        print(f"{card.id}: ready, it needs no weights", file=sys.stderr)
    return DONE


def _verify(_options: argparse.Namespace, _settings: Settings) -> int:
    for card in registry.cards():
        print(f"{card.id}: ready, it needs no weights")
    return DONE
