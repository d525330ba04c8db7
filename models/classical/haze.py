"""What the dehazing methods share: Koschmieder's law I = J·t + A·(1 − t), and the look at the whole photo.

I is the hazy photo, J the clear one, A the airlight (the colour of the haze) and t the transmission: the
share of the light that reaches the camera from behind the haze.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.classical import guided_filter
from models.classical.guided_filter import Guided
from models.method import Pixels, Plane, swatch

SHORT_SIDE = 600
"""The short side of the reduced photo that is looked at; the sizes below are stated for it."""

_PATCH = 15
_RADIUS, _EPSILON = 45, 1e-3  # the guided filter's
_HAZIEST = 0.001  # the share of the pixels that the airlight is read from
_DARKEST_AIRLIGHT = 0.05  # a darker one is no haze, and dividing by it would only raise noise


@dataclass(frozen=True, slots=True)
class Haze:
    """What a look at the whole photo has found.

    `airlight` is (3,) float32 RGB; `coarse` (h, w) the map that the haze was told from (dark channel, depth),
    at the size of the reduced photo; `refined` the map that each pixel's transmission comes from.
    """

    airlight: NDArray[Any]
    coarse: Plane
    refined: Guided


def swatches(haze: Haze) -> dict[str, Pixels]:
    """Return the colour of the airlight as a small square."""
    return {"airlight": swatch(haze.airlight)}


def patch_minimum(plane: Plane) -> Plane:
    """Return the minimum over a square patch, 15 px wide where the short side is 600 px, at least 3."""
    side = 2 * round(_PATCH / 2 * min(plane.shape) / SHORT_SIDE - 0.5) + 1
    return cv2.erode(plane, np.ones((max(side, 3), max(side, 3)), np.uint8))


def refine(coarse: Plane, image: Pixels) -> Guided:
    """Return the map `coarse` with the edges of `image`, which has the same size, by a guided filter.

    Its radius is 45 px where the short side is 600 px, at least 2.
    """
    radius = max(round(_RADIUS * min(coarse.shape) / SHORT_SIDE), 2)
    return guided_filter.fit(coarse, image, radius, _EPSILON)


def airlight(image: Pixels, haziness: Plane) -> NDArray[Any]:
    """Return the mean colour of the 0.1 % of the pixels where `haziness` is highest, at least one pixel.

    No channel comes back below 0.05, so that dividing by it is safe.
    """
    count = max(round(haziness.size * _HAZIEST), 1)
    haziest = np.argpartition(haziness.ravel(), -count)[-count:]
    colour = image.reshape(-1, 3)[haziest].mean(axis=0, dtype=np.float64)
    return np.maximum(colour, _DARKEST_AIRLIGHT).astype(np.float32)


def clear(image: Pixels, transmission: Plane, light: NDArray[Any]) -> Pixels:
    """Return J = (I − A)/t + A, clipped to [0, 1]; `transmission` is (h, w), above 0.

    >>> hazy = np.full((1, 1, 3), 0.6, np.float32)  # 0.4 seen through half a veil of 0.8
    >>> clear(hazy, np.full((1, 1), 0.5, np.float32), np.full(3, 0.8, np.float32)).round(3).tolist()
    [[[0.4000000059604645, 0.4000000059604645, 0.4000000059604645]]]
    """
    return np.clip((image - light) / transmission[..., np.newaxis] + light, 0, 1)
