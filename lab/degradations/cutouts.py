"""Real rust, cut out of photos, laid onto clean ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from models.method import Pixels, Plane

Cutout = Pixels
"""Rust with its opacity, (height, width, 4) uint8 RGBA, not premultiplied."""


@dataclass(frozen=True, slots=True)
class Composite:
    """A photo under cut-outs: `image` (h, w, 3) uint8, and their opacity `cover` (h, w) float32 in [0, 1]."""

    image: Pixels
    cover: Plane

    @property
    def mask(self) -> Plane:
        """Return where rust is to be seen, (height, width) bool: at least half opaque."""
        return self.cover >= 0.5


def composite(
    clean: Pixels,
    cutouts: Sequence[Cutout],
    rng: np.random.Generator,
    *,
    count: int,
    scale: tuple[float, float],
) -> Composite:
    """Lay `count` of `cutouts` onto `clean` (height, width, 3) uint8, anywhere.

    Each is mirrored by chance, turned by up to 25°, enlarged by `scale` (least, most), and made up to a fifth
    brighter or darker and a twentieth warmer or colder. They are blended in sRGB values, as they were cut.
    """
    image, cover = clean.astype(np.float32), np.zeros(clean.shape[:2], np.float32)
    for number in rng.integers(len(cutouts), size=count):
        laid = _laid(cutouts[int(number)], clean.shape[:2], rng, scale)
        opacity = laid[..., 3:]
        image = image * (1 - opacity) + laid[..., :3]
        cover = cover + opacity[..., 0] * (1 - cover)
    return Composite(np.rint(np.clip(image, 0, 255)).astype(np.uint8), cover)


def _laid(
    cutout: Cutout, size: tuple[int, int], rng: np.random.Generator, scale: tuple[float, float]
) -> Pixels:
    """Return (h, w, 4) float32: colour times opacity, 0 to 255, and opacity, 0 to 1."""
    opacity = cutout[..., 3:].astype(np.float32) / 255
    tint = rng.uniform(0.8, 1.2) * (1 + np.array([1, 0, -1]) * rng.uniform(-0.05, 0.05))
    colour = np.clip(cutout[..., :3] * tint.astype(np.float32), 0, 255) * opacity
    source = np.concatenate([colour, opacity], axis=2)
    if rng.random() < 0.5:
        source = np.ascontiguousarray(source[:, ::-1])
    height, width = source.shape[:2]
    middle = (width / 2, height / 2)
    turn = cv2.getRotationMatrix2D(middle, rng.uniform(-25, 25), np.exp(rng.uniform(*np.log(scale))))
    turn[:, 2] += rng.random(2) * (size[1], size[0]) - middle
    return cv2.warpAffine(source, turn, (size[1], size[0]), flags=cv2.INTER_LINEAR)
