"""Every model Patina has, in one visible tuple.

To add one, write its file beside its neighbours and name its card here. The order is the order in the tabs.
"""

from collections.abc import Iterable

from models.card import Card, Task
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
)

_BY_ID = index(CARDS)


def cards() -> tuple[Card, ...]:
    """Return all cards, in the order of the tabs."""
    return CARDS


def get(model: str) -> Card:
    """Return the card with the id `model`.

    Raises UnknownModelError: there is none; near names are suggested.
    """
    if model not in _BY_ID:
        raise UnknownModelError(str(model), _BY_ID)
    return _BY_ID[model]


def by_task(task: Task | str) -> tuple[Card, ...]:
    """Return the cards of one task, in the order of its tab."""
    return tuple(card for card in CARDS if card.task == task)


def as_json(card: Card) -> dict[str, object]:
    """Return what scripts learn of a card, in plain JSON types."""
    return {
        "id": card.id,
        "task": str(card.task),
        "method": card.method,
        "title": card.title,
        "ready": True,
        "licence": card.licence,
        "version": card.version,
        "summary": card.summary,
        "paper": card.paper.link if card.paper else None,
        "settings": [
            {"name": control.name, "default": control.default, "accepts": control.expectation()}
            for control in card.controls
        ],
    }
