"""A photo cut into tiles of one shape that overlap, and the weights that blend them back without a seam.

Lengths and places are in pixels. Along each axis neighbouring tiles share at least twice the margin and a
ramp: over the ramp, in the middle of what they share, one fades into the other, so no pixel that counts is
nearer to a tile's cut than the margin. Tiles begin at multiples of the network's step, counted from the
photo's corner, so that strided layers fall on the same pixels in every tile as in the whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.method import Window

RAMP = 16
"""Pixels over which one tile fades into the next."""

Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Demand:
    """What a network asks of its tiles.

    A tile has a `margin` on each inner side, sides that are multiples of `multiple` and at least `least`
    pixels, and about `pixels` pixels at most.
    """

    margin: int
    multiple: int
    least: int
    pixels: int

    @property
    def overlap(self) -> int:
        """How much neighbours share at least."""
        return _up(2 * self.margin + RAMP, self.multiple)

    @property
    def floor(self) -> int:
        """The shortest side a tile has where there are several: it keeps its two ramps apart."""
        return _up(max(2 * self.overlap + 2 * RAMP, self.least), self.multiple)


@dataclass(frozen=True, slots=True)
class Axis:
    """Tiles along one axis: each begins at one of `starts` and is `length` long; [first, last) is written."""

    starts: tuple[int, ...]
    length: int
    first: int
    last: int

    @property
    def seams(self) -> tuple[int, ...]:
        """The middle of what each two neighbours share."""
        return tuple((left + self.length + right) // 2 for left, right in pairwise(self.starts))

    def share(self, number: int) -> tuple[int, int]:
        """Return the [first, last) to which tile `number` adds something."""
        half = RAMP // 2
        first = self.first if number == 0 else self.seams[number - 1] - half
        last = self.last if number == len(self.starts) - 1 else self.seams[number] + half
        return max(first, self.first), min(last, self.last)

    def core(self, number: int) -> tuple[int, int]:
        """Return the [first, last) that lies nearest to the middle of tile `number`; cores do not overlap."""
        cuts = (self.first, *(min(max(seam, self.first), self.last) for seam in self.seams), self.last)
        return cuts[number], cuts[number + 1]

    def weights(self, number: int) -> Weights:
        """Return how much tile `number` counts over its `share`, in [0, 1]; with its neighbours' it is 1."""
        first, last = self.share(number)
        places = np.arange(first, last, dtype=np.float32) + 0.5
        weight = np.ones(last - first, np.float32)
        if number > 0:
            weight *= np.clip((places - self.seams[number - 1]) / RAMP + 0.5, 0, 1)
        if number < len(self.starts) - 1:
            weight *= 1 - np.clip((places - self.seams[number]) / RAMP + 0.5, 0, 1)
        return weight


@dataclass(frozen=True, slots=True)
class Plan:
    """Tiles in rows (`down`) and columns (`across`)."""

    down: Axis
    across: Axis

    @property
    def tile_pixels(self) -> int:
        """Pixels of one tile."""
        return self.down.length * self.across.length

    @property
    def work(self) -> int:
        """Pixels of all tiles together."""
        return self.tile_pixels * self.count

    @property
    def count(self) -> int:
        """How many tiles there are."""
        return len(self.down.starts) * len(self.across.starts)

    def window(self, row: int, column: int) -> Window:
        """Return a tile's place; at the photo's lower and right border it may reach out of it."""
        return Window(self.down.starts[row], self.across.starts[column], self.down.length, self.across.length)


def plan_tiles(size: tuple[int, int], region: Window, demand: Demand) -> Plan:
    """Return the tiles that cover `region` of a photo of `size` (height, width) with the least work.

    Where the demanded `pixels` leave no room beside the overlap, tiles are as small as they may be.
    """
    return min(_candidates(size, region, demand), key=lambda plan: (plan.work, plan.count))


def _candidates(size: tuple[int, int], region: Window, demand: Demand) -> Iterator[Plan]:
    """Yield a plan for every sensible width of a tile: as high as its pixels allow."""
    height, width = size
    rows = (region.top, region.top + region.height, height)
    columns = (region.left, region.left + region.width, width)
    longest = max(demand.pixels // demand.floor, demand.floor)
    previous = 0
    for shorter in range(1, 64):
        across = _axis(*columns, demand, max(longest // shorter, demand.floor))
        if across.length == previous:
            return
        previous = across.length
        yield Plan(_axis(*rows, demand, max(demand.pixels // across.length, demand.floor)), across)
        if len(across.starts) > 1 and across.length <= demand.floor:
            return


def _axis(first: int, last: int, limit: int, demand: Demand, longest: int) -> Axis:
    """Return tiles of at most `longest` that cover [first, last) of an axis of `limit` pixels."""
    begin = max(0, first - demand.margin) // demand.multiple * demand.multiple
    extent = _up(min(limit, last + demand.margin) - begin, demand.multiple)
    longest = longest // demand.multiple * demand.multiple
    if extent <= longest:
        return Axis((begin,), max(extent, _up(demand.least, demand.multiple)), first, last)
    overlap = demand.overlap
    count = -(-(extent - overlap) // (longest - overlap))
    length = max(_up(-(-(extent + (count - 1) * overlap) // count), demand.multiple), demand.floor)
    steps = (extent - length) // demand.multiple
    starts = (begin + number * steps // (count - 1) * demand.multiple for number in range(count))
    return Axis(tuple(starts), length, first, last)


def _up(length: int, multiple: int) -> int:
    """Return the smallest multiple that is at least `length`."""
    return -(-length // multiple) * multiple
