"""Haze over a clean photo: I = J·t + A·(1 − t) (Koschmieder 1924).

As in the dehazing benchmarks, J, I and A are the file's own (sRGB) values. Transmission t comes from a made
depth, so that the density of the haze is not tied to what the photo shows, or from a measured one.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np

from lab.degradations.degradation import Degradation
from lab.degradations.depth import SCENES, Scene, inverse_depth
from lab.degradations.fields import Size, fractional_brownian
from lab.degradations.finish import JPEG, NOISE, finish
from lab.degradations.unit import to_unit
from models.card import Control, Settings, Task
from models.method import Pixels


@dataclass(frozen=True, slots=True)
class Hazy:
    """A hazy photo and the truth about it.

    `image` has the clean photo's shape and dtype; `transmission` is (height, width) float64 in (0, 1];
    `airlight` is (3,) or (1,) float64 in [0, 1].
    """

    image: Pixels
    transmission: Pixels
    airlight: Pixels


def lay(clean: Pixels, transmission: Pixels, airlight: Pixels) -> Pixels:
    """Return I = J·t + A·(1 − t) of `clean` J (h, w, c), `transmission` t (h, w) and `airlight` A (c,).

    >>> lay(np.full((1, 1, 3), 0.2), np.full((1, 1), 0.5), np.ones(3)).ravel().tolist()
    [0.6, 0.6, 0.6]
    """
    t = transmission[..., None]
    return clean * t + airlight * (1 - t)


def transmission_of(inverse: Pixels, beta: float | Pixels) -> Pixels:
    """Return t = exp(−2β(1 − d_inv)) of inverse depth in [0, 1]; `beta` ≥ 0 is the density of the haze."""
    return np.exp(-2 * beta * (1 - inverse))


def indoor_transmission_of(distance: Pixels, beta: float | Pixels) -> Pixels:
    """Return t = exp(−β·d) of `distance` d ≥ 0, in units of the farthest."""
    return np.exp(-beta * distance)


def make(image: Pixels, settings: Settings, seed: int, inverse: Pixels | None = None) -> Hazy:
    """Lay haze over `image` (h, w, 1 or 3; uint8, uint16 or float32); see `CONTROLS` for `settings`.

    `inverse` is the photo's own inverse depth (h, w), instead of the scene that `settings` name.
    """
    clean = to_unit(image)
    scene_rng, colour_rng, noise_rng = (np.random.default_rng([seed, part]) for part in range(3))
    transmission = made_transmission(clean.shape[:2], scene_rng, settings, inverse)
    airlight = made_airlight(clean.shape[2], colour_rng, settings)
    hazy = lay(clean ** float(settings["gamma"]), transmission, airlight)
    noise, jpeg = float(settings["noise"]), int(settings["jpeg"])
    return Hazy(finish(hazy, image, noise_rng, noise=noise, jpeg=jpeg), transmission, airlight)


def degrade(image: Pixels, settings: Settings, seed: int) -> Pixels:
    """Return the hazy image alone, same shape and dtype."""
    return make(image, settings, seed).image


def made_transmission(
    size: Size, rng: np.random.Generator, settings: Settings, inverse: Pixels | None = None
) -> Pixels:
    """Return transmission (height, width) after `settings`, for a made scene or the given `inverse` depth."""
    if inverse is None:
        scene = cast("Scene", settings["scene"])
        inverse = inverse_depth(size, rng, scene=scene, line=float(settings["horizon"]))
    banks = fractional_brownian(size, rng, hurst=0.9, largest=0.7, stretch=0.5)
    return transmission_of(inverse, float(settings["beta"]) * np.exp(float(settings["patches"]) * banks))


def made_airlight(channels: int, rng: np.random.Generator, settings: Settings) -> Pixels:
    """Return A: grey, tinted by up to ±0.025 a channel by the seed, and by the warmth that was asked for."""
    airlight = np.full(channels, float(settings["airlight"]))
    if channels == 3:
        airlight += rng.uniform(-0.025, 0.025, 3) + np.array([1, 0, -1]) * float(settings["warmth"])
    return np.clip(airlight, 0, 1)


CONTROLS = (
    Control(
        name="beta",
        label="Density",
        kind="number",
        default=0.9,
        maximum=3,
        step=0.05,
        help="β in t = exp(−2β(1 − d)), d = 1 nearest; 0 is clear air, 0.3 light, 1.5 dense.",
    ),
    Control(
        name="airlight",
        label="Airlight",
        kind="number",
        default=0.85,
        step=0.01,
        help="Brightness of the haze itself.",
    ),
    Control(
        name="warmth",
        label="Warmth",
        kind="number",
        default=0.0,
        minimum=-0.15,
        maximum=0.15,
        step=0.01,
        help="Added to the airlight's red and taken from its blue; below 0 it is cold.",
    ),
    Control(
        name="scene",
        label="Scene",
        kind="choice",
        default="horizon",
        choices=SCENES,
        help="The depth the haze follows: ground up to a horizon, a ramp, a cloud, ground with cloud, "
        "or a room.",
    ),
    Control(
        name="horizon",
        label="Horizon",
        kind="number",
        default=0.4,
        maximum=0.9,
        step=0.01,
        help="Where ground meets sky, from the top (0) down; used by horizon and mixed.",
    ),
    Control(
        name="patches",
        label="Patchiness",
        kind="number",
        default=0.0,
        step=0.05,
        help="How unevenly the haze lies: standard deviation of the logarithm of β.",
    ),
    Control(
        name="gamma",
        label="Darkening",
        kind="number",
        default=1.0,
        minimum=1,
        maximum=3,
        step=0.1,
        help="The clean photo is raised to this power before the haze; the reference is not.",
    ),
    NOISE,
    JPEG,
)

DEGRADATION = Degradation(Task.DEHAZE, CONTROLS, degrade)
