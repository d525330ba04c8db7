"""The lesson of images: there is no damage and no answer, only what real images look like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lab.errors import RecipeError
from lab.generating.likeness import distance
from lab.training.album import Photo
from lab.training.lesson import Judged, Marks, Question
from models.method import Pixels

GRID = 8
"""Rows and columns of the images that an examination shows."""

EXAMINED = 512
"""Images that are made for an examination's figure."""

LEAST_VARIETY = 0.05
"""Images that differ from each other less than so much of what real ones do are all the same."""

_COLLAPSED = "the generator has collapsed: whatever the random numbers, it makes nearly the same image"

_SHOWN_SEED = 20_14


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """Images as they are, mirrored by chance if `mirrored`, grey or in colour."""

    grey: bool = False
    mirrored: bool = True

    def __post_init__(self) -> None:
        for name in ("grey", "mirrored"):
            if not isinstance(getattr(self, name), bool):
                raise RecipeError(
                    f"'{name}' of the lesson must be true or false; found {getattr(self, name)!r}."
                )

    def draw(
        self, photos: Sequence[Photo], rng: np.random.Generator, batch: int, patch: int
    ) -> dict[str, NDArray[np.generic]]:
        """Return "real" images (batch, 1 or 3, patch, patch) uint8; each photo is a square of `patch`."""
        real = np.empty((batch, 1 if self.grey else 3, patch, patch), np.uint8)
        for number, choice in enumerate(rng.integers(len(photos), size=batch)):
            image = self._planes(photos[int(choice)])
            real[number] = image[..., ::-1] if self.mirrored and rng.random() < 0.5 else image
        return {"real": real}

    def pose(self, drawn: Mapping[str, Tensor], generator: torch.Generator) -> Question:
        """Return the real images in [0, 1] as what the critic is to know."""
        del generator
        real = drawn["real"].float() / 255
        return Question((real,), real)

    def loss(self, answer: Any, question: Question, kind: str) -> Tensor:
        """Never asked: images have no answers, and `lab.training.learners` gives them to rivals alone."""
        raise NotImplementedError("images have no answers to be compared with")

    def examine(self, network: Judged, photos: Sequence[Photo], device: torch.device) -> Marks:
        """Return how unlike the held-out `photos` the images are; the picture shows the first of them.

        Where pixels are no numbers, so are the figures.
        """
        latent: int = network.latent  # type: ignore[attr-defined]
        chance = torch.Generator().manual_seed(_SHOWN_SEED)
        latents = torch.randn(EXAMINED, latent, generator=chance).to(device)
        made = torch.cat([network(part) for part in latents.split(GRID * GRID)]).float().cpu().numpy()
        if not np.isfinite(made).all():
            return Marks({"unlikeness": nan, "variety": nan}, nan)
        real = np.stack([self._planes(photo) for photo in photos]).astype(np.float32) / 255
        variety = float(made.std(axis=0).mean() / max(1e-6, real.std(axis=0).mean()))
        figures = {"unlikeness": distance(made, real), "variety": variety}
        hopeless = _COLLAPSED if variety < LEAST_VARIETY else ""
        return Marks(figures, -figures["unlikeness"], sheet(made[: GRID * GRID]), hopeless)

    def _planes(self, photo: Photo) -> Pixels:
        """Return the pixels of `photo` as (1 or 3, height, width) uint8."""
        if self.grey:
            return cv2.cvtColor(np.ascontiguousarray(photo.pixels), cv2.COLOR_RGB2GRAY)[None]
        return photo.pixels.transpose(2, 0, 1)


def channels_of(settings: Mapping[str, Any]) -> int:
    """Return how many channels the images of a lesson with these `settings` have."""
    return 1 if settings.get("grey", False) else 3


def sheet(images: NDArray[np.floating[Any]]) -> Pixels:
    """Return `images` (n, channels, side, side) in [0, 1] in rows of `GRID`, (height, width, 3) uint8."""
    levels = np.rint(255 * np.clip(images, 0, 1)).astype(np.uint8).transpose(0, 2, 3, 1)
    rows = [np.concatenate(list(levels[at : at + GRID]), axis=1) for at in range(0, len(levels), GRID)]
    whole = np.concatenate(rows)
    return np.ascontiguousarray(np.broadcast_to(whole, (*whole.shape[:2], 3)))
