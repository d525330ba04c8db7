"""In which order one person sees what: pure, and the same again from the same seed and row."""

from collections.abc import Sequence
from random import Random

from pydantic import BaseModel, ConfigDict

from ratings.judging import Choice
from ratings.studies.design import Design, Item, Kind, Method, Order

_Shown = tuple[Kind, Item]
_SWAPPED = {Choice.LEFT: Choice.RIGHT, Choice.RIGHT: Choice.LEFT}


class Trial(BaseModel):
    """One thing to answer; see `design.Item`. `index` counts from 0."""

    model_config = ConfigDict(frozen=True)

    index: int
    kind: Kind
    stimulus: int
    other: int | None = None
    expected: int | Choice | None = None


def plan(design: Design, row: int) -> tuple[Trial, ...]:
    """Return the trials of the person who is the `row`th to begin, from 0.

    Training comes first. Then the items: in random order, or as the row of a Latin square says; gold and
    trap items stand among them at even distances, in random order. The sides of pairs are random.
    """
    random = Random(f"{design.seed}/{row}")
    items = [(Kind.RATING, each) for each in _ordered(design, row, random)]
    checks = [(Kind.GOLD, each) for each in design.gold] + [(Kind.TRAP, each) for each in design.traps]
    random.shuffle(checks)
    shown = [(Kind.TRAINING, each) for each in design.training] + _spread(items, checks, random)
    return tuple(
        _trial(number, kind, item, design.method, random) for number, (kind, item) in enumerate(shown)
    )


def williams(count: int) -> tuple[tuple[int, ...], ...]:
    """Return the rows of Williams' design for `count` items: balanced for place and for what comes before.

    `count` rows for an even number; twice as many for an odd one, the second half reversed. In all rows
    together each item stands in each place equally often, and follows each other item equally often
    (Williams, Australian Journal of Scientific Research A 2, 1949).

    >>> williams(4)
    ((0, 3, 1, 2), (1, 0, 2, 3), (2, 1, 3, 0), (3, 2, 0, 1))
    """
    first = [(place + 1) // 2 if place % 2 == 0 else count - (place + 1) // 2 for place in range(count)]
    rows = [tuple((each + shift) % count for each in first) for shift in range(count)]
    if count % 2:
        rows += [row[::-1] for row in rows]
    return tuple(rows)


def williams_row(count: int, row: int) -> tuple[int, ...]:
    """Return one row of `williams`, counted round and round, without making the others.

    >>> williams_row(4, 5) == williams(4)[1]
    True
    """
    rows = count if count % 2 == 0 else 2 * count
    place = row % rows
    first = [(each + 1) // 2 if each % 2 == 0 else count - (each + 1) // 2 for each in range(count)]
    shifted = tuple((each + place % count) % count for each in first)
    return shifted if place < count else shifted[::-1]


def _ordered(design: Design, row: int, random: Random) -> list[Item]:
    items = list(design.items)
    if design.order is Order.RANDOM:
        random.shuffle(items)
        return items
    Random(design.seed).shuffle(items)
    return [items[each] for each in williams_row(len(items), row)]


def _spread(items: list[_Shown], among: Sequence[_Shown], random: Random) -> list[_Shown]:
    """Return `items` with one of `among` in each of as many even stretches, anywhere in its stretch."""
    spread = list(items)
    for number, each in reversed(list(enumerate(among))):
        begin = number * len(items) // len(among)
        end = (number + 1) * len(items) // len(among)
        spread.insert(random.randint(begin, end), each)
    return spread


def _trial(number: int, kind: Kind, item: Item, method: Method, random: Random) -> Trial:
    stimulus, other, expected = item.stimulus, item.other, item.expected
    if method is Method.PAIRS and random.random() < 0.5:
        stimulus, other = other, stimulus
        expected = _SWAPPED.get(expected, expected) if isinstance(expected, Choice) else expected
    assert stimulus is not None, "a trial shows something"
    return Trial(index=number, kind=kind, stimulus=stimulus, other=other, expected=expected)
