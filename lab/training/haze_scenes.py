"""Hazy scenes for the lesson of haze: a photo, the air before it, and the two together.

The density of the haze is mostly not tied to what a photo shows: its depth is made up, or borrowed from
another photo. Air is made on a coarse grid, since it is smooth: that is what makes it fast.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lab.degradations import depth, haze
from lab.degradations.fields import Size, fractional_brownian
from lab.training import depth_files
from lab.training.album import Photo
from models.classical.airlight import SHORT_SIDE, airlight_of
from models.method import Pixels

_GRID = 96
"""Short side of the grid on which made-up air is drawn."""

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Climate:
    """What haze there is; ranges are (least, most), drawn from evenly.

    `beta` is its density, `airlight` its brightness. The photo is darkened by a `gamma` before the haze comes
    on, on the share `dim` of the scenes. `indoor` haze is one of rooms, of which the share `filled` is full
    of it from the farthest place to near the lens.
    """

    beta: Range
    airlight: Range
    gamma: Range
    dim: float
    indoor: bool
    filled: float = 0.5


@dataclass(frozen=True, slots=True)
class Air:
    """Haze before a photo: `transmission` (rows, columns) float32 on a grid, `airlight` A (3,) float32."""

    transmission: Pixels
    airlight: NDArray[Any]

    def over(self, size: Size) -> Pixels:
        """Return the transmission (height, width) of a photo of `size`."""
        return cv2.resize(self.transmission, size[::-1], interpolation=cv2.INTER_LINEAR)

    def before(self, clear: Pixels) -> Pixels:
        """Return the hazy photo of `clear`, both (h, w, 3) float32."""
        return haze.lay(clear, self.over(clear.shape[:2]), self.airlight)

    def cleared(self) -> "Air":
        """Return air of the same colour without any haze."""
        return Air(np.ones_like(self.transmission), self.airlight)

    def told(self, clear: Pixels) -> NDArray[Any]:
        """Return the airlight, (3,) float32, that the hazy photo is taken to have by someone who looks."""
        return airlight_of(self.before(reduced(clear, SHORT_SIDE)))


def reduced(image: Pixels, short_side: int) -> Pixels:
    """Return `image` (h, w, …) reduced to `short_side`; a smaller one as it is."""
    scale = short_side / min(image.shape[:2])
    if scale >= 1:
        return image
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def darkened(image: Pixels, climate: Climate, rng: np.random.Generator) -> Pixels:
    """Return `image` (h, w, 3) uint8 as float32 in [0, 1], darkened as often and much as `climate` says."""
    gamma = rng.uniform(*climate.gamma) if rng.random() < climate.dim else 1.0
    return (np.linspace(0, 1, 256) ** gamma).astype(np.float32)[image]


def air(photo: Photo, lenders: Sequence[Photo], climate: Climate, rng: np.random.Generator) -> Air:
    """Return random haze before `photo`, whose depth is its own, where it was measured, in rooms.

    `lenders` are photos whose measured depth other photos may borrow.
    """
    inverse = _inverse_depth(photo, lenders, climate, rng)
    beta = rng.uniform(*climate.beta)
    if rng.random() < 0.5:  # in banks, wider than high
        banks = fractional_brownian(inverse.shape, rng, hurst=0.9, largest=0.7, stretch=0.5)
        beta = beta * np.exp(rng.uniform(0, 0.3) * banks)
    if climate.indoor and rng.random() >= climate.filled:
        distance = depth.distance_of(inverse, rng.uniform(1.5, 6))
        transmission = haze.indoor_transmission_of(distance, beta)
    else:
        transmission = haze.transmission_of(inverse, beta)
    settings = {"airlight": rng.uniform(*climate.airlight), "warmth": 0.03 * rng.standard_normal()}
    return Air(transmission.astype(np.float32), haze.made_airlight(3, rng, settings).astype(np.float32))


def _inverse_depth(
    photo: Photo, lenders: Sequence[Photo], climate: Climate, rng: np.random.Generator
) -> Pixels:
    """Return inverse depth on a grid of about the photo's proportion, or of the lender's."""
    if climate.indoor and depth_files.has_depth(photo.path):
        return depth_files.inverse_depth(photo.path)
    if lenders and rng.random() < 0.3:
        borrowed = depth_files.inverse_depth(lenders[int(rng.integers(len(lenders)))].path)
        return borrowed[:, ::-1] if rng.random() < 0.5 else borrowed
    scenes = ("room", "mixed", "cloud", "ramp") if climate.indoor else ("horizon", "ramp", "cloud", "mixed")
    scene: depth.Scene = scenes[int(rng.integers(len(scenes)))]
    return depth.inverse_depth(_grid(photo.pixels.shape[:2]), rng, scene=scene, line=rng.uniform(0, 0.7))


def _grid(size: Size) -> Size:
    scale = min(1.0, _GRID / min(size))
    return max(2, round(size[0] * scale)), max(2, round(size[1] * scale))
