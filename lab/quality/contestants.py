"""Who is measured: doing nothing, every method that can run here, comparisons, the ceilings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lab.quality import ceilings, ffdnet
from lab.quality.case import Case, Mask
from lab.quality.photos import to_bytes
from models import pixels, registry
from models.card import Card, Task
from models.checkpoints import State
from models.errors import BadSettingError, NotReadyError
from models.method import Pixels
from models.runner import restore
from models.workshop import Workshop

MASK_STAGE = "rust-mask"
"""The stage in which a method shows where it found rust."""

Kind = Literal["nothing", "classical", "network", "ceiling", "comparison"]
"""A comparison is a method from elsewhere, which Patina does not have."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a contestant made of a case: (h, w, 3) uint8, the mask if it shows one, seconds and device."""

    image: Pixels
    mask: Mask | None = None
    seconds: float | None = None
    device: str = "cpu"


@dataclass(frozen=True, slots=True)
class Contestant:
    """`answer(case)` returns None where it has nothing to say; it raises ModelsError where it fails."""

    id: str
    title: str
    kind: Kind
    answer: Callable[[Case], Answer | None]


NOTHING = Contestant(
    "nothing", "Doing nothing", "nothing", lambda case: Answer(to_bytes(np.asarray(case.damaged)))
)


def choose(task: Task, names: Sequence[str] | None, workshop: Workshop) -> tuple[list[Card], list[Card]]:
    """Return the cards to measure, and those of the task that cannot run here; `names` None means all.

    Raises UnknownModelError, with near names; BadSettingError: a name of another task; NotReadyError: a named
    model cannot run here yet.
    """
    asked = registry.by_task(task) if names is None else tuple(registry.get(name) for name in names)
    for card in asked:
        if card.task != task:
            raise BadSettingError(
                f"'{card.id}' is for {card.task}, not for {task}; `python -m models list --task {task}` "
                "shows those that are."
            )
    states = {card.id: workshop.checkpoints.state(card.id, card.weights) for card in asked}
    waiting = [card for card in asked if states[card.id] != State.READY]
    if names is not None and waiting:
        card = waiting[0]
        step = "pin" if states[card.id] == State.NOT_PINNED else "fetch"
        raise NotReadyError(
            f"'{card.id}' cannot run here yet: its weights are {states[card.id].replace('-', ' ')}. "
            f"`python -m models {step} {card.id}` is the next step."
        )
    return [card for card in asked if states[card.id] == State.READY], waiting


def contestants(task: Task, cards: Sequence[Card], workshop: Workshop) -> list[Contestant]:
    """Return doing nothing, then every card, networks first, then what is compared, then the ceilings."""
    cards = sorted(cards, key=lambda card: card.method != "network")
    methods = [
        Contestant(card.id, card.title, card.method, lambda case, card=card: _restored(card, case, workshop))
        for card in cards
    ]
    tops = [
        Contestant(f"ceiling-{each.id}", each.title, "ceiling", lambda case, each=each: _ceiling(each, case))
        for each in ceilings.CEILINGS[task]
    ]
    return [NOTHING, *methods, *_comparisons(task), *tops]


def _comparisons(task: Task) -> list[Contestant]:
    """Return methods from elsewhere whose weights are installed; see `lab.quality.ffdnet`."""
    path = ffdnet.weights() if task == Task.DENOISE else None
    if path is None:
        return []
    restore_by = ffdnet.restorer(path)

    def answer(case: Case) -> Answer:
        image, seconds = restore_by(case)
        return Answer(image, None, seconds)

    return [Contestant(ffdnet.ID, ffdnet.TITLE, "comparison", answer)]


def _restored(card: Card, case: Case, workshop: Workshop) -> Answer:
    own = {control.name for control in card.controls}
    run = restore(
        card.id,
        pixels.from_array(np.ascontiguousarray(case.damaged)),
        {name: value for name, value in case.told.items() if name in own},
        stages=case.rust is not None and MASK_STAGE in (card.stages or {}),
        workshop=workshop,
    )
    mask = next((stage.image > 127 for stage in run.stages if stage.slug == MASK_STAGE), None)
    steps = run.provenance.steps
    seconds = sum(steps.get(step, 0) for step in ("preprocess", "method"))
    return Answer(to_bytes(run.picture.pixels), mask, seconds, run.provenance.device)


def _ceiling(ceiling: ceilings.Ceiling, case: Case) -> Answer | None:
    image = ceiling.restore(case)
    return None if image is None else Answer(image)
