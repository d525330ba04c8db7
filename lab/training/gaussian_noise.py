"""The lesson of white Gaussian noise of a known strength, as the benchmarks have it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

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

EXAMINED = (15, 25, 50)
"""Noise levels of the published tables, in units of 1/255."""

_EARLIER = 0.3
"""What all the earlier steps of a recurrent network count together, against its last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GaussianNoise:
    """y = x + n, n ~ N(0, σ²), σ uniform in `sigma`, in units of 1/255.

    The noisy image is neither clipped nor rounded, in learning as in the examinations: that is how the
    published figures are measured (FFDNet's protocol). The network is told σ unless it is `blind`.
    """

    sigma: tuple[float, float] = (0.0, 55.0)
    blind: bool = False

    def __post_init__(self) -> None:
        if len(self.sigma) != 2 or not 0 <= self.sigma[0] <= self.sigma[1] <= 255:
            raise RecipeError(
                f"'sigma' of the lesson must be two noise levels from 0 to 255; found {self.sigma}."
            )

    def draw(
        self, photos: Sequence[Photo], rng: np.random.Generator, batch: int, patch: int
    ) -> dict[str, NDArray[np.generic]]:
        """Return clean patches (batch, 3, patch, patch) uint8, and σ (batch, 1, 1, 1) float32."""
        sigma = rng.uniform(*self.sigma, (batch, 1, 1, 1)).astype(np.float32)
        return {"clean": draw_patches(photos, rng, batch, patch), "sigma": sigma}

    def pose(self, drawn: Mapping[str, Tensor], generator: torch.Generator) -> Question:
        """Add the noise."""
        clean, sigma = drawn["clean"].float() / 255, drawn["sigma"]
        noise = torch.randn(clean.shape, generator=generator, device=clean.device)
        noisy = clean + noise * (sigma / 255)
        return Question((noisy,) if self.blind else (noisy, sigma), clean)

    def loss(self, answer: Tensor | tuple[Tensor, ...], question: Question, kind: str) -> Tensor:
        """Return the mean difference to the clean patches; a little of it is that of earlier steps, if any.

        `answer` is the restored image; of a recurrent network, a tuple of it and the earlier steps' images.
        """
        restored, *earlier = _images(answer)
        loss = pixel_loss(restored, question.target, kind)
        for each in earlier:
            loss = loss + _EARLIER / len(earlier) * pixel_loss(each, question.target, kind)
        return loss

    def examine(self, network: Judged, photos: Sequence[Photo], device: torch.device) -> Marks:
        """Return the mean PSNR in dB at each of `EXAMINED`; the score is their mean."""
        figures = {f"psnr_{sigma}": self._psnr(network, photos, sigma, device) for sigma in EXAMINED}
        return Marks(figures, float(np.mean(list(figures.values()))))

    def _psnr(self, network: Judged, photos: Sequence[Photo], sigma: int, device: torch.device) -> float:
        told = () if self.blind else (torch.full((1, 1, 1, 1), float(sigma), device=device),)
        values: list[float] = []
        for number, photo in enumerate(photos):
            clean = cropped_to_multiple(photo.pixels).astype(np.float32) / 255
            rng = np.random.default_rng((sigma, number))
            noisy = clean + rng.standard_normal(clean.shape, np.float32) * np.float32(sigma / 255)
            answer = cast("Tensor | tuple[Tensor, ...]", network(to_tensor(noisy, device), *told))
            values.append(psnr(clean, to_image(_images(answer)[0])))
        return float(np.mean(values))


def _images(answer: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Return the restored image, and after it those of earlier steps, where a network has steps."""
    return (answer,) if isinstance(answer, Tensor) else answer
