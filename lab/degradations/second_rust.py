"""A second maker of rust, kept for examinations: other fronts, other pigments, other drips than `rust`.

Only the layer's optics are the same (Kubelka–Munk). No network may learn from it.
"""

import cv2
import numpy as np

from lab.degradations.fields import Size, smoothstep
from lab.degradations.finish import finish
from lab.degradations.fronts import percolated, reacted, trickled
from lab.degradations.rust import Layer, Rusted, put
from lab.degradations.unit import to_unit
from models.classical.kubelka_munk import mix
from models.method import Pixels

UNSEEN = {
    "tan": (0.46, 0.27, 0.12),
    "crimson": (0.23, 0.038, 0.030),
    "umber": (0.105, 0.056, 0.032),
}
"""R∞, linear RGB. No minerals: colours chosen by eye to be paler, redder and duller than any mixture of
`PIGMENTS`."""

_NAMES = tuple(UNSEEN)
_R_INFINITY = np.array([UNSEEN[name] for name in _NAMES])


def make(image: Pixels, seed: int) -> Rusted:
    """Rust `image` (h, w, 1 or 3; uint8, uint16 or float32); the seed alone decides how.

    Cover 3–35 %, thickness T lognormal with median 0.4 and σ 0.9 in [0.05, 4], noise σ 0–8/255, JPEG 60–95.
    """
    place_rng, worn_rng = (np.random.default_rng([seed, part, 2]) for part in range(2))
    noise, jpeg = _wear(worn_rng)
    return put(layer(image.shape[:2], place_rng), image, worn_rng, noise=noise, jpeg=jpeg)


def reference(image: Pixels, seed: int) -> Pixels:
    """Return the clean `image` with the noise and JPEG that `make` puts on: what a result is held against."""
    rng = np.random.default_rng([seed, 1, 2])
    noise, jpeg = _wear(rng)
    return finish(to_unit(image), image, rng, noise=noise, jpeg=jpeg)


def layer(size: Size, rng: np.random.Generator) -> Layer:
    """Return rust for a photo of `size` (height, width)."""
    depth = _front(size, rng)
    thickness = float(np.clip(0.4 * np.exp(0.9 * rng.standard_normal()), 0.05, 4))
    grain = cv2.GaussianBlur(rng.uniform(-1, 1, size), (0, 0), 0.9) * 2
    patches = thickness * depth * np.clip(1 + grain, 0.2, 2)
    streaks = np.zeros(size)
    if rng.random() < 0.5:
        count, run = int(rng.integers(3, 40)), float(rng.uniform(0.05, 0.3))
        streaks = 0.6 * min(thickness, 1.2) * trickled(depth * (depth > 0.5), rng, count=count, run=run)
    pigment, shading = _pigment(depth, rng), _relief(patches, float(rng.uniform(0.1, 0.5)))
    return Layer(patches + streaks, streaks, pigment, shading, float(rng.uniform(0.5, 2.5)), stain=False)


def _front(size: Size, rng: np.random.Generator) -> Pixels:
    """Return how deep rust has gone, 0 where there is none, about 1 at its oldest."""
    if rng.random() < 0.3:
        return reacted(size, rng)
    arrival = percolated(size, rng, seeds=int(rng.integers(2, 25)))
    end = max(float(np.quantile(arrival, rng.uniform(0.03, 0.35))), 1e-6)
    age = np.clip(1 - arrival / end, 0, 1)
    return np.sqrt(age) * (1 + 0.3 * np.sin(2 * np.pi * rng.uniform(2, 5) * age))


def _pigment(depth: Pixels, rng: np.random.Generator) -> Pixels:
    """Return R∞ (h, w, 3): one mixture at the rim and another at the core, in rings, not in clouds."""
    rim, core = rng.dirichlet(np.full(len(_NAMES), 0.7), 2)
    part = smoothstep(0.2, 0.9, depth)[..., None]
    speckle = 1 + 0.12 * cv2.GaussianBlur(rng.standard_normal(depth.shape), (0, 0), 0.7)[..., None]
    return np.clip(mix(rim + part * (core - rim), _R_INFINITY) * speckle, 0.004, 0.95)


def _relief(patches: Pixels, strength: float) -> Pixels:
    """Return (h, w, 1) the shading of the crust, lit from the upper right."""
    crust = cv2.GaussianBlur(np.log1p(patches), (0, 0), 0.8)
    slope = cv2.Sobel(crust, cv2.CV_64F, 1, 0, scale=0.125) - cv2.Sobel(crust, cv2.CV_64F, 0, 1, scale=0.125)
    return np.clip(1 + 2 * strength * slope * smoothstep(0.005, 0.05, patches), 0.3, 1.4)[..., None]


def _wear(rng: np.random.Generator) -> tuple[float, int]:
    return float(rng.uniform(0, 8)), int(rng.integers(60, 96))
