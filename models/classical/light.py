"""sRGB values ↔ linear light; float32 stays float32, and float64 stays float64."""

import numpy as np

from models.method import Pixels


def to_linear(encoded: Pixels) -> Pixels:
    """Return linear light of sRGB values, both in [0, 1] (IEC 61966-2-1).

    >>> round(float(to_linear(np.float32(0.5))), 4)
    0.214
    """
    curve = ((np.maximum(encoded, 0) + 0.055) / 1.055) ** 2.4
    return np.where(encoded <= 0.04045, encoded / 12.92, curve)


def to_encoded(linear: Pixels) -> Pixels:
    """Return sRGB values of linear light, the inverse of `to_linear`; input beyond [0, 1] is clipped.

    >>> round(float(to_encoded(np.float32(0.214))), 3)
    0.5
    """
    light = np.clip(linear, 0, 1)
    curve = 1.055 * light ** (1 / 2.4) - 0.055
    return np.where(light <= 0.0031308, light * 12.92, curve)
