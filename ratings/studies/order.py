"""In which order one person sees what: pure, and the same again from the same seed, row and inputs."""

from collections.abc import Mapping, Sequence
from random import Random

from pydantic import BaseModel, ConfigDict

from ratings.judging import Choice
from ratings.studies.design import Design, Item, Kind, Method, Order
from ratings.studies.neighbours import gap_for, parted
from ratings.studies.square import row_of_square

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


def plan(design: Design, row: int, inputs: Mapping[int, str]) -> tuple[Trial, ...]:
    """Return the trials of the person who is the `row`th to begin, from 0.

    `inputs` tells the input that each stimulus was made from: the same is never shown twice in a row where
    that can be. Training comes first. Then the items, in random order or as the row of a Latin square says;
    gold and trap items stand among them at even distances, in random order. The sides of pairs are random.
    """
    random = Random(f"{design.seed}/{row}")
    items = [(Kind.RATING, each) for each in _ordered(design, row, inputs, random)]
    checks = [(Kind.GOLD, each) for each in design.gold] + [(Kind.TRAP, each) for each in design.traps]
    random.shuffle(checks)
    main = _spread(items, checks, inputs, random)
    training = [(Kind.TRAINING, each) for each in _beforehand(design.training, main[0][1], inputs)]
    return tuple(
        _trial(number, kind, item, design.method, random)
        for number, (kind, item) in enumerate([*training, *main])
    )


def _ordered(design: Design, row: int, inputs: Mapping[int, str], random: Random) -> list[Item]:
    items = list(design.items)
    if design.order is Order.RANDOM:
        random.shuffle(items)
        return [items[place] for place in parted(_inputs_of(items, inputs))]
    return [items[place] for place in row_of_square(_inputs_of(items, inputs), row, design.seed)]


def _spread(
    items: list[_Shown], among: Sequence[_Shown], inputs: Mapping[int, str], random: Random
) -> list[_Shown]:
    """Return `items` with one of `among` in each of as many even stretches, anywhere in its stretch."""
    spread = list(items)
    for number, each in reversed(list(enumerate(among))):
        begin = number * len(items) // len(among)
        end = (number + 1) * len(items) // len(among)
        shown = _inputs_of([item for _, item in spread], inputs)
        spread.insert(gap_for(inputs[each[1].stimulus], shown, begin, end, random), each)
    return spread


def _beforehand(training: Sequence[Item], first: Item, inputs: Mapping[int, str]) -> list[Item]:
    """Return the training as it was put, or near it, so that it parts from the `first` item behind it."""
    behind = training[::-1]
    order = parted(_inputs_of(behind, inputs), inputs[first.stimulus])
    return [behind[place] for place in order][::-1]


def _inputs_of(items: Sequence[Item], inputs: Mapping[int, str]) -> list[str]:
    return [inputs[each.stimulus] for each in items]


def _trial(number: int, kind: Kind, item: Item, method: Method, random: Random) -> Trial:
    stimulus, other, expected = item.stimulus, item.other, item.expected
    if method is Method.PAIRS and random.random() < 0.5:
        stimulus, other = other, stimulus
        expected = _SWAPPED.get(expected, expected) if isinstance(expected, Choice) else expected
    assert stimulus is not None, "a trial shows something"
    return Trial(index=number, kind=kind, stimulus=stimulus, other=other, expected=expected)
