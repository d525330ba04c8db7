"""The examination in derusting, on pieces of held-out photos.

Gains inside are measured against the photo with the same noise and JPEG, over doing nothing, by stratum of
the true thickness; changes outside against the input.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import log10
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lab.degradations import drawing, rust, second_rust
from lab.degradations.cutouts import composite
from lab.metrics import delta_e
from lab.training.lesson import Marks, cropped_to_multiple, to_image, to_tensor
from models.method import Pixels, Plane

SIDE = 192
"""Pieces are at most so large; each takes about half a second on a CPU, most of it to make the rust."""

MULTIPLE = 32
"""What the sides of a piece are multiples of: networks that fill average squares of so many pixels."""

OUTSIDE_AIM = 45.0
"""PSNR in dB between result and input that clean pixels must reach."""

_MISSING = 0.25
"""What each dB that clean pixels lack costs of the score: were it 1, to do nothing would do best."""

_MOST = 80.0
_FEWEST = 64
"""A stratum with fewer pixels of a photo is not measured there."""


@dataclass(slots=True)
class _Sheet:
    """What adds up over the photos of one kind of rust."""

    gains: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in rust.STRATA})
    changed: float = 0.0
    clean: int = 0
    right: int = 0
    wrong: int = 0

    def found(self, mask: Plane, true: Plane) -> None:
        """Count the pixels that are rightly and wrongly masked, or wrongly not."""
        self.right += int((mask & true).sum())
        self.wrong += int((mask ^ true).sum())

    def outside(self, result: Pixels, image: Pixels, clean: Plane) -> None:
        """Add what was changed where it was clean."""
        self.changed += float(((result - image)[clean] ** 2).sum(dtype=np.float64))
        self.clean += 3 * int(clean.sum())

    def figures(self, prefix: str, *, gains: bool = True) -> dict[str, float]:
        """Return the figures; a gain is 0 where no photo has the stratum."""
        means = {
            f"{prefix}{name}": float(np.mean(values)) if values else 0.0
            for name, values in self.gains.items()
        }
        return {
            **(means if gains else {}),
            f"{prefix}outside": _decibels(self.changed / max(self.clean, 1)),
            f"{prefix}mask_f1": 2 * self.right / max(2 * self.right + self.wrong, 1),
        }


def examine(
    network: Callable[..., Any], photos: Sequence[Pixels], cutouts: Sequence[Pixels], device: torch.device
) -> Marks:
    """Return the marks on clean `photos` (h, w, 3) uint8, rusted with seeds of the examination's own.

    The score is the mean gain in dB over the strata of the first maker of rust, less what is missing outside.
    The figures of the second maker ("second_…"), of real `cutouts` (h, w, 4), and of photos without rust
    ("harm", mean ΔE00) do not count in it.
    """
    pieces = [_piece(photo) for photo in photos]
    first, second, real = _Sheet(), _Sheet(), _Sheet()
    harm: list[float] = []
    for number, clean in enumerate(pieces):
        seed = 1_000_000 + number
        settings = rust.DEGRADATION.settle(drawing.rust_settings(np.random.default_rng(seed)))
        run = _Run(network, device)
        _mark(first, run, rust.make(clean, settings, seed), rust.reference(clean, settings, seed))
        _mark(second, run, second_rust.make(clean, seed), second_rust.reference(clean, seed))
        if cutouts:
            _mark_real(real, run, clean, cutouts, np.random.default_rng(seed))
        harm.append(delta_e(_unit(clean), run(_unit(clean))[0]).mean)
    figures = {**first.figures(""), **second.figures("second_"), "harm": float(np.mean(harm))}
    gain = float(np.mean([figures[name] for name in rust.STRATA]))
    score = gain + _MISSING * min(0.0, figures["outside"] - OUTSIDE_AIM)
    return Marks({**figures, **(real.figures("real_", gains=False) if cutouts else {})}, score)


@dataclass(frozen=True, slots=True)
class _Run:
    network: Callable[..., Any]
    device: torch.device

    def __call__(self, image: Pixels) -> tuple[Pixels, Plane]:
        """Return the restored image (h, w, 3) and where there is rust (h, w) bool."""
        restored, mask, *_ = self.network(to_tensor(image, self.device))
        return to_image(restored), mask[0, 0].float().cpu().numpy() >= 0.5


def _mark(sheet: _Sheet, run: _Run, rusted: rust.Rusted, reference: Pixels) -> None:
    image, clean = _unit(rusted.image), _unit(reference)
    restored, mask = run(image)
    before, after = ((each - clean) ** 2 for each in (image, restored))
    for name, chosen in rust.strata(rusted.thickness).items():
        if chosen.sum() >= _FEWEST:
            gain = _decibels(float(after[chosen].mean())) - _decibels(float(before[chosen].mean()))
            sheet.gains[name].append(gain)
    sheet.outside(restored, image, rusted.thickness < rust.OUTSIDE)
    sheet.found(mask, rusted.mask)


def _mark_real(
    sheet: _Sheet, run: _Run, clean: Pixels, cutouts: Sequence[Pixels], rng: np.random.Generator
) -> None:
    laid = composite(clean, cutouts, rng, count=2, scale=(0.6, 1.5))
    image = _unit(laid.image)
    restored, mask = run(image)
    sheet.outside(restored, image, laid.cover <= 0)
    sheet.found(mask, laid.mask)


def _piece(photo: Pixels) -> Pixels:
    """Return the middle of `photo`, at most `SIDE` square."""
    top, left = (max(0, (side - SIDE) // 2) for side in photo.shape[:2])
    return cropped_to_multiple(photo[top : top + SIDE, left : left + SIDE], MULTIPLE)


def _unit(image: Pixels) -> NDArray[np.float32]:
    return image.astype(np.float32) / np.float32(255)


def _decibels(mean_square: float) -> float:
    return min(_MOST, 10 * log10(1 / max(mean_square, 1e-12)))
