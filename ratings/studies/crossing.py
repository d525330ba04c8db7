"""Every model on every picture, as the items of a study."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from ratings.stimuli import Stimulus
from ratings.studies.design import Item, Method


def crossed(
    method: Method, chosen: Sequence[Stimulus], references: Mapping[str, Stimulus]
) -> tuple[Item, ...]:
    """Return the items that show `chosen`: each alone, beside its clean reference, or two of one input.

    `references` are the clean pictures by the inputs' names; where `method` hides them they are items, too.
    """
    if method is Method.PAIRS:
        return tuple(
            Item(stimulus=left.id, other=right.id)
            for left, right in combinations(chosen, 2)
            if left.input_sha256 == right.input_sha256 and left.contestant_id != right.contestant_id
        )
    if method is Method.DCR:
        return tuple(
            Item(stimulus=each.id, other=references[each.input_name].id)
            for each in chosen
            if each.input_name is not None and each.input_name in references
        )
    hidden = tuple(references.values()) if method is Method.ACR_HR and chosen else ()
    return tuple(Item(stimulus=each.id) for each in (*chosen, *hidden))
