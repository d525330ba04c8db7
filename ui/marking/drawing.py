"""Maps of where people marked something, drawn: over the picture, or in an empty frame."""

import cv2
import numpy as np
from numpy.typing import NDArray

from ratings.marks.heat import Share

_DIM = 0.45
_OPACITY = 0.8
_FAINTEST = 0.25
"""Where the colours begin: below, the map's own are as dark as the dimmed picture."""

_EMPTY = 50
"""The grey of a frame without a picture, as dark as most dimmed ones."""

SCALE = ("#57106e", "#932667", "#cc4248", "#f3761b", "#fbbe23", "#fcffa4")
"""The colours from hardly anybody to everybody, at even steps: OpenCV's map "inferno" from `_FAINTEST`."""


def overlaid(image: NDArray[np.uint8], share: Share) -> NDArray[np.uint8]:
    """Return `image` (h, w, 1 or 3) in grey and dimmed, under the colours of `share` (h, w): (h, w, 3) uint8.

    Nothing covers what nobody marked.
    """
    grey = image.mean(axis=2, keepdims=True) * _DIM
    levels = np.rint((_FAINTEST + (1 - _FAINTEST) * share) * 255).astype(np.uint8)
    colours = cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO)[..., ::-1]
    opacity = np.where(share > 0, np.float32(_OPACITY), 0)[..., None]
    return np.rint(grey * (1 - opacity) + colours * opacity).astype(np.uint8)


def framed(share: Share, *, enlarged: int) -> NDArray[np.uint8]:
    """Return `share` (h, w) over grey, its highest value as bright as can be: uint8, `enlarged` times."""
    most = float(share.max())
    empty = np.full((*share.shape, 1), _EMPTY / _DIM, np.uint8)
    drawn = overlaid(empty, share / most if most else share)
    return drawn.repeat(enlarged, axis=0).repeat(enlarged, axis=1)


def fitted(image: NDArray[np.uint8], share: Share) -> NDArray[np.uint8]:
    """Return `image` (h, w, c) in the size of `share`, by area averaging."""
    height, width = share.shape
    if image.shape[:2] == share.shape:
        return image
    reduced = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(reduced, np.uint8).reshape(height, width, -1)
