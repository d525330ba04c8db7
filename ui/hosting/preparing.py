"""What ships with Patina is prepared beside the page from its start, so that no visitor waits for it.

Exporting a network and trying its engines takes some ten seconds, and hundreds of megabytes that a process
keeps; the page itself has neither to spare.
"""

from collections.abc import Callable
from threading import Thread

from models import registry
from models.aside import prepare_aside
from models.preparing import unprepared
from models.source import Hub
from models.workshop import Workshop

_NICENESS = 3
"""Half of what others get where they want all; not less, since a person may wait for this very network."""


def begin(
    workshop: Workshop, tell: Callable[[str], object], then: Callable[[], object] = lambda: None
) -> None:
    """Begin to prepare the networks that ship with Patina or lie on its owner's disk; return at once.

    Nothing is begun if all are prepared, PATINA_PREPARE is off, or a GPU was asked for. What was downloaded
    is prepared at its first run. `tell` hears one line if it goes wrong, which changes nothing else: what is
    not prepared here is prepared at its first run. `then` is called when that is over.
    """
    if workshop.settings.prepare and not workshop.settings.device.startswith("cuda"):
        Thread(target=_prepare, args=(workshop, tell, then), daemon=True).start()


def _prepare(workshop: Workshop, tell: Callable[[str], object], then: Callable[[], object]) -> None:
    own = [card for card in registry.cards() if card.weights and not isinstance(card.weights.source, Hub)]
    waiting = [card.id for card in unprepared(own, workshop)]
    try:
        reason = prepare_aside(waiting, niceness=_NICENESS) if waiting else ""
    except OSError as error:  # no process or no memory left
        reason = str(error)
    if reason:
        tell(f"Networks were not all prepared beforehand; each is at its first run. {reason}")
    then()
