"""What a network is tried on: random numbers that are the same each time, in a size it accepts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.method import Generator, Network

_CONDITION = 1.0
"""What every control of a network is set to: in reach of airlights (0 to 1), noise levels (0 to 255) and
qualities (1 to 100)."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What `Engine.run` is called with."""

    images: NDArray[Any]
    conditions: tuple[float, ...]


def probe(build: Network | Generator, count: int, side: int) -> Probe:
    """Return `count` images of about `side` × `side` pixels or a little more; latents for a generator.

    For a network that takes a hint each has its own random one as a fourth plane.
    Height and width differ, so that nothing can mistake one for the other.

    >>> probe(Network(module="a:b", field_of_view=1, multiple_of=8), 1, 41).images.shape
    (1, 3, 48, 56)
    """
    random = np.random.default_rng(0)
    if isinstance(build, Generator):
        latents = random.standard_normal((count, build.latent), np.float32)
        return Probe(latents, (0.0,) if build.classes else ())
    step = build.multiple_of
    height = -(-max(side, build.least_side) // step) * step
    images = random.random((count, 3, height, height + step), np.float32)
    if build.hint:
        marks = random.integers(-1, 2, (count, 1, height, height + step)).astype(np.float32)
        images = np.concatenate((images, marks), axis=1)
    return Probe(images, (_CONDITION,) * len(build.conditions))
