"""Depth without a depth camera: simple scenes that haze can be laid over.

All return inverse depth, (height, width) float64 in [0, 1]: 1 is nearest, 0 is farthest.
"""

from typing import Literal

import numpy as np

from lab.degradations.fields import Size, fractional_brownian
from models.method import Pixels

Scene = Literal["horizon", "ramp", "cloud", "mixed"]
SCENES: tuple[Scene, ...] = ("horizon", "ramp", "cloud", "mixed")


def horizon(size: Size, line: float) -> Pixels:
    """Return a flat ground that meets the sky at `line` (0 top, below 1 bottom of the photo).

    On a plane seen by a level camera inverse depth grows linearly with the row below the horizon; above it
    everything is farthest.

    >>> horizon((5, 1), 0.5).ravel().tolist()
    [0.0, 0.0, 0.0, 0.5, 1.0]
    """
    rows = np.linspace(0, 1, size[0]) if size[0] > 1 else np.ones(1)
    return np.repeat(np.clip((rows - line) / (1 - line), 0, 1)[:, None], size[1], axis=1)


def cloud(size: Size, rng: np.random.Generator) -> Pixels:
    """Return fractional Brownian motion scaled to [0, 1]: haze that follows no scene."""
    field = fractional_brownian(size, rng, hurst=0.8)
    low, high = float(field.min()), float(field.max())
    return (field - low) / (high - low) if high > low else np.ones(size)


def inverse_depth(size: Size, rng: np.random.Generator, *, scene: Scene, line: float) -> Pixels:
    """Return the inverse depth of one of `SCENES`.

    "horizon" is a flat ground up to `line`, "ramp" the same with the horizon at the top edge, "cloud" has no
    ground, "mixed" is the ground three parts and cloud one part.
    """
    if scene == "cloud":
        return cloud(size, rng)
    ground = horizon(size, 0 if scene == "ramp" else line)
    return 0.75 * ground + 0.25 * cloud(size, rng) if scene == "mixed" else ground
