"""Photos in other light and other colours: so that a network learns what it should see, not the photos."""

import cv2
import numpy as np
from numpy.typing import NDArray

from models.method import Pixels

_GAMMA = (0.7, 1.5)
_GAIN = (0.8, 1.0)  # of each channel; brighter ones would be cut off
_SATURATION = (0.3, 1.5)

_GREY = np.array([0.299, 0.587, 0.114], np.float32)  # BT.601 luma


def recoloured(image: Pixels, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return `image` (h, w, 3) uint8 with gamma, channel gains and saturation changed by chance.

    >>> grey = np.full((1, 1, 3), 128, np.uint8)
    >>> recoloured(grey, np.random.default_rng(0)).shape
    (1, 1, 3)
    """
    gamma, saturation = _evenly_in_logarithm(_GAMMA, rng), rng.uniform(*_SATURATION)
    gains = rng.uniform(*_GAIN, 3)
    curves = np.linspace(0, 1, 256)[:, None] ** gamma * gains * 255
    lit = cv2.LUT(image, np.rint(curves).astype(np.uint8)[:, None])
    mix = saturation * np.eye(3, dtype=np.float32) + (1 - saturation) * np.tile(_GREY, (3, 1))
    return cv2.transform(lit, mix).astype(np.uint8)


def _evenly_in_logarithm(limits: tuple[float, float], rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(*np.log(limits))))
