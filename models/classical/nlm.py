"""Non-local means: each pixel becomes an average of pixels whose surroundings look alike."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.card import Card, Paper, Task
from models.classical.noise_level import NOISE_LEVEL
from models.method import Filter, Pixels

# The best mean PSNR on ten photos of BSDS500's training set over noise 15, 25 and 50, of searches 5 to 10,
# patches 1 to 3 and strengths 0.15 to 0.8.
_SEARCH = 7  # candidates lie within this many pixels on each side
_PATCH = 1  # patches reach this many pixels on each side
_STRENGTH = 0.5  # h² as a share of the noise's variance

_ENOUGH = 40  # noise variances of distance beyond which a weight is 0 anyway; smaller floats are slow

_MARGIN = _SEARCH + _PATCH
_ROWS, _COLUMNS = 64, 512  # worked on at a time, so that the dozen planes in use stay in the cache

Planes = list[NDArray[Any]]
"""The three channels, each (h, w) float32."""


def non_local_means(image: Pixels, *, noise_level: float) -> Pixels:
    """Return `image` with each pixel replaced by a mean over its 15 × 15 surroundings, weighted by likeness.

    Pixel q weighs exp(−max(d² − 2σ², 0)/h²) in the mean at p, where d² is the mean squared difference of the
    3 × 3 colour patches around p and q, σ the noise's standard deviation and h² = σ²/2. `image` is (h, w, 3)
    float32 in [0, 1], `noise_level` is σ in 1/255; 0 gives a copy. Beyond its border the image is mirrored.
    Source: Buades, Coll, Morel 2005, with the 2σ² that noise adds to every distance taken off.
    """
    if noise_level == 0:
        return image.copy()
    variance = (noise_level / 255) ** 2
    around = cv2.copyMakeBorder(image, _MARGIN, _MARGIN, _MARGIN, _MARGIN, cv2.BORDER_REFLECT)
    result = np.empty_like(image)
    for top in range(0, image.shape[0], _ROWS):
        for left in range(0, image.shape[1], _COLUMNS):
            block = result[top : top + _ROWS, left : left + _COLUMNS]
            bottom, right = top + block.shape[0] + 2 * _MARGIN, left + block.shape[1] + 2 * _MARGIN
            block[:] = _average(list(cv2.split(around[top:bottom, left:right])), variance)
    return result


def _average(around: Planes, variance: float) -> Pixels:
    """Return the weighted means of the pixels within the margin of the planes `around`."""
    sums: Planes = [_shifted(plane, 0, 0, 0).copy() for plane in around]
    weights = np.ones_like(sums[0])
    for down in range(-_SEARCH, _SEARCH + 1):
        for right in range(-_SEARCH, _SEARCH + 1):
            if down == right == 0:
                continue
            weight = _likeness(around, down, right, variance)
            weights += weight
            for channel, plane in enumerate(around):
                sums[channel] += weight * _shifted(plane, down, right, 0)
    return np.stack(sums, axis=-1) / weights[..., np.newaxis]


def _likeness(around: Planes, down: int, right: int, variance: float) -> NDArray[Any]:
    """Return, for each pixel, the weight of the one `down` and `right` of it."""
    squares = np.zeros_like(_shifted(around[0], 0, 0, _PATCH))
    for plane in around:
        difference = _shifted(plane, 0, 0, _PATCH) - _shifted(plane, down, right, _PATCH)
        cv2.accumulateSquare(difference, squares)
    side = 2 * _PATCH + 1
    distance = cv2.boxFilter(squares, -1, (side, side))[_PATCH:-_PATCH, _PATCH:-_PATCH]
    excess = np.clip(
        distance * np.float32(1 / 3) - np.float32(2 * variance), 0, np.float32(_ENOUGH * variance)
    )
    return cv2.exp(excess * np.float32(-1 / (_STRENGTH * variance)))


def _shifted(plane: NDArray[Any], down: int, right: int, border: int) -> NDArray[Any]:
    """Return the part of `plane` within the margin and `border` more, looked at `down` and `right` of it."""
    inset = _MARGIN - border
    height, width = plane.shape[0] - 2 * inset, plane.shape[1] - 2 * inset
    top, left = inset + down, inset + right
    return plane[top : top + height, left : left + width]


CARD = Card(
    id="denoise-nlm",
    task=Task.DENOISE,
    title="Non-local means",
    summary="Averages pixels whose surroundings look alike, wherever they lie nearby.",
    explanation=(
        "Each pixel becomes an average over a search window, in which every candidate weighs as much as the "
        "small patch around it resembles the patch around the pixel itself. Repeated patterns and long edges "
        "help each other, so lines and regular texture stay sharp. Where nothing similar is near, the pixel "
        "keeps its noise; in flat areas strong noise leaves a fine mottle. It is slower than the bilateral "
        "filter."
    ),
    formula=r"\hat{x}(p) = \frac{1}{W_p} \sum_{q} "
    r"\exp\!\Big(-\frac{\max(\|P_p - P_q\|^2 - 2\sigma^2,\, 0)}{h^2}\Big)\, y(q)",
    paper=Paper(
        title="A non-local algorithm for image denoising",
        authors="Buades, Coll, Morel",
        year=2005,
        link="https://doi.org/10.1109/CVPR.2005.38",
    ),
    build=Filter(non_local_means, _MARGIN),
    controls=(NOISE_LEVEL,),
)
