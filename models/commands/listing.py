"""`python -m models list`: every model, and what stands between it and its first run."""

import argparse
import json
from typing import Any

from models import registry
from models.card import Task
from models.commands.codes import DONE
from models.settings import Settings
from models.workshop import Workshop


def add_to(commands: Any) -> None:
    """Add the command to a parser's `commands`."""
    listing = commands.add_parser("list", help="show every model")
    listing.add_argument("--task", choices=[str(task) for task in Task])
    listing.add_argument("--json", action="store_true", help="print one JSON list")
    listing.set_defaults(run=_list)


def _list(options: argparse.Namespace, settings: Settings) -> int:
    checkpoints = Workshop(settings).checkpoints
    cards = registry.by_task(options.task) if options.task else registry.cards()
    states = {card.id: checkpoints.state(card.id, card.weights) for card in cards}
    if options.json:
        objects = [registry.as_json(card, states[card.id]) for card in cards]
        print(json.dumps(objects, indent=2, ensure_ascii=False))
        return DONE
    for card in sorted(cards, key=lambda card: list(Task).index(card.task)):
        print(f"{card.id:28} {card.method:10} {states[card.id]:12} {card.title}: {card.summary}")
    return DONE
