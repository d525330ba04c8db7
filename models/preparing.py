"""Which networks are here, and which of them still have to be prepared for this machine's CPU."""

from collections.abc import Iterable

from models.card import Card
from models.checkpoints import State
from models.workshop import Workshop


def here(cards: Iterable[Card], workshop: Workshop) -> tuple[Card, ...]:
    """Return those of `cards` that are networks whose weights are on this machine; no request.

    The first of each task come first, then the second of each: what a tab begins with is prepared first.
    """
    places = dict[str, int]()
    found = list[tuple[int, Card]]()
    for card in cards:
        if card.weights is not None and workshop.checkpoints.state(card.id, card.weights) == State.READY:
            places[card.task] = places.get(card.task, 0) + 1
            found.append((places[card.task], card))
    return tuple(card for _, card in sorted(found, key=lambda each: each[0]))


def unprepared(cards: Iterable[Card], workshop: Workshop) -> tuple[Card, ...]:
    """Return those of `here` that were not prepared yet, after some milliseconds and without torch."""
    return tuple(card for card in here(cards, workshop) if not workshop.prepared(card))
