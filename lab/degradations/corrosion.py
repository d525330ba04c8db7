"""Where rust sits and how thick it is: patches that grow from seeds, flecks about them, and drips below.

Thickness X is in Kubelka–Munk's units (1/S): below 0.15 the surface shows through, above 0.7 it is gone.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import map_coordinates

from lab.degradations.fields import Size, fractional_brownian, sigmoid, smoothstep, worley
from models.method import Pixels

STREAK_LIMIT = 1.2
"""Thickest layer that running water leaves behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How a surface rusts.

    `cover` is the share of the photo inside the patches (0.01 to 0.6); `thickness` T the depth scale of the
    patches (0.03 to 4); `roughness` the Hurst exponent of their outline (0.2 ragged to 0.9 smooth); `edge`
    the width of their border in standard deviations of age (0.05 to 0.4); `seeds` the number of places where
    rust begins; `spread` their reach ℓ in short sides (0.02 to 0.3); `clustering` c how much age depends on
    the seeds rather than on chance (0 to 3); `streaks` the strength of the drips (0 to 2); `run` their
    length L in heights of the photo (0.03 to 0.5).
    """

    cover: float = 0.15
    thickness: float = 0.8
    roughness: float = 0.4
    edge: float = 0.12
    seeds: int = 8
    spread: float = 0.1
    clustering: float = 1.5
    streaks: float = 0.6
    run: float = 0.15


@dataclass(frozen=True, slots=True)
class Corrosion:
    """The truth about made rust, both (height, width) float64.

    `patches` is the thickness X of what grew in place, `streaks` of what water carried down.
    """

    patches: Pixels
    streaks: Pixels

    @property
    def thickness(self) -> Pixels:
        """Return the whole thickness X ≥ 0."""
        return self.patches + self.streaks


def corrode(size: Size, rng: np.random.Generator, growth: Growth) -> Corrosion:
    """Return a map of rust on an upright surface of `size` (height, width)."""
    patches = grow(size, rng, growth)
    return Corrosion(patches, run_down(patches, rng, growth))


def grow(size: Size, rng: np.random.Generator, growth: Growth) -> Pixels:
    """Return X = T·α·clip(age − a + 0.6)·exp(0.45·fBm) with α = σ((age − a)/w).

    age = fBm + c·exp(−d/ℓ), d the distance to the nearest seed, in its own standard deviations; a is its
    (1 − cover) quantile.
    """
    warp = 0.35 * growth.spread * fractional_brownian(size, rng, hurst=0.7, largest=0.3)
    distance = worley(size, rng, seeds=growth.seeds, warp=warp)
    grain = fractional_brownian(size, rng, hurst=growth.roughness, largest=0.25)
    age = grain + growth.clustering * np.exp(-distance / growth.spread)
    age /= max(float(age.std()), 1e-9)
    excess = age - np.quantile(age, 1 - growth.cover)
    alpha = sigmoid(excess / growth.edge)
    flakes = np.exp(0.45 * fractional_brownian(size, rng, hurst=0.3, largest=0.08))
    return growth.thickness * alpha * np.clip(excess + 0.6, 0, None) * flakes


def run_down(patches: Pixels, rng: np.random.Generator, growth: Growth) -> Pixels:
    """Return what runs down from `patches`, row by row: q_{i+1} = q_i·e^(−1/L) + source, 3 % mixing sideways.

    Water leaves the rust at few places only, so the source is a sparse choice of columns. L differs from
    column to column, and the finished streaks waver a little.
    """
    height, width = patches.shape
    if growth.streaks == 0:
        return np.zeros((height, width))
    length = growth.run * height
    source = patches * _outlets(patches.shape, rng) * (3 * growth.streaks / length)
    keep = np.exp(-1 / (length * np.exp(0.6 * rng.standard_normal(width))))
    film, rows = np.zeros(width), np.empty((height, width))
    for row in range(height):
        rows[row] = film
        beside = 0.5 * (np.roll(film, 1) + np.roll(film, -1))
        film = (0.97 * film + 0.03 * beside) * keep + source[row]
    texture = np.exp(0.5 * fractional_brownian(patches.shape, rng, hurst=0.3, largest=0.1, stretch=5))
    rows = _wavering(rows, rng) * texture
    return STREAK_LIMIT * (1 - np.exp(-rows / STREAK_LIMIT))


def _outlets(size: Size, rng: np.random.Generator) -> Pixels:
    """Return how readily water leaves at each place: a few narrow runs, and a faint wide wash."""
    runs = fractional_brownian(size, rng, hurst=0.3, largest=0.12, stretch=10)
    wash = fractional_brownian(size, rng, hurst=0.8, largest=0.25, stretch=4)
    return smoothstep(1.2, 2.6, runs) + 0.12 * smoothstep(0.0, 1.5, wash)


def _wavering(rows: Pixels, rng: np.random.Generator) -> Pixels:
    """Return `rows` with each streak led a few thousandths of the short side off the plumb line."""
    sway = fractional_brownian(rows.shape, rng, hurst=0.6, largest=0.2, stretch=2)
    row, column = np.indices(rows.shape)
    return map_coordinates(rows, [row, column + 0.003 * min(rows.shape) * sway], order=1, mode="nearest")
