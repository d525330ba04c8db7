"""Which models can run here: what the Models tab tells of each, and what the restore tabs offer."""

from dataclasses import dataclass

from models import registry
from models.card import Card, Task
from models.checkpoints import State
from models.errors import DeviceError
from models.workshop import Workshop

RUNNABLE = (State.READY, State.TO_DOWNLOAD)
"""States in which a model can be asked to run: what is not here yet is fetched at its first run."""

CLASSICAL_DEVICE = "cpu"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a model stands on this machine.

    `size` is that of its weights' file in bytes, None if unknown; `memory` is how many bytes its loaded
    network holds, None if it is not loaded; `speed` is in seconds per megapixel (10⁶ pixels), as measured on
    the device it would run on, None if it never ran there.
    """

    card: Card
    state: State
    size: int | None = None
    memory: int | None = None
    speed: float | None = None


def state(card: Card, workshop: Workshop) -> State:
    """Say what stands between `card` and its first run; no request."""
    return workshop.checkpoints.state(card.id, card.weights)


def standing(card: Card, workshop: Workshop) -> Standing:
    """Return all that is known here of `card`; no request, nothing is loaded."""
    return Standing(
        card,
        state(card, workshop),
        workshop.checkpoints.size(card.weights),
        workshop.rack.memory(workshop.key(card)),
        workshop.speeds.seconds_per_megapixel(card.id, _device(card, workshop)),
    )


def runnable(task: Task | str, workshop: Workshop) -> tuple[Standing, ...]:
    """Return the models of `task` that can be asked to run, in the order of the registry."""
    known = (
        Standing(card, state(card, workshop), workshop.checkpoints.size(card.weights))
        for card in registry.by_task(task)
    )
    return tuple(each for each in known if each.state in RUNNABLE)


def _device(card: Card, workshop: Workshop) -> str:
    """Return how speeds name the device that `card` runs on here; one that is lost has no speeds."""
    if card.method == "classical":
        return CLASSICAL_DEVICE
    from models.runtime import device

    try:
        return device.describe(workshop.device)
    except DeviceError:
        return ""
