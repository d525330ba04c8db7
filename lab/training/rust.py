"""The lesson of rust: find it, tell how thick it is, put back the surface, and leave the rest alone.

Rust comes from `lab.degradations.rust`, by way of sheets made ahead, and from cut-outs of real rust, where
the folders hold some. The second maker of rust is not for learning.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from lab.degradations.cutouts import composite
from lab.degradations.jpeg import recompress
from lab.degradations.rust import INSIDE, OPAQUE, OUTSIDE
from lab.errors import RecipeError
from lab.training import rust_marks
from lab.training.album import Photo
from lab.training.lesson import Marks, Question, draw_patches, pixel_loss
from lab.training.rust_hints import painted
from lab.training.rust_sheets import piece, sheet
from lab.training.rust_variety import recast
from models.classical.light import to_encoded, to_linear
from models.classical.rust_mask import rust_mask
from models.method import Pixels, Plane

JPEG_BLOCK = 8
SHEET = 3
"""A sheet of rust is so many patches wide."""

CUTOUT_SCALE = (0.5, 2.2)
UNKNOWN = -1.0
"""The thickness of real rust: nobody knows."""

_CANDIDATES = 5

# What a pixel's error counts, and what the other parts of the loss count against it. Chosen so that in the
# first steps all parts are of a size; clean pixels count most, since they are to stay as they are.
_CLEAN, _SEEN_THROUGH, _HIDDEN = 4.0, 3.0, 1.5
_MASK, _LEAK, _THICKNESS, _EARLIER = 0.1, 4.0, 0.2, 0.3

_FAINT = 0.02  # a mask below it changes next to nothing

_LINEAR = to_linear(np.arange(256, dtype=np.float32) / 255)


@dataclass(frozen=True, slots=True)
class Example:
    """A damaged patch and the truth, all `side` square; `image` and `reference` (side, side, 3) uint8.

    `reference` is the clean patch with the same noise and JPEG. `cover` is 1 where rust is to be seen, 0
    where there is none; `thickness` X may be `UNKNOWN`.
    """

    image: Pixels
    reference: Pixels
    cover: Plane
    thickness: Plane


@dataclass(frozen=True, slots=True, kw_only=True)
class Rust:
    """Clean photos under rust.

    `sheets` is the number of sheets that are made ahead. The share `untouched` of the patches has no rust:
    those of a few that look most like it. The share `cutouts` has real rust, if there is any to learn from.
    The share `varied` of the made rust is recast, with other fronts and colours than its maker's. The share
    `hints` comes with what a person might have painted.
    """

    sheets: int = 400
    untouched: float = 0.15
    cutouts: float = 0.2
    varied: float = 0.0
    hints: float = 0.4

    def __post_init__(self) -> None:
        if not 1 <= self.sheets <= 1000:
            raise RecipeError(f"'sheets' of the lesson must be from 1 to 1000; found {self.sheets}.")
        for name in ("untouched", "cutouts", "varied", "hints"):
            if not 0 <= getattr(self, name) <= 1:
                raise RecipeError(f"'{name}' of the lesson must be from 0 to 1; found {getattr(self, name)}.")

    def draw(
        self, photos: Sequence[Photo], rng: np.random.Generator, batch: int, patch: int
    ) -> dict[str, NDArray[np.generic]]:
        """Return rusty patches and the truth: uint8 (batch, 3, patch, patch) and planes of one channel.

        JPEG's blocks lie at any place in a patch: larger patches are damaged, and cut afterwards.
        """
        clean = [photo for photo in photos if photo.opacity is None]
        real = [cutout_of(photo) for photo in photos if photo.opacity is not None]
        parts = [self._example(clean, real, rng, patch) for _ in range(batch)]
        names = ("image", "reference", "cover", "thickness", "hint")
        return {name: np.stack([part[name].transpose(2, 0, 1) for part in parts]) for name in names}

    def _example(
        self, photos: Sequence[Photo], real: Sequence[Pixels], rng: np.random.Generator, patch: int
    ) -> dict[str, NDArray[np.generic]]:
        """Return one example's arrays, (patch, patch, channels)."""
        side, chance = patch + JPEG_BLOCK, float(rng.random())
        if chance < self.untouched:
            example = _untouched(photos, rng, side)
        elif real and chance < self.untouched + self.cutouts:
            example = _real(_patches(photos, rng, side, 1)[0], real, rng)
        else:
            layer = piece(sheet(int(rng.integers(self.sheets)), SHEET * patch + JPEG_BLOCK), rng, side)
            layer = recast(layer, rng) if rng.random() < self.varied else layer
            surface = _patches(photos, rng, side, 1)[0]
            rusty = 255 * to_encoded(layer.on(_LINEAR[surface]))
            example = _worn(rusty, surface, _seen(layer.thickness), layer.thickness, rng)
        hint = np.zeros((side, side), np.int8)
        if rng.random() < self.hints:
            hint = painted(example.cover >= 1, example.cover <= 0, rng)
        top, left = rng.integers(JPEG_BLOCK, size=2)
        cut = np.s_[top : top + patch, left : left + patch]
        return {
            "image": example.image[cut],
            "reference": example.reference[cut],
            "cover": example.cover[cut][..., None],
            "thickness": example.thickness[cut][..., None],
            "hint": hint[cut][..., None],
        }

    def pose(self, drawn: Mapping[str, Tensor], generator: torch.Generator) -> Question:
        """Return image and hint as the question; the target's channels: answer 3, cover 1, thickness 1.

        The answer where it is clean is the image itself: what JPEG lets bleed out of rust is left as it is.
        """
        del generator
        image, cover = drawn["image"].float() / 255, drawn["cover"]
        answer = torch.where(cover > 0, drawn["reference"].float() / 255, image)
        target = torch.cat((answer, cover, drawn["thickness"]), 1)
        return Question((image, drawn["hint"].float()), target)

    def loss(self, answer: Any, question: Question, kind: str) -> Tensor:
        """Return how far image, mask, thickness and, of a recurrent network, the earlier images are off."""
        image, mask, thickness, *earlier = answer
        reference, cover, depth = question.target.split((3, 1, 1), dim=1)
        weight = _weight(cover, depth)
        total = _image_loss(image, reference, weight, kind) + _MASK * _mask_loss(mask.float(), cover)
        total = total + _LEAK * _leak(image.float() - question.inputs[0], mask.float(), cover)
        known = (depth > INSIDE).float()
        total = total + _THICKNESS * (known * (thickness.float() - depth / (1 + depth.abs())).abs()).mean()
        for each in earlier:
            total = total + _EARLIER / len(earlier) * _image_loss(each, reference, weight, kind)
        return total

    def examine(self, network: Callable[..., Any], photos: Sequence[Photo], device: torch.device) -> Marks:
        """Return what `rust_marks` finds."""
        clean = [photo.pixels for photo in photos if photo.opacity is None]
        real = [cutout_of(photo) for photo in photos if photo.opacity is not None]
        return rust_marks.examine(network, clean, real, device)


def cutout_of(photo: Photo) -> Pixels:
    """Return a see-through `photo` as (height, width, 4) uint8."""
    assert photo.opacity is not None
    return np.dstack((photo.pixels, photo.opacity))


def _patches(photos: Sequence[Photo], rng: np.random.Generator, side: int, count: int) -> list[Pixels]:
    drawn = draw_patches(photos, rng, count, side)
    return [np.ascontiguousarray(each.transpose(1, 2, 0)) for each in drawn]


def _untouched(photos: Sequence[Photo], rng: np.random.Generator, side: int) -> Example:
    """Return a patch without rust, of a few the one that looks most like it: brick, wood, skin, leaves."""
    candidates = _patches(photos, rng, side, _CANDIDATES)
    looks = [float(rust_mask(each.astype(np.float32) / 255, 0.5).mean()) for each in candidates]
    surface, nothing = candidates[int(np.argmax(looks))], np.zeros((side, side), np.float32)
    return _worn(surface.astype(np.float32), surface, nothing, nothing, rng)


def _real(surface: Pixels, cutouts: Sequence[Pixels], rng: np.random.Generator) -> Example:
    laid = composite(surface, cutouts, rng, count=int(rng.integers(1, 4)), scale=CUTOUT_SCALE)
    unknown = np.where(laid.cover > 0, np.float32(UNKNOWN), np.float32(0))
    cover = np.clip((laid.cover - 0.1) / 0.4, 0, 1)
    return _worn(laid.image.astype(np.float32), surface, cover, unknown, rng)


def _worn(
    rusty: Pixels, surface: Pixels, cover: Plane, thickness: Plane, rng: np.random.Generator
) -> Example:
    """Return `rusty` and `surface`, 0 to 255, with the same noise, σ 0–8, and JPEG, 60–95 half the time."""
    noise = rng.standard_normal(surface.shape, np.float32) * np.float32(rng.uniform(0, 8))
    quality = int(rng.integers(60, 96)) if rng.random() < 0.5 else 0
    image, reference = (
        np.rint(np.clip(255 * recompress((each + noise) / 255, quality), 0, 255)).astype(np.uint8)
        for each in (rusty, surface)
    )
    return Example(image, reference, cover, thickness)


def _seen(thickness: Plane) -> Plane:
    """Return 0 where `thickness` is below `OUTSIDE`, 1 above `INSIDE`, and a line in between."""
    return np.clip((thickness - OUTSIDE) / (INSIDE - OUTSIDE), 0, 1)


def _weight(cover: Tensor, thickness: Tensor) -> Tensor:
    """Return what the error of each pixel counts, (n, 1, h, w)."""
    hidden = (thickness > OPAQUE) | (thickness < 0)
    inside = torch.where(hidden, _HIDDEN, _SEEN_THROUGH)
    return torch.where(cover <= 0, _CLEAN, inside)


def _image_loss(image: Tensor, reference: Tensor, weight: Tensor, kind: str) -> Tensor:
    scale = weight if kind == "l1" else weight.sqrt()
    return pixel_loss(image.float() * scale, reference * scale, kind)


def _leak(change: Tensor, mask: Tensor, cover: Tensor) -> Tensor:
    """Return how much surface the `mask` lets through where it is clean; only the mask learns by it."""
    surface = (change / mask.clamp_min(_FAINT)).detach().abs()
    return (mask * surface * (cover <= 0)).mean()


def _mask_loss(mask: Tensor, cover: Tensor) -> Tensor:
    """Return cross-entropy and Dice's loss; the latter counts small stains as much as large ones."""
    safe = mask.clamp(1e-6, 1 - 1e-6)
    both, either = (mask * cover).sum((1, 2, 3)), (mask + cover).sum((1, 2, 3))
    dice = (1 - (2 * both + 1) / (either + 1)) * (cover.amax((1, 2, 3)) > 0)  # it says nothing of no rust
    return functional.binary_cross_entropy(safe, cover) + dice.mean()
