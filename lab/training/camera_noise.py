"""The lesson of real photos' noise: sensor, colour mosaic, what the photo's own processing adds, JPEG.

The network is told nothing about the noise. What a camera adds is made by `lab.degradations.noise`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lab.degradations import noise
from lab.errors import RecipeError
from lab.metrics import psnr
from lab.training.album import Photo
from lab.training.lesson import (
    Judged,
    Marks,
    Question,
    cropped_to_multiple,
    draw_patches,
    pixel_loss,
    to_image,
    to_tensor,
)
from models.card import Settings
from models.method import Pixels

JPEG_BLOCK = 8

EXAMINED: Mapping[str, Settings] = {
    "faint": {"gain": 0.002, "read": 0.5, "jpeg": 90},
    "strong": {"gain": 0.012, "read": 2.0, "jpeg": 75},
    "night": {"gain": 0.04, "read": 4.0, "jpeg": 0},
    "jpeg": {"sigma": 5.0, "jpeg": 45},
}
"""The examination's cameras: settings of `lab.degradations.noise`; what is not named is that one's default,
except that `sigma` is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraNoise:
    """Photos as cameras and websites leave them; each range is (least, most).

    `gain` (drawn evenly in its logarithm) and `read` are those of `lab.degradations.noise`, with its colour
    mosaic on three patches of four. `sigma` is white noise on the file's values, on half of the patches.
    `jpeg` is the quality, on the share `jpeg_share` of the patches. The share `clean_share` is left
    undamaged, so that good photos stay as they are.
    """

    gain: tuple[float, float] = (0.0004, 0.06)
    read: tuple[float, float] = (0.0, 5.0)
    sigma: tuple[float, float] = (0.0, 30.0)
    jpeg: tuple[int, int] = (40, 95)
    jpeg_share: float = 0.7
    clean_share: float = 0.04

    def __post_init__(self) -> None:
        limits = (("gain", 1e-6, 0.2), ("read", 0, 20), ("sigma", 0, 100), ("jpeg", 1, 100))
        for name, least, most in limits:
            values = getattr(self, name)
            if len(values) != 2 or not least <= values[0] <= values[1] <= most:
                raise RecipeError(
                    f"'{name}' of the lesson must be two numbers from {least:g} to {most:g}; found {values}."
                )
        if not (0 <= self.jpeg_share <= 1 and 0 <= self.clean_share <= 1):
            raise RecipeError("'jpeg_share' and 'clean_share' of the lesson must be from 0 to 1.")

    def draw(
        self, photos: Sequence[Photo], rng: np.random.Generator, batch: int, patch: int
    ) -> dict[str, NDArray[np.generic]]:
        """Return clean and noisy patches, both (batch, 3, patch, patch) uint8.

        JPEG's blocks lie at any place in a patch: larger patches are damaged, and cut afterwards.
        """
        clean = draw_patches(photos, rng, batch, patch + JPEG_BLOCK)
        places = rng.integers(JPEG_BLOCK, size=(batch, 2))
        noisy = np.stack([self._damaged(each, rng) for each in clean])
        cuts = [np.s_[n, :, top : top + patch, left : left + patch] for n, (top, left) in enumerate(places)]
        return {
            "clean": np.stack([clean[cut] for cut in cuts]),
            "noisy": np.stack([noisy[cut] for cut in cuts]),
        }

    def _damaged(self, patch: Pixels, rng: np.random.Generator) -> Pixels:
        """Return `patch`, (3, side, side) uint8, damaged by settings of its own."""
        if rng.random() < self.clean_share:
            return patch
        settings: Settings = {
            "gain": float(np.exp(rng.uniform(*np.log(self.gain)))),
            "read": float(rng.uniform(*self.read)),
            "demosaic": bool(rng.random() < 0.75),
            "sigma": float(rng.uniform(*self.sigma)) if rng.random() < 0.5 else 0.0,
            "jpeg": int(rng.integers(self.jpeg[0], self.jpeg[1] + 1))
            if rng.random() < self.jpeg_share
            else 0,
        }
        image = np.ascontiguousarray(patch.transpose(1, 2, 0))
        return noise.degrade(image, settings, int(rng.integers(2**63))).transpose(2, 0, 1)

    def pose(self, drawn: Mapping[str, Tensor], generator: torch.Generator) -> Question:
        """Return the noisy patches as the question, the clean ones as the answer; no chance is left."""
        del generator
        return Question((drawn["noisy"].float() / 255,), drawn["clean"].float() / 255)

    def loss(self, answer: Tensor, question: Question, kind: str) -> Tensor:
        """Return the mean difference to the clean patches."""
        return pixel_loss(answer, question.target, kind)

    def examine(self, network: Judged, photos: Sequence[Photo], device: torch.device) -> Marks:
        """Return the mean PSNR in dB behind each camera of `EXAMINED`; the score is their mean."""
        figures = {
            f"psnr_{name}": self._psnr(network, photos, settings, device)
            for name, settings in EXAMINED.items()
        }
        return Marks(figures, float(np.mean(list(figures.values()))))

    def _psnr(
        self, network: Judged, photos: Sequence[Photo], settings: Settings, device: torch.device
    ) -> float:
        values: list[float] = []
        for number, photo in enumerate(photos):
            clean = cropped_to_multiple(photo.pixels)
            noisy = noise.DEGRADATION.degrade(clean, {"sigma": 0.0, **settings}, number)
            answer = network(to_tensor(noisy.astype(np.float32) / 255, device))
            values.append(psnr(clean.astype(np.float32) / 255, to_image(answer)))
        return float(np.mean(values))
