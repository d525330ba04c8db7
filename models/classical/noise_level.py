"""How strong the noise of a photo is, told from the photo alone."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.card import AUTO, Control
from models.classical.camera_noise import CLASSICAL, NETWORK, white_equivalent
from models.method import Photo, Pixels, Window

Patches = NDArray[np.float32]
"""(n, channels, pixels of a patch), range [0, 1]."""

_CROP = 160  # side of the squares looked at, in pixels
_CROPS = 3  # along each side of the photo
_PATCH = 5  # side of the patches whose covariance is analysed
# Patches too near black or white are left out: clipping has cut their noise. How much room noise needs is
# known only once it has been estimated, hence more than one pass.
_PASSES = 3
_LEAST_ROOM = 0.02
_ROOM = 2.0  # standard deviations


def estimate_noise_level(photo: Photo, times: float = CLASSICAL) -> float:
    """Return the level to denoise `photo` with, in units of 1/255, from 0 to 75.

    For white noise this is its standard deviation; for noise that a camera or JPEG has smoothed, the level
    that serves best, `times` its standard deviation (see `camera_noise`). Looks at nine crops at full
    resolution, so it takes no longer on a large photo.

    Bias: very dense fine texture that fills all crops counts as noise; camera noise that is nowhere seen on a
    calm surface is missed. A photo too small or too clipped to tell gives 0.
    """
    crops = [photo.read(window) for window in _windows(*photo.size)]
    return min(255 * white_equivalent(crops, white_deviation(crops), times), 75.0)


def white_deviation(crops: list[Pixels]) -> float:
    """Return the standard deviation, in [0, 1], of white noise in `crops`, (height, width, 3) each.

    The noise is taken to be equally strong in the three channels and in all places, and independent between
    neighbours; noise that a camera has smoothed is underestimated, by half and more.
    """
    patches = np.concatenate([_patches(crop) for crop in crops])
    if (patches == patches[:, :1]).all():  # a grey photo: one channel says all
        patches = patches[:, :1]
    sigma = 0.0
    for _ in range(_PASSES):
        usable = patches[_unclipped(patches, max(_ROOM * sigma, _LEAST_ROOM))]
        usable = usable.reshape(len(usable), patches.shape[1] * patches.shape[2])
        if len(usable) < 2 * usable.shape[1]:
            break
        sigma = float(np.sqrt(noise_variance(np.linalg.eigvalsh(np.cov(usable, rowvar=False)))))
    return sigma


def noise_variance(eigenvalues: NDArray[Any]) -> float:
    """Return the variance of the noise, given the ascending eigenvalues of the patches' covariance.

    What a photo shows fills few directions of patch space and makes their eigenvalues large; white noise
    adds the same variance to all. The largest are left out one by one until the rest lie evenly around
    their mean, which is when mean and median agree.

    Source: Chen, Zhu, Heng 2015, An Efficient Statistical Method for Image Noise Level Estimation,
    https://doi.org/10.1109/ICCV.2015.62, algorithm 1.

    >>> noise_variance(np.array([0.9, 1.0, 1.1, 8.0, 50.0]))
    1.0
    """
    for count in range(len(eigenvalues), 1, -1):
        mean = float(eigenvalues[:count].mean())
        if mean <= float(np.median(eigenvalues[:count])):
            return max(mean, 0.0)
    return max(float(eigenvalues[0]), 0.0)


def _windows(height: int, width: int) -> list[Window]:
    """Return the windows to look at: the whole of a small photo, otherwise a grid of crops."""
    return [
        Window(top, left, min(_CROP, height), min(_CROP, width))
        for top in _starts(height)
        for left in _starts(width)
    ]


def _starts(length: int) -> list[int]:
    """Return where crops begin along a side: evenly spread, without overlap, at most `_CROPS`."""
    count = min(_CROPS, max(length // _CROP, 1))
    spare = max(length - count * _CROP, 0)
    return [spare * (2 * i + 1) // (2 * count) + i * _CROP for i in range(count)]


def _patches(crop: Pixels) -> Patches:
    """Return every fourth of the overlapping patches of `crop`; none if it is smaller than a patch."""
    if min(crop.shape[:2]) < _PATCH:
        return np.empty((0, 3, _PATCH * _PATCH), np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(crop, (_PATCH, _PATCH), axis=(0, 1))
    return windows[::2, ::2].reshape(-1, 3, _PATCH * _PATCH)


def _unclipped(patches: Patches, room: float) -> NDArray[np.bool_]:
    """Tell which patches have a mean at least `room` away from black and white in each channel."""
    means = patches.mean(axis=2)
    return np.logical_and(means > room, means < 1 - room).all(axis=1)


NOISE_LEVEL = Control(
    name="noise_level",
    label="Noise level",
    kind="number",
    default=AUTO,
    minimum=0,
    maximum=75,
    step=0.5,
    unit="/255",
    help="Standard deviation of the noise to take away, on the scale of 0 to 255. "
    "Auto measures it; raise it if grain remains, lower it if detail is lost.",
    estimate=estimate_noise_level,
)
"""The control of all denoisers that need to know how strong the noise is."""

_LEARNT = 55.0


def estimate_for_network(photo: Photo) -> float:
    """Return the level to denoise `photo` with by a network for white noise, from 0 to 55 (in 1/255)."""
    return min(estimate_noise_level(photo, NETWORK), _LEARNT)


NETWORK_NOISE_LEVEL = replace(NOISE_LEVEL, maximum=_LEARNT, estimate=estimate_for_network)
"""That of Patina's own networks, which learnt levels up to 55."""
