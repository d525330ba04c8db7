"""Two engines on the same images: do they agree, and which is faster?"""

from dataclasses import dataclass
from math import inf, isfinite
from time import perf_counter

import numpy as np

from models.method import Generator, Network
from models.runtime.engine import Engine
from models.runtime.probe import Probe, probe

TOLERANCE = 1e-4
"""How far an engine may be from torch, where pixels are in [0, 1]: a fortieth of a step of 8 bits."""

_SIDE, _ODD_SIDE, _TURNS, _ENOUGH_SECONDS = 256, 41, 3, 8.0

_CLEARLY = 2.0
"""Where one takes so many times as long as the other, another turn would not change who is faster."""


@dataclass(frozen=True, slots=True)
class Contest:
    """How a challenger did against the reference: the largest difference, and the least seconds of each,
    since whatever else the machine does only adds to them.

    `difference` is infinite if one gives other shapes, or no finite numbers.
    """

    difference: float
    reference_seconds: float
    challenger_seconds: float

    @property
    def won(self) -> bool:
        """Tell whether the challenger agrees and is faster."""
        return self.difference <= TOLERANCE and self.challenger_seconds < self.reference_seconds


def hold(build: Network | Generator, reference: Engine, challenger: Engine) -> Contest:
    """Run both in turns on about 256 × 256 pixels; compare them there and on a second, small size.

    The comparison warms both up; turns end when one is clearly faster.

    Raises what the engines raise.
    """
    difference = max(_difference(reference, challenger, probe(build, 1, side)) for side in (_ODD_SIDE, _SIDE))
    tried = probe(build, 1, _SIDE)
    began = perf_counter()
    first = second = inf
    for _ in range(_TURNS):
        first = min(first, _seconds(reference, tried))
        second = min(second, _seconds(challenger, tried))
        clear = max(first, second) >= _CLEARLY * min(first, second)
        if clear or perf_counter() - began > _ENOUGH_SECONDS:
            break
    return Contest(difference, first, second)


def _difference(reference: Engine, challenger: Engine, tried: Probe) -> float:
    """Return the largest difference of any output, or infinity if they cannot be compared."""
    expected, given = (engine.run(tried.images, tried.conditions) for engine in (reference, challenger))
    if [one.shape for one in expected] != [one.shape for one in given]:
        return inf
    largest = max(float(np.abs(one - other).max()) for one, other in zip(expected, given, strict=True))
    return largest if isfinite(largest) else inf


def _seconds(engine: Engine, tried: Probe) -> float:
    began = perf_counter()
    engine.run(tried.images, tried.conditions)
    return perf_counter() - began
