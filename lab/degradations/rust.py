"""Rust on a surface: iron oxide of a known thickness over a clean photo, in linear light.

A map of thickness (see `corrosion`) is coloured by a mixture of pigments through Kubelka–Munk's layer, or,
for stains in paper that absorb and do not scatter, by Beer–Lambert's law R = g·exp(−2·D·A). The surface
under the rust loses detail and gains relief; noise and JPEG come last.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from lab.degradations.corrosion import Corrosion, Growth, corrode
from lab.degradations.degradation import Degradation
from lab.degradations.fields import Size, fractional_brownian, smoothstep
from lab.degradations.finish import JPEG, NOISE, finish
from lab.degradations.unit import to_unit
from models.card import Control, Settings, Task
from models.classical.kubelka_munk import PIGMENTS, mix, reflectance
from models.classical.light import to_encoded, to_linear
from models.method import Pixels, Plane

ABSORBANCE = {"goethite": (0.06, 0.24, 1.0), "hematite": (0.05, 0.46, 1.0)}
"""A of a thin stain in R, G, B, for Beer–Lambert's law."""

INSIDE, OUTSIDE = 0.05, 0.005
"""A pixel is rust above the first thickness and clean below the second; between them it is neither."""

TRANSLUCENT, OPAQUE = 0.15, 0.7
"""Thickness X below which the surface shows through, and above which it is gone; partial lies between."""

STRATA = ("translucent", "partial", "opaque")

_NAMES = tuple(PIGMENTS)
_R_INFINITY = np.array([PIGMENTS[name] for name in _NAMES])
_BLENDS = {
    "fresh": (0.35, 0.05, 0.60, 0.0),
    "mixed": (0.40, 0.35, 0.25, 0.0),
    "old": (0.25, 0.65, 0.00, 0.10),
}
"""Shares of goethite, hematite, lepidocrocite, ferrihydrite: orange, brown, red-brown. Chosen by eye."""

_DOWN_RIGHT = np.array([[0, -0.5, 0], [-0.5, 0, 0.5], [0, 0.5, 0]])
"""Central differences of the rows and of the columns, added up."""


@dataclass(frozen=True, slots=True)
class Rusted:
    """A rusted photo and the truth about it.

    `image` has the clean photo's shape and dtype. `thickness` X (height, width) float64 ≥ 0 is
    Kubelka–Munk's, or the density D of a Beer–Lambert stain. `streaks` is the part of it that ran down.
    `pigment` (height, width, 3) is R∞ in linear light, and for a stain the transmittance of D = 1.
    """

    image: Pixels
    thickness: Pixels
    streaks: Pixels
    pigment: Pixels

    @property
    def mask(self) -> Pixels:
        """Return where rust is to be seen, (height, width) bool: X above `INSIDE`."""
        return self.thickness > INSIDE


@dataclass(frozen=True, slots=True)
class Layer:
    """Rust that can lie on any photo of its size; the truth about it and all that it does to light.

    `thickness` X, `streaks` and `pigment` as in `Rusted`; `shading` (height, width, 1) multiplies the light;
    `blur` in pixels is the loss of detail below; a `stain` absorbs (Beer–Lambert) and does not scatter.
    float32 or float64, as is the light then.
    """

    thickness: Pixels
    streaks: Pixels
    pigment: Pixels
    shading: Pixels
    blur: float
    stain: bool

    def on(self, surface: Pixels) -> Pixels:
        """Return the light of the rusty `surface`, both (height, width, 3) linear in [0, 1]."""
        below, thickness = _worn(surface, self.thickness, self.blur), self.thickness[..., None]
        light = below * self.pigment**thickness if self.stain else reflectance(below, thickness, self.pigment)
        return np.clip(light * self.shading, 0, 1)


def strata(thickness: Pixels) -> dict[str, Plane]:
    """Return where each of `STRATA` is, by `thickness` X (height, width).

    >>> [where.tolist() for where in strata(np.array([0.1, 0.15, 0.8])).values()]
    [[True, False, False], [False, True, False], [False, False, True]]
    """
    masks = (
        (thickness > INSIDE) & (thickness < TRANSLUCENT),
        (thickness >= TRANSLUCENT) & (thickness <= OPAQUE),
        thickness > OPAQUE,
    )
    return dict(zip(STRATA, masks, strict=True))


def make(image: Pixels, settings: Settings, seed: int) -> Rusted:
    """Rust `image` (h, w, 1 or 3; uint8, uint16 or float32); see `CONTROLS` for `settings`.

    A grey photo is rusted in colour and its luminance returned.
    """
    made = layer(image.shape[:2], settings, seed)
    return put(made, image, _noise(seed), noise=float(settings["noise"]), jpeg=int(settings["jpeg"]))


def layer(size: Size, settings: Settings, seed: int) -> Layer:
    """Return rust for a photo of `size` (height, width)."""
    place_rng, colour_rng = (np.random.default_rng([seed, part]) for part in range(2))
    corrosion = corrode(size, place_rng, _growth(settings))
    stain = settings["layer"] == "stain"
    if stain:
        pigment = _stain_colour(size, colour_rng)
    else:
        pigment = _pigment(corrosion, colour_rng, str(settings["blend"]))
    shading = relief(corrosion.patches, colour_rng, float(settings["relief"]))
    return Layer(corrosion.thickness, corrosion.streaks, pigment, shading, float(settings["blur"]), stain)


def put(layer: Layer, image: Pixels, rng: np.random.Generator, *, noise: float, jpeg: int) -> Rusted:
    """Lay `layer` on `image` and add `noise` and JPEG; see `finish`."""
    clean = to_unit(image)
    light = layer.on(to_linear(np.broadcast_to(clean, (*clean.shape[:2], 3))))
    rusty = to_encoded(light if clean.shape[2] == 3 else light @ np.array([[0.2126], [0.7152], [0.0722]]))
    rusty = finish(rusty, image, rng, noise=noise, jpeg=jpeg)
    return Rusted(rusty, layer.thickness, layer.streaks, layer.pigment)


def reference(image: Pixels, settings: Settings, seed: int) -> Pixels:
    """Return the clean `image` with the noise and JPEG that `make` puts on: what a result is held against."""
    noise, jpeg = float(settings["noise"]), int(settings["jpeg"])
    return finish(to_unit(image), image, _noise(seed), noise=noise, jpeg=jpeg)


def _noise(seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, 2])


def degrade(image: Pixels, settings: Settings, seed: int) -> Pixels:
    """Return the rusted image alone, same shape and dtype."""
    return make(image, settings, seed).image


def _growth(settings: Settings) -> Growth:
    return Growth(
        cover=float(settings["cover"]),
        thickness=float(settings["thickness"]),
        roughness=float(settings["roughness"]),
        edge=float(settings["edge"]),
        seeds=int(settings["seeds"]),
        spread=float(settings["spread"]),
        clustering=float(settings["clustering"]),
        streaks=float(settings["streaks"]),
        run=float(settings["run"]),
    )


def _worn(surface: Pixels, thickness: Pixels, blur: float) -> Pixels:
    """Return `surface` (h, w, 3) blurred where rust is thick: fine detail is the first to go."""
    if blur == 0:
        return surface
    share = smoothstep(0.05, 0.7, thickness)[..., None]
    return surface + share * (cv2.GaussianBlur(surface, (0, 0), blur) - surface)


def _pigment(corrosion: Corrosion, rng: np.random.Generator, blend: str) -> Pixels:
    """Return R∞ (h, w, 3): a patchy mixture, dark ferrihydrite at thick cores, ±18 % speckle.

    Water carries the light, hydrated oxides, so streaks are more orange than the patches they come from.
    """
    size = corrosion.patches.shape
    shares = np.empty((*size, len(_NAMES)))
    for i, share in enumerate(_BLENDS[blend]):
        patchiness = fractional_brownian(size, rng, hurst=0.35, largest=0.12)
        shares[..., i] = share * np.exp(1.3 * patchiness)
    shares /= shares.sum(axis=-1, keepdims=True)
    layers = np.exp(1.1 * fractional_brownian(size, rng, hurst=0.3, largest=0.1))
    core = smoothstep(0.5, 2.0, corrosion.patches * layers)
    dark = np.array([float(name == "ferrihydrite") for name in _NAMES])
    shares += 0.95 * core[..., None] * (dark - shares)
    speckle = np.clip(fractional_brownian(size, rng, hurst=0.1, largest=0.02), -2, 2) / 2
    return np.clip(mix(shares, _R_INFINITY) * (1 + 0.18 * speckle[..., None]), 0.004, 0.95)


def _stain_colour(size: Size, rng: np.random.Generator) -> Pixels:
    """Return exp(−2A) (h, w, 3) of a patchy mixture of goethite and hematite."""
    part = smoothstep(-1.5, 1.5, fractional_brownian(size, rng, hurst=0.6, largest=0.3))[..., None]
    goethite, hematite = np.array(ABSORBANCE["goethite"]), np.array(ABSORBANCE["hematite"])
    return np.exp(-2 * (goethite + part * (hematite - goethite)))


def relief(patches: Pixels, rng: np.random.Generator, strength: float) -> Pixels:
    """Return (h, w, 1) the shading 1 − 2κ∇h·l of a crust lit from the upper left, times that of its pits.

    The height h is log(1 + X), since X itself would make cliffs, with flakes where X is large; pits between
    the flakes see less of the sky and go dark. κ is `strength`; 0 gives ones, as does the clean surface.
    Within [0.15, 1.5].
    """
    thick = smoothstep(0.3, 1.3, patches)
    flakes = fractional_brownian(patches.shape, rng, hurst=0.35, largest=0.06)
    crust = cv2.GaussianBlur(np.log1p(patches) + 0.5 * thick * flakes, (0, 0), 0.6)
    slope = np.sqrt(0.5) * cv2.filter2D(crust, cv2.CV_64F, _DOWN_RIGHT) * smoothstep(OUTSIDE, INSIDE, patches)
    pits = thick * smoothstep(0.0, 2.2, -flakes)
    return np.clip((1 - 2 * strength * slope) * (1 - min(2.2 * strength, 0.9) * pits), 0.15, 1.5)[..., None]


CONTROLS = (
    Control(
        name="cover",
        label="Cover",
        kind="number",
        default=0.15,
        minimum=0.01,
        maximum=0.6,
        step=0.01,
        help="Share of the photo inside the patches.",
    ),
    Control(
        name="thickness",
        label="Thickness",
        kind="number",
        default=0.8,
        minimum=0.03,
        maximum=4,
        step=0.01,
        help="0.1 is a translucent stain, 1 hides the surface, 3 is scale.",
    ),
    Control(
        name="blend",
        label="Pigments",
        kind="choice",
        default="mixed",
        choices=tuple(_BLENDS),
        help="Fresh rust is orange, old rust red-brown.",
    ),
    Control(
        name="layer",
        label="Layer",
        kind="choice",
        default="crust",
        choices=("crust", "stain"),
        help="A crust scatters light (Kubelka–Munk); a stain in paper only absorbs it (Beer–Lambert).",
    ),
    Control(
        name="seeds",
        label="Seeds",
        kind="integer",
        default=8,
        minimum=1,
        maximum=60,
        help="Places where rust begins.",
    ),
    Control(
        name="spread",
        label="Spread",
        kind="number",
        default=0.1,
        minimum=0.02,
        maximum=0.3,
        step=0.01,
        unit="short sides",
        help="Reach of rust around a seed.",
    ),
    Control(
        name="clustering",
        label="Clustering",
        kind="number",
        default=1.5,
        maximum=6,
        step=0.1,
        help="How much rust keeps to its seeds; 0 spreads it by chance.",
    ),
    Control(
        name="roughness",
        label="Outline",
        kind="number",
        default=0.4,
        minimum=0.2,
        maximum=0.9,
        step=0.05,
        help="Hurst exponent of the outline: 0.2 ragged, 0.9 smooth.",
    ),
    Control(
        name="edge",
        label="Edge",
        kind="number",
        default=0.12,
        minimum=0.03,
        maximum=0.5,
        step=0.01,
        help="Width of the border between rust and clean surface.",
    ),
    Control(
        name="streaks",
        label="Drips",
        kind="number",
        default=0.6,
        maximum=3,
        step=0.1,
        help="Strength of the streaks below the patches.",
    ),
    Control(
        name="run",
        label="Length of drips",
        kind="number",
        default=0.15,
        minimum=0.03,
        maximum=0.5,
        step=0.01,
        unit="heights",
        help="Distance over which a streak fades.",
    ),
    Control(
        name="blur",
        label="Loss of detail",
        kind="number",
        default=1.2,
        maximum=4,
        step=0.1,
        unit="px",
        help="Blur of the surface under thick rust.",
    ),
    Control(
        name="relief",
        label="Relief",
        kind="number",
        default=0.3,
        maximum=1,
        step=0.05,
        help="Shading of the crust's bumps (κ).",
    ),
    NOISE,
    JPEG,
)

DEGRADATION = Degradation(Task.DERUST, CONTROLS, degrade)
