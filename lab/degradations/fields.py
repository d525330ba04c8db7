"""Random fields of which clouds, stains and depth are made.

All are functions of a size (height, width) and a NumPy generator, float64, and the same for the same seed.
Lengths are given as a fraction of the short side, so that a field looks alike at every resolution.
"""

import numpy as np

from models.method import Pixels

Size = tuple[int, int]
"""Height and width in pixels."""


def fractional_brownian(
    size: Size, rng: np.random.Generator, *, hurst: float, largest: float = 1.0, stretch: float = 1.0
) -> Pixels:
    """Return fractional Brownian motion over `size`, mean 0, standard deviation 1.

    White noise is shaped in the Fourier domain by the amplitude (k² + k₀²)^(−(H + 1)/2): self-similar with
    the exponent `hurst` in (0, 1) (small is ragged, large is smooth), flat above structures of the length
    1/k₀ = `largest` short sides. `stretch` > 1 draws structures out vertically, < 1 horizontally. The field
    is made on a larger sheet and cut out, since the transform is periodic. (Mandelbrot and Van Ness 1968,
    doi:10.1137/1010093.)

    >>> field = fractional_brownian((32, 48), np.random.default_rng(0), hurst=0.5)
    >>> field.shape, round(float(field.std()), 6)
    ((32, 48), 1.0)
    """
    short = min(size)
    margin = int(0.25 * short) + 1
    rows, columns = (_fast_length(side + margin) for side in size)
    vertical = np.fft.fftfreq(rows)[:, None] * stretch
    horizontal = np.fft.rfftfreq(columns)[None, :] / stretch
    cutoff = 1 / (largest * short)
    shape = (vertical**2 + horizontal**2 + cutoff**2) ** (-(hurst + 1) / 2)
    spectrum = np.fft.rfft2(rng.standard_normal((rows, columns))) * shape
    field = np.fft.irfft2(spectrum, s=(rows, columns))[: size[0], : size[1]]
    spread = float(field.std())
    return (field - field.mean()) / spread if spread > 0 else np.zeros(size)


def _fast_length(length: int) -> int:
    """Return `length` rounded up to a multiple of 64, which Fourier transforms handle fast."""
    return -(-length // 64) * 64


def worley(size: Size, rng: np.random.Generator, *, seeds: int, warp: Pixels | None = None) -> Pixels:
    """Return each pixel's distance to the nearest of `seeds` random points, in short sides.

    `warp` (height, width), in short sides, is added to the distances, so that the cells lose their round
    edges; the result stays ≥ 0. (Worley 1996, doi:10.1145/237170.237267.)
    """
    short = min(size)
    rows, columns = np.arange(size[0])[:, None] / short, np.arange(size[1])[None, :] / short
    places = rng.random((seeds, 2)) * (size[0] / short, size[1] / short)
    nearest = np.full(size, np.inf)
    for row, column in places:
        np.minimum(nearest, (rows - row) ** 2 + (columns - column) ** 2, out=nearest)
    distance = np.sqrt(nearest)
    return distance if warp is None else np.maximum(distance + warp, 0)


def smoothstep(low: float, high: float, value: Pixels) -> Pixels:
    """Return 0 where `value` ≤ `low`, 1 where ≥ `high`, and 3t² − 2t³ in between.

    >>> smoothstep(0, 2, np.array([-1.0, 1.0, 5.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    part = np.clip((value - low) / (high - low), 0, 1)
    return part * part * (3 - 2 * part)


def sigmoid(value: Pixels) -> Pixels:
    """Return 1 / (1 + e^(−value)), without overflow.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    return 0.5 * (1 + np.tanh(0.5 * value))
