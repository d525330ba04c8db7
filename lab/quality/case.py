"""One damaged photo with its truth, and what a trial is: a kind of damage over many photos."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lab.quality.photos import Material
from models.card import Settings
from models.method import Pixels, Plane

Mask = NDArray[np.bool_]
"""(height, width), true where something holds."""


@dataclass(frozen=True, slots=True)
class Rust:
    """The truth about the rust of a photo; all (height, width) or (height, width, 3).

    `inside` is rust, `outside` is clean; what is neither is too faint to call. `strata` are parts of the
    photo by name that are scored apart. `thickness` X and `pigment` R∞ (linear light) are None where the rust
    is real and nobody knows them.
    """

    inside: Mask
    outside: Mask
    strata: Mapping[str, Mask] = field(default_factory=dict[str, Mask])
    thickness: Pixels | None = None
    pigment: Pixels | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A damaged photo, (height, width, 3) uint8 or float32, and the uint8 `reference` it is scored against.

    A float32 `damaged` may leave [0, 1]. `told` are settings given to every method that has such a control.
    What else is known of the truth serves the ceilings alone: `without_noise` is the photo as `damaged`, but
    for its noise, uint8; `transmission` (height, width) that of its haze.
    """

    name: str
    damaged: Pixels
    reference: Pixels
    told: Settings = field(default_factory=dict[str, float])
    rust: Rust | None = None
    without_noise: Pixels | None = None
    transmission: Plane | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """A kind of damage: `says` in a sentence how it was made; `cases` makes it, one photo after another."""

    id: str
    title: str
    says: str
    cases: Callable[[Material], Iterator[Case]]
