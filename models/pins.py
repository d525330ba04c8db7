"""A pin says which bytes are meant: a revision and a SHA-256 for a card that has none, or has others."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from models.card import Card
from models.errors import BadSettingError
from models.refusals import REVISION, SHA256
from models.source import Bundled, Hub
from models.toml_table import Table

_KEYS = ("revision", "sha256", "repo", "file", "kind")


@dataclass(frozen=True, slots=True)
class Pin:
    """What completes a card, and the place it was written at. `repo`, `file` and `kind`: None keeps."""

    place: str
    sha256: str
    revision: str | None = None
    repo: str | None = None
    file: str | None = None
    kind: str | None = None


def pins_of_file(table: Table) -> dict[str, Pin]:
    """Read `[pins.MODEL]` tables.

    Raises BadSettingError.
    """
    return {model: _pin(table.table(model)) for model in table.values}


def pins_of_environment(text: str) -> dict[str, Pin]:
    """Read PATINA_PINS: "MODEL=REVISION:SHA256,…".

    Raises BadSettingError.

    >>> sorted(pins_of_environment(f"denoise-x={'0' * 40}:{'1' * 64}"))
    ['denoise-x']
    """
    pins: dict[str, Pin] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        model, _, hashes = entry.partition("=")
        revision, _, sha256 = hashes.partition(":")
        place = f"PATINA_PINS, '{entry[:60]}'"
        if not REVISION.fullmatch(revision) or not SHA256.fullmatch(sha256):
            raise BadSettingError(
                f"{place} must be MODEL=REVISION:SHA256, with 40 and 64 digits 0-9 a-f. "
                "`python -m models pin MODEL` prints both."
            )
        pins[model] = Pin(place, sha256, revision)
    return pins


def checked_revision(table: Table) -> str | None:
    """Return the revision of a table, 40 digits, or None if it has none.

    Raises BadSettingError.
    """
    return _hexadecimal(table, "revision", 40)


def checked_sha256(table: Table) -> str | None:
    """Return the SHA-256 of a table, 64 digits, or None if it has none.

    Raises BadSettingError.
    """
    return _hexadecimal(table, "sha256", 64)


def completed(card: Card, pin: Pin) -> Card:
    """Return `card` with the pinned weights.

    Raises BadSettingError: it has none that can be pinned, or the pin lacks a part.
    """
    weights = card.weights
    if weights is None or isinstance(weights.source, Bundled):
        raise BadSettingError(f"{pin.place}: '{card.id}' has no weights to pin; remove this entry.")
    source = weights.source
    if isinstance(source, Hub):
        if pin.revision is None:
            raise BadSettingError(
                f'{pin.place} needs revision = "…", 40 digits 0-9 a-f: {card.id} is on the Hub.'
            )
        source = replace(
            source,
            repo=pin.repo or source.repo,
            file=pin.file or source.file,
            revision=pin.revision,
            kind="space" if (pin.kind or source.kind) == "space" else "model",
        )
    known = weights.bytes if pin.sha256 == weights.sha256 else None
    return replace(card, weights=replace(weights, source=source, sha256=pin.sha256, bytes=known))


def check_place(table: Table, repo: str | None, file: str | None) -> None:
    """Refuse what names no file of a repository: it would lead out of the Hub client's cache.

    Raises BadSettingError.
    """
    inside = file is None or not (".." in PurePosixPath(file).parts or file.startswith("/"))
    if (repo is not None and repo.count("/") != 1) or not inside:
        table.refuse(f"needs repo = \"OWNER/NAME\" and a file inside it; found '{repo}' and '{file}'.")


def kind_of(table: Table) -> str | None:
    """Return "model" or "space", or None if the table says nothing.

    Raises BadSettingError.
    """
    kind = table.values.get("kind")
    if kind not in (None, "model", "space"):
        table.refuse(f'needs kind = "model" or "space"; found {kind!r}.')
    return kind


def _pin(table: Table) -> Pin:
    table.only(_KEYS)
    sha256 = checked_sha256(table)
    if sha256 is None:
        table.refuse('needs sha256 = "…", 64 digits 0-9 a-f; `python -m models pin MODEL` reads it.')
    repo, file = (table.optional_text(key, "") or None for key in ("repo", "file"))
    check_place(table, repo, file)
    return Pin(table.place, sha256, checked_revision(table), repo, file, kind_of(table))


def _hexadecimal(table: Table, key: str, digits: int) -> str | None:
    if key not in table.values:
        return None
    value = table.values[key]
    pattern = REVISION if digits == 40 else SHA256
    if not isinstance(value, str) or not pattern.fullmatch(value):
        table.refuse(f"needs {key} of {digits} digits 0-9 a-f; found {value!r}.")
    return value


def apply(pins: Mapping[str, Pin], cards: Mapping[str, Card]) -> dict[str, Card]:
    """Return id → completed card for every pin.

    Raises BadSettingError: a pin for a model that is not there.
    """
    done: dict[str, Card] = {}
    for model, pin in pins.items():
        if model not in cards:
            raise BadSettingError(
                f"{pin.place}: there is no model '{model}' to pin. `python -m models list` shows all."
            )
        done[model] = completed(cards[model], pin)
    return done
