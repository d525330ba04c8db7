"""One result against its truth → numbers, by stratum."""

from collections.abc import Mapping
from math import log10

import cv2
import numpy as np

from lab.metrics import SSIM_WINDOW, delta_e_map, gmsd, ssim_map
from lab.quality import perceived
from lab.quality.case import Case, Mask, Rust
from lab.quality.contestants import Answer
from models.method import Pixels, Plane

WHOLE, INSIDE, OUTSIDE, BAND = "whole", "inside", "outside", "band"

UNTOUCHED = 99.0
"""PSNR in dB that stands for equal pixels, so that means stay finite."""

LEAST_PIXELS = 100
"""A stratum with fewer pixels in a photo is not scored there."""

Figures = Mapping[str, Mapping[str, float]]
"""Stratum → metric → value."""


def figures(case: Case, answer: Answer) -> Figures:
    """Return every figure of one answer.

    In each stratum `psnr` (dB), `ssim`, `delta_e` and `delta_e_p95` against the reference; on the whole also
    `gmsd` and, where a network for it is installed, `features` (see `perceived`). Where rust is known,
    outside, `kept`: PSNR of the output against the input; and if the method shows a mask, `flagged`: the
    share of the outside that it marks, and on the whole `mask_iou` and `mask_f1`.
    """
    maps = _Maps(case.reference, answer.image)
    strata = {WHOLE: np.ones(case.reference.shape[:2], bool), **(_strata(case.rust) if case.rust else {})}
    scored = {name: maps.within(mask) for name, mask in strata.items() if mask.sum() >= LEAST_PIXELS}
    scored[WHOLE] |= _to_the_eye(case.reference, answer.image)
    if case.rust is None:
        return scored
    if OUTSIDE in scored:
        scored[OUTSIDE]["kept"] = psnr_within(case.damaged, answer.image, case.rust.outside)
    if answer.mask is not None:
        for stratum, found in _mask(case.rust, answer.mask).items():
            scored.get(stratum, {}).update(found)
    return scored


def psnr_within(reference: Pixels, image: Pixels, mask: Mask) -> float:
    """Return the PSNR in dB of two uint8 images where `mask` is true, at most `UNTOUCHED`."""
    return _psnr(_squares(reference, image), mask)


def _to_the_eye(reference: Pixels, image: Pixels) -> dict[str, float]:
    found = {"gmsd": gmsd(reference, image)}
    if perceived.is_here():
        found["features"] = perceived.feature_distance(reference, image)
    return found


def _strata(rust: Rust) -> dict[str, Mask]:
    band = np.logical_not(rust.inside | rust.outside)
    return {INSIDE: rust.inside, OUTSIDE: rust.outside, BAND: band, **rust.strata}


class _Maps:
    """Squared error, SSIM and ΔE00 at each pixel, computed once."""

    def __init__(self, reference: Pixels, image: Pixels) -> None:
        self._squares = _squares(reference, image)
        self._ssim = ssim_map(reference, image).mean(axis=2)
        self._colour = delta_e_map(reference, image)

    def within(self, mask: Mask) -> dict[str, float]:
        colour = self._colour[mask]
        edge = SSIM_WINDOW // 2
        inner = mask[edge:-edge, edge:-edge]
        found = {
            "psnr": _psnr(self._squares, mask),
            "delta_e": float(colour.mean(dtype=np.float64)),
            "delta_e_p95": float(np.percentile(colour, 95)),
        }
        if inner.any():
            found["ssim"] = float(self._ssim[edge:-edge, edge:-edge][inner].mean(dtype=np.float64))
        return found


def _squares(reference: Pixels, image: Pixels) -> Plane:
    """Return the mean over the channels of the squared difference, both uint8, in units of 1."""
    return np.square(cv2.absdiff(reference, image).astype(np.float64) / 255).mean(axis=2)


def _psnr(squares: Plane, mask: Mask) -> float:
    mean = float(squares[mask].mean())
    return UNTOUCHED if mean == 0 else min(10 * log10(1 / mean), UNTOUCHED)


def _mask(rust: Rust, mask: Mask) -> dict[str, dict[str, float]]:
    """Return what the method's `mask` is worth; what is neither inside nor outside does not count.

    The masks of large photos come reduced: every n-th pixel.
    """
    step = -(-rust.inside.shape[0] // mask.shape[0])
    inside, outside = rust.inside[::step, ::step], rust.outside[::step, ::step]
    hit, false = int((mask & inside).sum()), int((mask & outside).sum())
    missed = int(inside.sum()) - hit
    found = {OUTSIDE: {"flagged": false / outside.sum()}} if outside.any() else {}
    if inside.any():
        overlap = {"mask_iou": hit / (hit + false + missed), "mask_f1": 2 * hit / (2 * hit + false + missed)}
        found[WHOLE] = overlap
    return found
