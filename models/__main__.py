"""Patina's models from the command line: list, restore, generate, walk, fetch, verify, prepare, pin."""

import argparse
import os
import sys
from collections.abc import Sequence

from models import registry
from models.commands import generating, listing, pin, prepare, restoring, walking, weights
from models.commands.codes import INTERRUPTED, WRONG_CALL
from models.errors import ModelsError
from models.own import own_cards
from models.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return how it ended, as `models.commands.codes` says."""
    parser = argparse.ArgumentParser(prog="python -m models", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (listing, restoring, generating, walking, weights, prepare, pin):
        command.add_to(commands)
    options = parser.parse_args(arguments)
    try:
        settings = Settings.from_environment(os.environ)
        registry.admit(own_cards(settings, registry.known()))
        return options.run(options, settings)
    except ModelsError as error:
        print(error, file=sys.stderr)
        return WRONG_CALL
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
