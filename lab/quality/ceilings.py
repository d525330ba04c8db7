"""How far restoring can go: what a method would reach that knew a part of the truth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from lab.degradations.rust import OUTSIDE
from lab.quality.case import Case
from lab.quality.photos import to_bytes
from lab.training.haze_scenes import reduced
from models.card import Task
from models.classical import inpaint, kubelka_munk, unmixing
from models.classical.airlight import SHORT_SIDE, airlight_of
from models.classical.light import to_encoded, to_linear
from models.classical.surroundings import filled
from models.method import Pixels

_DARKEST = 0.01
"""Least linear light of a guessed surface, as in `models.classical.unmixing`."""

_THICKEST = 0.1
"""Haze is taken to be no thicker, as by every method here: noise and rounding are raised tenfold at most."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """`restore(case)` returns (h, w, 3) uint8, or None where the truth it needs is not known."""

    id: str
    title: str
    restore: Callable[[Case], Pixels | None]


def inverted(case: Case) -> Pixels | None:
    """Return the photo with the layer computed away exactly, by the true thickness and pigment.

    Noise, JPEG, blur and relief are not undone, and are blown up where the rust is thick.
    """
    if case.rust is None or case.rust.thickness is None or case.rust.pigment is None:
        return None
    light = to_linear(case.damaged / 255.0)
    surface = kubelka_munk.substrate(light, case.rust.thickness[..., None], case.rust.pigment)
    return _placed(case, to_encoded(np.clip(surface, 0, 1)))


def trusted(case: Case) -> Pixels | None:
    """Return the same where the layer lets light through, and the smooth surroundings where it does not."""
    if case.rust is None or case.rust.thickness is None or case.rust.pigment is None:
        return None
    light = to_linear(case.damaged / np.float32(255)).astype(np.float32)
    clean = (case.rust.thickness <= OUTSIDE).astype(np.float32)
    if not clean.any():
        return None
    around = np.maximum(filled(light, clean), np.float32(_DARKEST))
    image = light.copy()
    rusty = clean == 0
    image[rusty] = unmixing.uncover(
        light[rusty],
        around[rusty],
        case.rust.thickness[rusty][:, None].astype(np.float32),
        case.rust.pigment[rusty].astype(np.float32),
    )
    return _placed(case, to_encoded(image))


def inpainted(case: Case) -> Pixels | None:
    """Return the best of three fills of the true mask: Telea, Navier–Stokes, smooth surroundings.

    The best is told by the truth, photo by photo: the one with the smallest error inside.
    """
    if case.rust is None or not case.rust.inside.any():
        return None
    if case.rust.outside.mean() < 0.01:  # nothing to fill from
        return None
    hole = np.logical_not(case.rust.outside)
    image = case.damaged.astype(np.float32) / np.float32(255)
    fills = [inpaint.fill(image, hole.astype(np.uint8), method) for method in ("Telea", "Navier–Stokes")]
    fills.append(filled(image, case.rust.outside.astype(np.float32)))
    placed = [_placed(case, fill) for fill in fills]
    return min(placed, key=lambda fill: _error(case, fill))


def _placed(case: Case, image: Pixels) -> Pixels:
    """Return `image` (float in [0, 1]) as uint8, with the damaged photo's own pixels outside the rust."""
    assert case.rust is not None
    return np.where(case.rust.outside[..., None], case.damaged, to_bytes(np.asarray(image, np.float32)))


def _error(case: Case, image: Pixels) -> float:
    assert case.rust is not None
    difference = image[case.rust.inside].astype(np.float64) - case.reference[case.rust.inside]
    return float(np.square(difference).sum())


def without_noise(case: Case) -> Pixels | None:
    """Return the photo as its camera and JPEG would have it without noise."""
    return case.without_noise


def seen_through(case: Case) -> Pixels | None:
    """Return the photo with the haze computed away by its true transmission, the airlight read from it."""
    if case.transmission is None:
        return None
    hazy = np.asarray(case.damaged, np.float32) / np.float32(255)
    airlight = airlight_of(reduced(hazy, SHORT_SIDE))
    transmission = np.maximum(case.transmission, _THICKEST)[..., None].astype(np.float32)
    return to_bytes((hazy - airlight) / transmission + airlight)


CEILINGS: Mapping[Task, tuple[Ceiling, ...]] = {
    Task.DENOISE: (Ceiling("noiseless", "Truth known: no noise, JPEG alone", without_noise),),
    Task.DEHAZE: (
        Ceiling("transmission", "Truth known: transmission; airlight read from the photo", seen_through),
    ),
    Task.DERUST: (
        Ceiling("inversion", "Truth known: exact inversion by map and pigment", inverted),
        Ceiling("unmixing", "Truth known: unmixing by map and pigment", trusted),
        Ceiling("inpainting", "Truth known: best inpainting by mask", inpainted),
    ),
}
