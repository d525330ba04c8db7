"""The colour of the haze, told from the whole photo, for networks that see one piece of it at a time.

Each tile of a large photo is given the same three numbers: that is why no seam shows between them.
"""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.card import AUTO, Control
from models.classical import haze
from models.method import Photo, Pixels

SHORT_SIDE = 128
"""The short side of the reduced photo that is looked at."""

_PATCH = np.ones((7, 7), np.uint8)


def airlight_of(image: Pixels) -> NDArray[Any]:
    """Return the airlight, (3,) float32 RGB, of a whole photo reduced to `SHORT_SIDE`.

    `image` is (h, w, 3) float32 in [0, 1]. The mean colour of the 0.1 % of the pixels whose surroundings are
    brightest in their darkest channel (He, Sun, Tang 2009). Something white and large counts as haze.

    >>> airlight_of(np.full((4, 4, 3), 0.5, np.float32)).tolist()
    [0.5, 0.5, 0.5]
    """
    return haze.airlight(image, cv2.erode(image.min(axis=2), _PATCH))


def _estimate_of(channel: int) -> Callable[[Photo], float]:
    def estimate(photo: Photo) -> float:
        return float(airlight_of(photo.reduced(SHORT_SIDE))[channel])

    return estimate


AIRLIGHT = tuple(
    Control(
        name=f"airlight_{colour}",
        label=f"Airlight, {colour}",
        kind="number",
        default=AUTO,
        step=0.01,
        help=f"How much {colour} the haze itself has. Auto reads it from the haziest part of the photo.",
        estimate=_estimate_of(channel),
    )
    for channel, colour in enumerate(("red", "green", "blue"))
)
"""The controls of all networks that need to know the colour of the haze."""
