"""Networks are prepared beside the page, in a process of its own, so that nobody waits for it.

Exporting a network and trying its engines takes some ten seconds and 300 MB that a process keeps; the page
itself has neither to spare. Whoever runs a network meanwhile waits for its turn, as between any processes.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import models
from models import registry
from models.preparing import unprepared
from models.source import Hub
from models.workshop import Workshop

_HOUSE = Path(models.__file__).parents[1]


def prepare_aside(workshop: Workshop, tell: Callable[[str], object]) -> None:
    """Begin to prepare the networks that ship with Patina or lie on its owner's disk; return at once.

    Nothing is begun if all are prepared, PATINA_PREPARE is off, or a GPU was asked for. What was downloaded
    is prepared at its first run. `tell` hears one line if it goes wrong, which changes nothing else: what is
    not prepared here is prepared at its first run. The process has the environment of this one, and ends
    with it, however that ends.
    """
    if workshop.settings.prepare and not workshop.settings.device.startswith("cuda"):
        Thread(target=_prepare, args=(workshop, tell), daemon=True).start()


def _prepare(workshop: Workshop, tell: Callable[[str], object]) -> None:
    own = [card for card in registry.cards() if card.weights and not isinstance(card.weights.source, Hub)]
    waiting = unprepared(own, workshop)
    if not waiting:
        return
    try:
        reason = _failure([card.id for card in waiting])
    except OSError as error:  # no process or no memory left
        reason = str(error)
    if reason:
        tell(f"Networks were not all prepared beforehand; each is at its first run. {reason}")


def _failure(ids: list[str]) -> str:
    """Prepare these networks in another process; return the last line it said if it failed, else "".

    Raises OSError: it cannot be started.
    """
    command = [sys.executable, "-m", "models", "prepare", "--background", *ids]
    with subprocess.Popen(  # noqa: S603 # our own program
        command,
        cwd=_HOUSE,
        stdin=subprocess.PIPE,  # nothing is written: it is open as long as we are here
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the page
    ) as process:
        assert process.stderr is not None
        last = process.stderr.read().decode(errors="replace").strip().rpartition("\n")[2]
        code = process.wait()
    return (last or f"The process ended with code {code}.") if code else ""
