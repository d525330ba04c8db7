"""`python -m models pin`: reads revision and hash of a model's weights, and prints the lines to paste."""

import argparse
import sys
from dataclasses import replace
from typing import Any

from models import registry
from models.card import Task
from models.commands.codes import DONE, SOME_FAILED
from models.errors import BadSettingError, FetchError
from models.own import FILE
from models.pinning import Reading, read_pin
from models.progress import never, silent
from models.receipts import sha256_of
from models.settings import Settings
from models.source import Bundled, Hub, OnDisk


def add_to(commands: Any) -> None:
    """Add the command to a parser's `commands`."""
    pinning = commands.add_parser("pin", help="read revision and hash of weights, print the lines to paste")
    pinning.add_argument("model", metavar="MODEL", help="a model of the list, or a new id for your own")
    pinning.add_argument("--repo", metavar="OWNER/NAME", help="where its weights are, if the card cannot say")
    pinning.add_argument("--file", help="their file in the repository")
    pinning.add_argument("--revision", help="a branch, tag or commit; the branch main if not given")
    pinning.add_argument("--space", action="store_true", help="the repository is a Space")
    pinning.set_defaults(run=_pin)


def _pin(options: argparse.Namespace, settings: Settings) -> int:
    path = str(settings.data_dir / FILE)
    listed = {card.id for card in registry.cards()}
    new = options.model not in listed and options.repo and options.file
    known = None if new else _known_source(options.model)
    if isinstance(known, OnDisk):
        print(_line_on_disk(options.model, known, path))
        return DONE
    asked = _asked(options, known)
    try:
        reading = read_pin(options.model, asked, endpoint=settings.hub_endpoint)
    except FetchError as error:
        print(error, file=sys.stderr)
        return SOME_FAILED
    print(_lines(options.model, reading, known, path))
    return DONE


def _known_source(model: str) -> Hub | OnDisk | None:
    """Return where the card of `model` says its weights are; None for a file that ships with Patina.

    Raises UnknownModelError; BadSettingError: it needs no weights.
    """
    weights = registry.get(model).weights
    if weights is None:
        raise BadSettingError(f"'{model}' needs no weights, so there is nothing to pin.")
    return None if isinstance(weights.source, Bundled) else weights.source


def _line_on_disk(model: str, source: OnDisk, path: str) -> str:
    """Return the lines that pin a file of this machine as it is now.

    Raises BadSettingError: it cannot be read.
    """
    try:
        sha256 = sha256_of(source.path, silent, never)
    except OSError as error:
        raise BadSettingError(f"The weights of '{model}' cannot be read: {error}.") from error
    return f'# {source.path} as it is now. Paste into {path}:\n[pins.{model}]\nsha256 = "{sha256}"'


def _asked(options: argparse.Namespace, known: Hub | None) -> Hub:
    """Return what to read: the card's source, changed by what the call says."""
    if known is None and not (options.repo and options.file):
        raise BadSettingError(
            f"The card of '{options.model}' names no file on the Hub; give --repo OWNER/NAME and --file FILE."
        )
    if known is None and options.model.partition("-")[0] not in list(Task):
        raise BadSettingError(
            f"A new id must begin with its task ({', '.join(Task)}), such as denoise-mine; "
            f"got '{options.model}'."
        )
    base = known or Hub(options.repo, options.file)
    return replace(
        base,
        repo=options.repo or base.repo,
        file=options.file or base.file,
        revision=options.revision,
        kind="space" if options.space else base.kind,
    )


def _lines(model: str, reading: Reading, known: Hub | None, path: str) -> str:
    """Return the TOML lines to paste, with comments that say what they mean."""
    source = reading.source
    hashes = [f'revision = "{source.revision}"', f'sha256 = "{reading.sha256}"']
    place = [f'repo = "{source.repo}"', f'file = "{source.file}"']
    place += ['kind = "space"'] if source.kind == "space" else []
    comments = [
        f"# {source.file} of {source.repo} on the Hub: {reading.bytes / 1e6:.1f} MB.",
        "# With these lines the model runs with exactly these bytes: a later change on the Hub is not taken,",
        "# and a file with another hash is refused. They say which bytes, not whether you may trust them.",
        f"# Paste them into {path}:",
    ]
    if known is None:
        table = [
            f"[models.{model}]",
            'title = "…"         # as the list shows it',
            'architecture = "…"  # such as drunet, nafnet or scunet',
            'licence = "…"       # that of the weights',
            *place,
        ]
    else:
        same = (source.repo, source.file, source.kind) == (known.repo, known.file, known.kind)
        table = [f"[pins.{model}]", *([] if same else place)]
    return "\n".join([*comments, *table, *hashes])
