"""Rust recast: other fronts and colours than its maker's, so that a network learns rust and not its maker.

Without it a network that learnt longer did better on its own maker's rust and worse on all other.
"""

from dataclasses import replace

import cv2
import numpy as np

from lab.degradations.rust import Layer, relief
from models.method import Pixels, Plane

_DARKEST, _PALEST = 0.004, 0.99


def recast(layer: Layer, rng: np.random.Generator) -> Layer:
    """Return `layer` in another colour, and half the time with smooth fronts instead of frayed ones."""
    recoloured = replace(layer, pigment=_recoloured(layer.pigment, rng))
    return _smooth(recoloured, rng) if rng.random() < 0.5 else recoloured


def _recoloured(pigment: Pixels, rng: np.random.Generator) -> Pixels:
    """Return R∞ between 0.45 and 1.6 times as bright, each channel 25 % up or down, and more or less even."""
    tint = np.exp(rng.uniform(np.log(0.45), np.log(1.6)) + rng.uniform(-0.25, 0.25, 3))
    even = rng.uniform(0, 1) if rng.random() < 0.5 else 0.0
    mean = pigment.reshape(-1, pigment.shape[-1]).mean(axis=0)
    mixed = (pigment + even * (mean - pigment)) * tint
    return np.clip(mixed, _DARKEST, _PALEST).astype(np.float32)


def _smooth(layer: Layer, rng: np.random.Generator) -> Layer:
    """Return `layer` where the blurred rust is thick: plateaus with a rim, and some grain."""
    blurred = cv2.GaussianBlur(layer.thickness, (0, 0), float(np.exp(rng.uniform(np.log(1), np.log(8)))))
    peak = float(blurred.max())
    if peak < 1e-3:
        return layer
    front, rim = rng.uniform(0.15, 0.6) * peak, rng.uniform(0.05, 0.5) * peak
    thickness = np.clip(0.3 * np.exp(0.9 * rng.standard_normal()), 0.03, 4)
    patches = (thickness * np.clip((blurred - front) / rim, 0, 1) * _grain(blurred, rng)).astype(np.float32)
    shading = relief(patches.astype(np.float64), rng, float(rng.uniform(0.1, 0.5)))
    return replace(layer, thickness=patches, shading=shading.astype(np.float32))


def _grain(like: Plane, rng: np.random.Generator) -> Plane:
    """Return factors about 1, (h, w): up to 40 % of spread, in grains of a pixel or a few."""
    noise = cv2.GaussianBlur(rng.standard_normal(like.shape), (0, 0), float(rng.uniform(0.5, 2)))
    return np.clip(1 + rng.uniform(0, 0.4) * noise / noise.std(), 0.2, 2)
