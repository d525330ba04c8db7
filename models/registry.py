"""Every model Patina has, in one visible tuple.

To add one, write its file beside its neighbours and name its card here. The order is the order in the tabs.
An entry point adds the user's own with `admit`, once, before anything is asked.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from models.architectures.bundled import CARDS as ON_BOARD
from models.architectures.cards import CARDS as PUBLISHED
from models.architectures.gans import CARDS as GENERATORS
from models.card import Card, Task
from models.checkpoints import State
from models.classical import (
    bilateral,
    clahe,
    colour_attenuation,
    dark_channel,
    gaussian,
    inpaint,
    mean,
    median,
    nlm,
    unmixing,
    wavelet,
)
from models.errors import UnknownModelError
from models.source import Bundled, Hub, Weights


def index(cards: Iterable[Card]) -> dict[str, Card]:
    """Return id → card.

    Raises ValueError: two cards have the same id, or an id does not begin with its task.
    """
    by_id: dict[str, Card] = {}
    for card in cards:
        if card.id in by_id:
            raise ValueError(f"Two cards have the id '{card.id}'; ids must be unique.")
        if not card.id.startswith(f"{card.task}-"):
            raise ValueError(f"The id '{card.id}' must begin with its task, '{card.task}-'.")
        by_id[card.id] = card
    return by_id


CARDS: tuple[Card, ...] = (
    *ON_BOARD,
    *GENERATORS,
    nlm.CARD,
    wavelet.CARD,
    bilateral.CARD,
    dark_channel.CARD,
    colour_attenuation.CARD,
    clahe.CARD,
    unmixing.CARD,
    inpaint.CARD,
    *median.CARDS,
    *mean.CARDS,
    *gaussian.CARDS,
    *PUBLISHED,
)


_CATALOGUE = MappingProxyType(index(CARDS))


class _Shelf:
    """The cards that are asked for: those above, and the user's own."""

    def __init__(self) -> None:
        self.by_id = dict(_CATALOGUE)


_SHELF = _Shelf()


def admit(own: Iterable[Card]) -> None:
    """Add cards at the end, or in place of those with the same id.

    Raises ValueError, and changes nothing: the rules of `index` are broken.
    """
    _SHELF.by_id = {**_SHELF.by_id, **index(own)}


def cards() -> tuple[Card, ...]:
    """Return all cards, in the order of the tabs."""
    return tuple(_SHELF.by_id.values())


def known() -> Mapping[str, Card]:
    """Return id → card of those that come with Patina, whatever was admitted."""
    return _CATALOGUE


def get(model: str) -> Card:
    """Return the card with the id `model`.

    Raises UnknownModelError: there is none; near names are suggested.
    """
    by_id = _SHELF.by_id
    if model not in by_id:
        raise UnknownModelError(str(model), by_id)
    return by_id[model]


def by_task(task: Task | str) -> tuple[Card, ...]:
    """Return the cards of one task, in the order of its tab."""
    return tuple(card for card in cards() if card.task == task)


def as_json(card: Card, state: State) -> dict[str, object]:
    """Return what scripts learn of a card and of the state of its weights, in plain JSON types."""
    return {
        "id": card.id,
        "task": str(card.task),
        "method": card.method,
        "title": card.title,
        "ready": state == State.READY,
        "state": str(state),
        "licence": card.licence,
        "version": card.version,
        "summary": card.summary,
        "paper": card.paper.link if card.paper else None,
        "takes_hint": card.takes_hint,
        "weights": _weights_as_json(card.weights) if card.weights else None,
        "settings": [
            {"name": control.name, "default": control.default, "accepts": control.expectation()}
            for control in card.controls
        ],
    }


def _weights_as_json(weights: Weights) -> dict[str, object]:
    source = weights.source
    if isinstance(source, Hub):
        place = {"source": "hub", "repo": source.repo, "kind": source.kind, "file": source.file}
    elif isinstance(source, Bundled):
        place = {"source": "bundled", "file": source.file}
    else:
        place = {"source": "disk", "file": source.path.name}
    return {
        **place,
        "revision": source.revision if isinstance(source, Hub) else None,
        "sha256": weights.sha256,
        "bytes": weights.bytes,
        "licence": weights.licence,
        "trained_on": weights.trained_on,
    }
