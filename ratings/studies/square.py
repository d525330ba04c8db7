"""Rows of Latin squares in which neighbours are of different inputs: numbers in, numbers out.

The items sit round a circle. A step is free if from no seat it leads to another item of the same input. A
walk visits each seat once, by free steps alone; each row is this walk begun at another seat. So each item
stands once in each place, and no row has an input twice in a row.

Where all inputs differ, every step is free and the walk is that of Williams (Australian Journal of Scientific
Research A 2, 1949): rows forwards and backwards have each item after each other equally often. Else his walk
is mended where a step is not free, and free steps are taken as evenly as that leaves it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from random import Random

import numpy as np
from numpy.typing import NDArray

_Numbers = NDArray[np.intp]
_Truths = NDArray[np.bool_]


def row_of_square(inputs: Sequence[str], row: int, seed: int) -> tuple[int, ...]:
    """Return the order in which the `row`th person sees items of these `inputs`, as places in `inputs`.

    Every n rows, from a multiple of n = len(inputs), are a Latin square, and every second of these squares
    is the one before it read backwards, its rows in another order. After two squares the items change seats.

    If one input has more than half of the items there is no such square: its items and the others take
    turns, each rotating among their own, and it follows itself only as often as it must.

    >>> row_of_square(["harbour", "harbour", "market", "market"], 0, seed=1)
    (1, 2, 0, 3)
    """
    count = len(inputs)
    if 2 * max(Counter(inputs).values()) > count:
        return _taking_turns(_by_input(inputs, Random(f"seats/{seed}")), row)
    square, place = divmod(row, count)
    groups = _by_input(inputs, Random(f"seats/{seed}/{square // 2}"))
    seats, walk = _circle(tuple(map(len, groups)))
    waiting = [iter(group) for group in groups]
    seated = [next(waiting[group]) for group in seats]
    first = Random(f"rows/{seed}/{square}").sample(range(count), count)[place]
    order = tuple(seated[(first + step) % count] for step in walk)
    return order if square % 2 == 0 else order[::-1]


def _taking_turns(groups: Sequence[Sequence[int]], row: int) -> tuple[int, ...]:
    """Return the first group with each of the others in a gap of its own; both rotate from row to row."""
    many, few = groups[0], [each for group in groups[1:] for each in group]
    order = _rotated(many, row)
    for number, each in reversed(list(enumerate(_rotated(few, row)))):
        order.insert(1 + number * (len(many) - 1) // len(few), each)
    return tuple(order)


def _by_input(inputs: Sequence[str], random: Random) -> list[list[int]]:
    """Return the items of each input in random order, the most frequent input first."""
    groups: dict[str, list[int]] = {}
    for number in random.sample(range(len(inputs)), len(inputs)):
        groups.setdefault(inputs[number], []).append(number)
    return sorted(groups.values(), key=len, reverse=True)


@lru_cache(maxsize=64)
def _circle(sizes: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return which group has each seat, and the walk round them, for groups of these `sizes`.

    The largest comes first and has at most half of the seats: so neighbours on the circle differ.
    """
    seatings = [(seats, _free(seats)) for seats in _seatings(sizes)]
    seats, free = max(seatings, key=lambda seating: _freedom(seating[1]))
    assert free[1], "neighbours on the circle differ"
    mended = [_mended(walk, free) for walk in _walks(len(seats))]
    walk = min((each for each in mended if each is not None), key=_unevenness)
    return seats, tuple(walk.tolist())


def _seatings(sizes: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield ways to seat groups: each on every second seat, and one of each in turn."""
    members = [group for group, size in enumerate(sizes) for _ in range(size)]
    seats = [*range(0, len(members), 2), *range(1, len(members), 2)]
    yield tuple(group for _, group in sorted(zip(seats, members, strict=True)))
    yield tuple(group for turn in range(sizes[0]) for group, size in enumerate(sizes) if size > turn)


def _free(seats: Sequence[int]) -> _Truths:
    """Return for each step, from 0, whether it always leads to another group."""
    groups = np.array(seats)
    return np.array([not np.any(groups == np.roll(groups, -step)) for step in range(len(groups))])


def _freedom(free: _Truths) -> int:
    """Return how many steps are free; none where neighbours on the circle are of one group."""
    return int(free.sum()) if free[1] else 0


def _walks(count: int) -> Iterator[_Numbers]:
    """Yield walks to begin with: Williams', one by odd steps where there is one, and straight on."""
    places = np.arange(count)
    yield np.where(places % 2 == 0, places // 2, count - (places + 1) // 2)
    if count % 2 == 0:
        yield np.where(places % 2 == 0, places, count - places)
    yield places


def _mended(walk: _Numbers, free: _Truths) -> _Numbers | None:
    """Return `walk` with its unfree steps replaced, by turning stretches of it round; None if that fails."""
    walk, count = walk.copy(), len(walk)
    for place in range(count - 1):
        if not free[(walk[place + 1] - walk[place]) % count]:
            other = _turning_point(walk, place, free)
            if other is None:
                return None
            begin, end = min(place, other) + 1, max(place, other) + 1
            walk[begin:end] = walk[begin:end][::-1].copy()
    return walk


def _turning_point(walk: _Numbers, place: int, free: _Truths) -> int | None:
    """Return the step that is best replaced together with that from `place`; None if there is none.

    Both new steps must be free. Best mends another unfree one, then takes those seldom taken: a step and its
    reverse are the same, since rows are read both ways.
    """
    count = len(walk)
    length = _lengths(count)
    taken = np.bincount(length[np.diff(walk) % count], minlength=count)
    others = np.delete(np.arange(count - 1), place)
    begin, end = np.minimum(others, place), np.maximum(others, place)
    one, two = (walk[end] - walk[begin]) % count, (walk[end + 1] - walk[begin + 1]) % count
    old = (walk[others + 1] - walk[others]) % count
    possible = free[one] & free[two]
    if not possible.any():
        return None
    cost = taken[length[one]] + taken[length[two]] - count * ~free[old]
    return int(others[possible][np.argmin(cost[possible])])


def _lengths(count: int) -> _Numbers:
    """Return how long each step is, from 0: as long as the one back."""
    return np.minimum(np.arange(count), count - np.arange(count))


def _unevenness(walk: _Numbers) -> int:
    """Return the sum of squares of how often steps of each length are taken."""
    taken = np.bincount(_lengths(len(walk))[np.diff(walk) % len(walk)])
    return int(np.sum(taken**2))


def _rotated(items: Sequence[int], by: int) -> list[int]:
    return [items[(place + by) % len(items)] for place in range(len(items))]
