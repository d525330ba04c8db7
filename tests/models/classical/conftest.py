"""Photos in memory, a small runner in strips, and free photos that come with scikit-image."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import skimage.data

from models.card import Card
from models.method import WHOLE, Filter, Pixels, Tile, Window


@dataclass(frozen=True)
class ArrayPhoto:
    """The `models.method.Photo` over a float32 array."""

    image: Pixels

    @property
    def size(self) -> tuple[int, int]:
        return self.image.shape[:2]

    def read(self, window: Window) -> Pixels:
        return self.image[window.top : window.top + window.height, window.left : window.left + window.width]

    def reduced(self, short_side: int) -> Pixels:
        height, width = self.size
        scale = min(1.0, short_side / min(height, width), 8 * short_side / max(height, width))
        if scale == 1:
            return self.image
        target = (max(1, round(width * scale)), max(1, round(height * scale)))
        return cv2.resize(self.image, target, interpolation=cv2.INTER_AREA)


def run_card(
    card: Card, image: Pixels, strip: int = 10**9, **changed: Any
) -> tuple[Pixels, dict[str, Pixels]]:
    """Run `card` on `image` in strips of `strip` rows with the margin it asks for: image, stages."""
    photo = ArrayPhoto(image)
    settings: dict[str, Any] = card.settle(changed)
    for control in card.controls:
        if settings[control.name] == "auto" and control.estimate:
            settings[control.name] = control.estimate(photo)
    margin = card.field_of_view(settings)
    assert margin != WHOLE
    seen = None if isinstance(card.build, Filter) else card.build.look(photo, **settings)
    pieces, stages = [], []
    for top in range(0, image.shape[0], strip):
        first, last = max(top - margin, 0), min(top + strip + margin, image.shape[0])
        window = Window(first, 0, last - first, image.shape[1])
        inner = slice(top - first, min(top + strip, image.shape[0]) - first)
        tile = Tile(photo.read(window), window, photo.size)
        if isinstance(card.build, Filter):
            pieces.append(card.build.run(tile.image, **settings)[inner])
            stages.append({})
        else:
            output = card.build.run(tile, seen, **settings)
            pieces.append(output.image[inner])
            stages.append({slug: stage[inner] for slug, stage in output.stages.items()})
    whole = {slug: np.concatenate([stage[slug] for stage in stages]) for slug in stages[0]}
    return np.concatenate(pieces), whole


@pytest.fixture
def run() -> Callable[..., tuple[Pixels, dict[str, Pixels]]]:
    return run_card


@pytest.fixture
def photo() -> Callable[[Pixels], ArrayPhoto]:
    return ArrayPhoto


@pytest.fixture
def free_photo() -> Callable[[str], Pixels]:
    """Return a loader of scikit-image's own photos by name, float32 in [0, 1]."""

    def load(name: str) -> Pixels:
        folder = Path(skimage.data.__file__).parent
        return cv2.imread(str(folder / name))[..., ::-1].astype(np.float32) / 255

    return load


@pytest.fixture
def noisy() -> Callable[..., Pixels]:
    """Return a maker of noisy copies, clipped as a camera would; the noise level is in 1/255."""

    def add(image: Pixels, noise_level: float, seed: int = 0) -> Pixels:
        noise = np.random.default_rng(seed).normal(0, noise_level / 255, image.shape)
        return np.clip(image + noise, 0, 1).astype(np.float32)

    return add


def _psnr(image: Pixels, truth: Pixels) -> float:
    return float(-10 * np.log10(np.mean((image.astype(np.float64) - truth) ** 2)))


@pytest.fixture
def psnr() -> Callable[[Pixels, Pixels], float]:
    return _psnr
