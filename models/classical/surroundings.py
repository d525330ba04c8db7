"""Filling holes smoothly from what lies around them."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.method import Pixels


def filled(image: Pixels, known: NDArray[Any]) -> Pixels:
    """Return `image` (h, w, 3) where `known` is 1, and a smooth fill from its surroundings where it is 0.

    `known` is (h, w) float32 from 0 to 1; between them the two are blended. The image is halved again and
    again, counting known pixels only, until all holes have closed, then enlarged back (pull and push). With
    nothing known at all the fill is 0.

    >>> row = np.array([[[0.2] * 3, [0.9] * 3, [0.2] * 3]], np.float32)
    >>> filled(row, np.array([[1, 0, 1]], np.float32))[0, 1].round(3).tolist()
    [0.20000000298023224, 0.20000000298023224, 0.20000000298023224]
    """
    height, width = known.shape
    mean = image
    if height > 1 or width > 1:
        half = ((width + 1) // 2, (height + 1) // 2)
        weight = cv2.resize(known, half, interpolation=cv2.INTER_AREA)
        weighted = cv2.resize(image * known[..., np.newaxis], half, interpolation=cv2.INTER_AREA)
        coarse = weighted / np.maximum(weight, np.float32(1e-6))[..., np.newaxis]
        # A little certainty is enough at the next scale, or distant places would wash out near ones.
        mean = cv2.resize(filled(coarse, np.minimum(4 * weight, 1)), (width, height))
    return np.where(known[..., np.newaxis] > 0, mean + (image - mean) * known[..., np.newaxis], mean)
