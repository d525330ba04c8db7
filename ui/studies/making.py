"""From what an administrator ticks to a study's design: models × pictures, references, traps, training."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from ratings.errors import BadStudyError
from ratings.stimuli import Stimulus
from ratings.studies.crossing import crossed
from ratings.studies.design import Design, Item, Method, read_design
from ui.gallery import Example, Gallery
from ui.studies.holes import holes
from ui.studies.stimuli import Prop


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is wanted: every model on every picture, by ids and the gallery's names.

    `training` of the items are shown beforehand, and `traps` items say themselves what to answer. `gold`
    tells whether the clean references stand among the items as excellent; not where they are items anyway.
    `options` are the design's other parts.
    """

    task: str
    method: Method
    models: frozenset[str]
    pictures: frozenset[str]
    training: int
    traps: int
    gold: bool
    options: dict[str, Any]


def design_of(wish: Wish, prop: Prop, gallery: Gallery, seed: int) -> Design:
    """Return the design; references and trap plates are made on the way.

    Raises BadStudyError: nothing was chosen, or not all of it is made yet. StoreError, StorageError.
    """
    chosen = [
        each
        for each in prop.stimuli.of_task(wish.task)
        if each.contestant.model in wish.models and each.input_name in wish.pictures
    ]
    lacking = holes(wish.task, wish.models, wish.pictures, chosen)
    if lacking.missing:
        raise BadStudyError(lacking.sentence())
    examples = [each for each in gallery.by_task_name(wish.task) if each.id in wish.pictures]
    references = _references(wish, prop, examples)
    items = crossed(wish.method, chosen, references)
    if not items:
        raise BadStudyError(
            "That choice shows nothing: a study needs models and pictures, and pairs need two models of each "
            "picture."
        )
    size = (chosen[0].height, chosen[0].width)
    random = Random(seed)
    gold = [Item(stimulus=each.id, expected=5) for each in references.values()] if _has_gold(wish) else []
    return read_design(
        {
            **wish.options,
            "method": wish.method,
            "seed": seed,
            "items": [each.model_dump() for each in items],
            "training": [each.model_dump() for each in random.sample(items, min(wish.training, len(items)))],
            "gold": [each.model_dump() for each in gold],
            "traps": [
                prop.trap(wish.task, wish.method, size, seed + number).model_dump()
                for number in range(wish.traps)
            ],
        }
    )


def _has_gold(wish: Wish) -> bool:
    return wish.gold and wish.method is Method.ACR


def _references(wish: Wish, prop: Prop, examples: Sequence[Example]) -> dict[str, Stimulus]:
    """Return the clean reference of each picture, where the method shows them."""
    if wish.method not in {Method.ACR_HR, Method.DCR} and not _has_gold(wish):
        return {}
    return {each.id: prop.reference(wish.task, each) for each in examples}
