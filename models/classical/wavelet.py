"""Wavelet shrinkage: small coefficients are mostly noise, large ones mostly picture."""

import cv2
import numpy as np
from numpy.typing import NDArray

from models.card import Card, Paper, Task
from models.classical.noise_level import NOISE_LEVEL
from models.method import Filter, Pixels, Plane

# The best mean PSNR on ten photos of BSDS500's training set over noise 15, 25 and 50, of Haar, Daubechies 2
# and Symlet 4, windows 5 to 11, thresholds 1 to 2, 3 to 5 levels.
_LEVELS = 4
_WINDOW = 7  # side of the square in which a coefficient's local energy is measured
_THRESHOLD = 1.5  # energy, in units of the noise's, at which a coefficient is wholly taken for noise

_REACH = 2**_LEVELS - 1 + _WINDOW // 2

# Luminance and two colour differences. Orthonormal, so white noise stays white and equally strong, while the
# picture, whose channels are alike, gathers in the first and leaves the others nearly empty.
_OPPONENT = (np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]]) / np.sqrt([[3], [2], [6]])).astype(np.float32)


def wavelet_shrinkage(image: Pixels, *, noise_level: float) -> Pixels:
    """Return `image` with its Haar wavelet coefficients scaled by how far they stand out of the noise.

    All shifts of the transform are averaged (it is undecimated), which leaves no blocks. A coefficient is
    multiplied by max(1 − 1.5 s²/e, 0), with s² the noise's variance in it and e the mean square of the
    coefficients around it. `image` is (h, w, 3) float32 in [0, 1], `noise_level` the standard deviation of
    its noise in 1/255; 0 gives a copy. Beyond its border the image is mirrored. Source of the shift
    averaging: Coifman and Donoho 1995.
    """
    if noise_level == 0:
        return image.copy()
    around = cv2.copyMakeBorder(image, _REACH, _REACH, _REACH, _REACH, cv2.BORDER_REFLECT)
    variance = (noise_level / 255) ** 2
    planes = [
        _shrink(np.ascontiguousarray(plane), 0, variance) for plane in cv2.split(_turn(around, _OPPONENT))
    ]
    border = _WINDOW // 2
    return _turn(cv2.merge(planes)[border:-border, border:-border], _OPPONENT.T)


def _turn(image: Pixels, matrix: NDArray[np.float32]) -> Pixels:
    """Return `image` with each pixel's colour multiplied by `matrix`."""
    return cv2.transform(image, np.ascontiguousarray(matrix)).reshape(image.shape)


def _shrink(plane: Plane, level: int, variance: float) -> Plane:
    """Return `plane`, smoothed to `level`, denoised from there up to the coarsest level.

    The result is smaller by 2^levels − 2^level pixels on each side.
    """
    if level == _LEVELS:
        return plane
    step = 2**level
    left, right = plane[:, :-step], plane[:, step:]
    low, across = _pair(left + right, step)
    upright, diagonal = _pair(left - right, step)
    # Each coefficient is the sum of four independent means of 4^level pixels, divided by four.
    noise = variance / 4 ** (level + 1)
    spare = 2**_LEVELS - 2 * step
    low = _shrink(low, level + 1, variance)
    across, upright, diagonal = (_attenuate(band, noise, spare) for band in (across, upright, diagonal))
    return _join(_join(low, across, step).T, _join(upright, diagonal, step).T, step).T


def _pair(plane: Plane, step: int) -> tuple[Plane, Plane]:
    """Return a quarter of the sums and of the differences of rows that lie `step` apart."""
    quarter = plane * np.float32(0.25)
    return quarter[:-step] + quarter[step:], quarter[:-step] - quarter[step:]


def _join(low: Plane, high: Plane, step: int) -> Plane:
    """Return half of what the inverse of `_pair` gives, averaged over the two ways to get each row."""
    return ((low + high)[step:] + (low - high)[:-step]) * np.float32(0.5)


def _attenuate(band: Plane, noise: float, spare: int) -> Plane:
    """Return `band` less its noise, without the outer `spare` pixels on each side."""
    energy = cv2.sqrBoxFilter(band, cv2.CV_32F, (_WINDOW, _WINDOW), borderType=cv2.BORDER_REFLECT)
    gain = np.maximum(1 - np.float32(_THRESHOLD * noise) / np.maximum(energy, np.float32(noise)), 0)
    height, width = band.shape
    inner = slice(spare, height - spare), slice(spare, width - spare)
    return (band * gain)[inner]


CARD = Card(
    id="denoise-wavelet",
    task=Task.DENOISE,
    title="Wavelet shrinkage",
    summary="Splits the photo into details of every size and keeps those that rise out of the noise.",
    explanation=(
        "The photo is written as sums and differences of neighbours at four scales (Haar wavelets), in "
        "brightness and in colour. Noise is spread evenly over all these coefficients, the picture is in few "
        "large ones: so each is scaled down by how little the coefficients around it rise above the noise. "
        "It takes coarse colour noise as well as fine grain. Faint texture below the noise is lost, and "
        "around strong edges some noise stays. Noise that a camera has already smoothed fits its model badly."
    ),
    formula=r"\hat{x} = W^{-1}\!\Big(\max\!\big(1 - \tau\,\sigma_j^2 / \overline{w^2},\; 0\big)\, w\Big),"
    r"\quad w = W y",
    paper=Paper(
        title="Translation-Invariant De-Noising",
        authors="Coifman, Donoho",
        year=1995,
        link="https://doi.org/10.1007/978-1-4612-2544-7_9",
    ),
    build=Filter(wavelet_shrinkage, _REACH),
    controls=(NOISE_LEVEL,),
)
