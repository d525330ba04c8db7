"""Nothing of the same input twice in a row, where that can be: orders of inputs, told by their places."""

from collections import Counter
from collections.abc import Sequence
from random import Random


def parted(inputs: Sequence[str], after: str | None = None) -> tuple[int, ...]:
    """Return the places of `inputs` in an order with as few equal neighbours as can be, near their own order.

    `after` is what stands before them all. At each step comes the first that leaves no more equal neighbours
    than the rest must have.

    >>> parted(["harbour", "harbour", "market", "bridge"])
    (0, 2, 1, 3)
    """
    left, order, last = list(range(len(inputs))), list[int](), after
    while left:
        place = _next(left, inputs, last)
        left.remove(place)
        order.append(place)
        last = inputs[place]
    return tuple(order)


def _next(left: Sequence[int], inputs: Sequence[str], last: str | None) -> int:
    """Return the first place that may follow `last`."""
    counts = Counter(inputs[place] for place in left)
    fewest = _repeats_of(counts, last)

    def fits(place: int) -> bool:
        rest = counts - Counter([inputs[place]])
        return (inputs[place] == last) + _repeats_of(rest, inputs[place]) == fewest

    return next(place for place in left if fits(place))


def gap_for(new: str, inputs: Sequence[str], begin: int, end: int, random: Random) -> int:
    """Return before which place `new` goes among `inputs`: at random from `begin` to `end` if it may.

    It may where it leaves as few equal neighbours as it can anywhere; else it goes to the nearest such gap.
    """
    added = [_added_at(gap, new, inputs) for gap in range(len(inputs) + 1)]
    good = [gap for gap, repeats in enumerate(added) if repeats == min(added)]
    near = [gap for gap in good if begin <= gap <= end]
    return random.choice(near) if near else min(good, key=lambda gap: abs(2 * gap - begin - end))


def _repeats_of(counts: Counter[str], last: str | None) -> int:
    """Return how many equal neighbours there must be at least when so many of each input follow `last`."""
    number = counts.total()
    needed = [2 * count - number - (name != last) for name, count in counts.items() if count]
    return max([0, *needed])


def _added_at(gap: int, new: str, inputs: Sequence[str]) -> int:
    """Return how many equal neighbours `new` adds before that place; below 0 where it parts some."""
    before = inputs[gap - 1] if gap > 0 else None
    behind = inputs[gap] if gap < len(inputs) else None
    return (before == new) + (new == behind) - (before == behind is not None)
