"""`python -m models list`: every model, and what stands between it and its first run."""

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any

from models import registry
from models.card import Card, Task
from models.checkpoints import State
from models.commands.codes import DONE
from models.settings import Settings
from models.workshop import Workshop


def add_to(commands: Any) -> None:
    """Add the command to a parser's `commands`."""
    listing = commands.add_parser("list", help="show every model")
    listing.add_argument("--task", choices=[str(task) for task in Task])
    listing.add_argument(
        "--json", action="store_true", help="print one JSON list, in the order of the registry and its tabs"
    )
    listing.set_defaults(run=_list)


def _list(options: argparse.Namespace, settings: Settings) -> int:
    checkpoints = Workshop(settings).checkpoints
    cards = registry.by_task(options.task) if options.task else registry.cards()
    states = {card.id: checkpoints.state(card.id, card.weights) for card in cards}
    if options.json:
        objects = [registry.as_json(card, states[card.id]) for card in cards]
        print(json.dumps(objects, indent=2, ensure_ascii=False))
        return DONE
    for card in _as_wanted(cards, states):
        print(f"{card.id:28} {card.method:10} {states[card.id]:12} {card.title}: {card.summary}")
    return DONE


def _as_wanted(cards: Sequence[Card], states: Mapping[str, State]) -> list[Card]:
    """Return the cards by task, in the order of the tabs; within a task those that are ready come first."""
    tasks = list(dict.fromkeys(card.task for card in cards))
    return sorted(cards, key=lambda card: (tasks.index(card.task), states[card.id] != State.READY))
