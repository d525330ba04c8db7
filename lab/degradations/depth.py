"""Depth for haze to be laid by: measured by a camera, or of simple scenes made up.

All return inverse depth, (height, width) float64 in [0, 1]: 1 is nearest, 0 is farthest.
"""

from typing import Any, Literal

import numpy as np
from scipy.ndimage import distance_transform_edt

from lab.degradations.fields import Size, fractional_brownian
from models.method import Pixels

Scene = Literal["horizon", "ramp", "cloud", "mixed", "room"]
SCENES: tuple[Scene, ...] = ("horizon", "ramp", "cloud", "mixed", "room")

_OUTLIERS = 0.5  # percent of a measured depth, at either end, that are taken for mistakes of the camera


def measured(nearness: Pixels, known: Pixels) -> Pixels:
    """Return the inverse depth of a scene whose depth was measured.

    `nearness` (height, width) is 1/z or a stereo pair's disparity, in any unit; where `known` is false it is
    taken from the nearest place where it is true. Scaled so that the nearest half percent is 1, the farthest
    0; ones where nothing is known.

    >>> measured(np.array([[2.0, 0.0, 6.0, 4.0]]), np.array([[True, False, True, True]])).round(2).tolist()
    [[0.0, 0.0, 1.0, 0.5]]
    """
    if not known.any():
        return np.ones(nearness.shape)
    low, high = np.percentile(nearness[known], [_OUTLIERS, 100 - _OUTLIERS])
    if high <= low:
        return np.ones(nearness.shape)
    # scipy's types do not say that it returns indices when it is asked for them alone
    places: Any = distance_transform_edt(~known, return_distances=False, return_indices=True)
    return np.clip((nearness[places[0], places[1]] - low) / (high - low), 0, 1)


def distance_of(inverse: Pixels, ratio: float) -> Pixels:
    """Return the distance z of `inverse` depth, in units of the farthest, which is `ratio` times the nearest.

    >>> distance_of(np.array([0.0, 1.0]), 4).tolist()
    [1.0, 0.25]
    """
    return 1 / (1 + inverse * (ratio - 1))


def horizon(size: Size, line: float) -> Pixels:
    """Return a flat ground that meets the sky at `line` (0 top, below 1 bottom of the photo).

    On a plane seen by a level camera inverse depth grows linearly with the row below the horizon; above it
    everything is farthest.

    >>> horizon((5, 1), 0.5).ravel().tolist()
    [0.0, 0.0, 0.0, 0.5, 1.0]
    """
    rows = np.linspace(0, 1, size[0]) if size[0] > 1 else np.ones(1)
    return np.repeat(np.clip((rows - line) / (1 - line), 0, 1)[:, None], size[1], axis=1)


def room(size: Size, rng: np.random.Generator) -> Pixels:
    """Return the inside of a box, seen along its axis: a back wall, a floor, a ceiling and two side walls.

    On each of these planes inverse depth grows linearly away from the photo's vanishing point.
    """
    rows, columns = (np.linspace(-1, 1, side)[:, None] for side in size)
    down, across = rows - rng.uniform(-0.4, 0.2), columns.T - rng.uniform(-0.5, 0.5)
    back = rng.uniform(0.2, 0.6)  # where the back wall ends, from the vanishing point to the photo's edge
    floor, ceiling, left, right = 1 / rng.uniform(1, 2.5, 4)
    sides = (floor * down, -ceiling * down, -left * across, right * across)
    inverse = np.full(size, back)
    for side in sides:
        np.maximum(inverse, side, out=inverse)
    low, high = float(inverse.min()), float(inverse.max())
    return (inverse - low) / (high - low) if high > low else np.ones(size)


def cloud(size: Size, rng: np.random.Generator) -> Pixels:
    """Return fractional Brownian motion scaled to [0, 1]: haze that follows no scene."""
    field = fractional_brownian(size, rng, hurst=0.8)
    low, high = float(field.min()), float(field.max())
    return (field - low) / (high - low) if high > low else np.ones(size)


def inverse_depth(size: Size, rng: np.random.Generator, *, scene: Scene, line: float) -> Pixels:
    """Return the inverse depth of one of `SCENES`.

    "horizon" is a flat ground up to `line`, "ramp" the same with the horizon at the top edge, "cloud" has no
    ground, "mixed" is the ground three parts and cloud one part, "room" the inside of a box.
    """
    if scene in {"cloud", "room"}:
        return (cloud if scene == "cloud" else room)(size, rng)
    ground = horizon(size, 0 if scene == "ramp" else line)
    return 0.75 * ground + 0.25 * cloud(size, rng) if scene == "mixed" else ground
