"""`python -m lab publish`: weights with their card → the Hub."""

import argparse
from pathlib import Path
from typing import Any

from models import registry
from models.commands.codes import DONE
from models.own import own_cards
from models.settings import Settings


def add_to(commands: Any) -> None:
    """Add the command to a parser's `commands`."""
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


def _publish(call: argparse.Namespace, settings: Settings) -> int:
    """Push weights with their card to the Hub, those of the user's own models too."""
    from lab.publishing import command  # imports torch, which the other commands need not wait for

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
