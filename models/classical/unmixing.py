"""Derusting by Kubelka–Munk: rust is a translucent layer, so what it hides can partly be computed."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.card import Card, Control, Paper, Task
from models.classical import guided_filter
from models.classical.enlarging import enlarged
from models.classical.guided_filter import Guided
from models.classical.kubelka_munk import PIGMENTS, reflectance
from models.classical.light import to_encoded, to_linear
from models.classical.rust_mask import SENSITIVITY, rust_mask
from models.classical.surroundings import filled
from models.method import Output, Photo, Pixels, Plane, Survey, Tile, swatch

_SHORT_SIDE = 600
_BEST = "best fit"
_THICKNESSES = np.concatenate([[0], np.geomspace(0.01, 1.5, 24)]).astype(np.float32)  # beyond, all are opaque
_DARKEST_SURFACE = 0.01
# The next four were chosen by PSNR inside synthetic rust on eleven photos; it moves by less than 0.3 dB for
# noise 0.12 to 0.5, radius 1 to 6, ε 1e-4 to 1e-2, colour 0 to 1.
_NOISE = 0.3  # how far light may be from the model, against the square root of the surface's light
_RADIUS, _EPSILON = 1, 1e-3  # the guided filter's, for thickness: rust is speckled, so the radius is small
_COLOUR = 0.3  # the share of a spot's own colour that is believed; its light and dark is believed in full
_MOST_DETAIL = float(np.log(3))  # how many times brighter or darker than its surroundings a spot may be


@dataclass(frozen=True, slots=True)
class Rust:
    """What a look at the whole photo has found, all at the size of the reduced photo.

    `mask` (h, w) from 0 to 1; `thickness` the layer's X; `surface` (h, w, 3) the smooth colour of the clean
    surface in linear light; `pigment` (3,) the rust's R∞.
    """

    mask: Plane
    thickness: Guided
    surface: Pixels
    pigment: NDArray[Any]


def look(photo: Photo, *, sensitivity: float, strength: float, pigment: str) -> Rust:
    """Find the rust, the surface around it, the pigment and the thickness of the layer."""
    del strength  # needed only where the rust is taken off
    image = photo.reduced(_SHORT_SIDE)
    mask = rust_mask(image, sensitivity)
    near = cv2.dilate(mask, np.ones((7, 7), np.uint8))  # the stain's faint border is no clean surface
    light = to_linear(image)
    surface = np.maximum(filled(light, (near == 0).astype(np.float32)), np.float32(_DARKEST_SURFACE))
    if near.all():  # nothing clean to compare with
        mask = np.zeros_like(mask)
    r_infinity = _pigment(pigment, light, surface, mask)
    thickness = _thickness(light, surface, r_infinity)[0]
    guided = guided_filter.fit(thickness, image, _RADIUS, _EPSILON)
    return Rust(mask, guided, surface, r_infinity)


def _pigment(name: str, light: Pixels, surface: Pixels, mask: Plane) -> NDArray[Any]:
    """Return R∞ of the pigment called `name`, or of the one that explains the masked pixels best."""
    if name != _BEST:
        return np.array(PIGMENTS[name], np.float32)
    chosen = np.flatnonzero(mask.ravel() > 0.5)
    chosen = chosen[:: max(len(chosen) // 5000, 1)]
    pixels, below = light.reshape(-1, 3)[chosen], surface.reshape(-1, 3)[chosen]
    candidates = [np.array(value, np.float32) for value in PIGMENTS.values()]
    errors = [float(_thickness(pixels[np.newaxis], below[np.newaxis], one)[1].sum()) for one in candidates]
    return candidates[int(np.argmin(errors))]


def _thickness(light: Pixels, surface: Pixels, pigment: NDArray[Any]) -> tuple[Plane, Plane]:
    """Return the thickness at which a layer on `surface` comes nearest to `light`, and the error left.

    The error is the squared difference in cube roots, which are about even to the eye.
    """
    best = np.zeros(light.shape[:2], np.float32)
    least = np.full(light.shape[:2], np.inf, np.float32)
    seen = np.cbrt(light)
    for thickness in _THICKNESSES:
        layer = np.cbrt(reflectance(surface, thickness, pigment))
        error = ((layer - seen) ** 2).sum(axis=2)
        best = np.where(error < least, thickness, best)
        least = np.minimum(error, least)
    return best, least


def swatches(seen: Rust) -> dict[str, Pixels]:
    """Return the colour of the pigment as a small square."""
    return {"pigment": swatch(to_encoded(seen.pigment))}


def run(tile: Tile, seen: Rust, *, sensitivity: float, strength: float, pigment: str) -> Output:
    """Take the rust off `tile`; pixels outside the mask come back exactly as they are."""
    del sensitivity, pigment  # they went into what was seen
    window, size = tile.window, tile.photo_size
    mask = enlarged(seen.mask, window, size)
    thickness = np.maximum(seen.thickness.on(tile.image, window, size), 0)
    surface = enlarged(seen.surface, window, size)
    image = tile.image.copy()
    rusty = mask > 0
    if rusty.any():
        clean = to_encoded(
            uncover(to_linear(image[rusty]), surface[rusty], thickness[rusty][:, np.newaxis], seen.pigment)
        )
        share = np.float32(strength) * mask[rusty][:, np.newaxis]
        image[rusty] += share * (clean - image[rusty])
    stages = {
        "rust-mask": mask,
        "thickness": mask * (thickness / (1 + thickness)),
        "substrate": to_encoded(surface),
    }
    return Output(image, stages)


def uncover(light: Pixels, surface: Pixels, thickness: Plane, pigment: NDArray[Any]) -> Pixels:
    """Return the surface's light below a layer, from what still shines through and what lies around.

    All in linear light: `light` (n, 3) is what is seen, `surface` (n, 3) the smooth guess from the
    surroundings, `thickness` (n, 1), `pigment` (3,). The inversion is one Newton step from the guess; each
    channel counts as far as the layer lets it through (a Wiener gain). Channels that show nothing follow the
    others in light and dark, since the texture of surfaces is mostly grey; where none shows anything the
    guess stays.
    """
    layer = reflectance(surface, thickness, pigment)
    slope = (reflectance(surface * np.float32(1.02), thickness, pigment) - layer) / np.float32(0.02)
    trust = slope**2 / (slope**2 + np.float32(_NOISE**2) * surface)
    change = np.clip((light - layer) / np.maximum(slope, np.float32(1e-4)), -0.9, 3)
    detail = np.clip(np.log1p(change), -_MOST_DETAIL, _MOST_DETAIL)
    grey = (trust * detail).sum(axis=1, keepdims=True) / np.maximum(trust.sum(axis=1, keepdims=True), 1e-6)
    certainty = trust.max(axis=1, keepdims=True)
    return surface * np.exp(certainty * grey + np.float32(_COLOUR) * trust * (detail - grey))


CARD = Card(
    id="derust-kubelka-munk",
    task=Task.DERUST,
    title="Kubelka–Munk unmixing",
    summary="Treats rust as a translucent layer of pigment and computes what lies below it.",
    explanation=(
        "A rule on colour finds the rust, and its clean surroundings tell what colour the surface has. The "
        "Kubelka–Munk theory of paint layers predicts how a film of iron oxide of any thickness would look "
        "on that surface; the thickness that fits best is found at each place, and the film is computed "
        "away. Texture that shines through a thin stain comes back. Where rust is opaque the surface is "
        "gone, and the smooth colour of the surroundings is put there: plausible, not evidence. Wood, "
        "terracotta, leather, ginger fur and autumn leaves have the colour of rust and are bleached too; "
        "rust in the dark and very faint stains are missed."
    ),
    formula=r"R = \frac{q\,(g - R_\infty)/R_\infty - R_\infty\,(g - 1/R_\infty)}"
    r"{q\,(g - R_\infty) - (g - 1/R_\infty)}, \qquad q = e^{-X(1/R_\infty - R_\infty)}",
    paper=Paper(
        title="New Contributions to the Optics of Intensely Light-Scattering Materials. Part I",
        authors="Kubelka",
        year=1948,
        link="https://doi.org/10.1364/JOSA.38.000448",
    ),
    build=Survey(look, run, field_of_view=0, swatches=swatches),
    controls=(
        SENSITIVITY,
        Control(
            name="strength",
            label="Strength",
            kind="number",
            default=1.0,
            minimum=0,
            maximum=1,
            step=0.05,
            help="The share of the rust that is taken away.",
        ),
        Control(
            name="pigment",
            label="Pigment",
            kind="choice",
            default=_BEST,
            choices=(_BEST, *PIGMENTS),
            help="The iron oxide: goethite is yellow-brown, hematite red, lepidocrocite orange, "
            "ferrihydrite dark.",
        ),
    ),
    stages={
        "rust-mask": "Rust mask",
        "thickness": "Thickness of the layer",
        "substrate": "Clean surface, guessed",
        "pigment": "Pigment",
    },
)
