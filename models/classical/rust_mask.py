"""Where a photo has the colour of rust: a rule on hue, chroma and lightness.

It is a rule about colour alone, so it also flags what has the same colour: see `rust_mask`.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.card import Control
from models.method import Pixels, Plane

# CIELAB hue, degrees: rust rises between the first two and fades between the last two. Iron oxides and real
# rust lie at 30 to 75; a thin film on white turns yellower. Skin and wood share this range.
_HUES = (18.0, 30.0, 62.0, 76.0)
_YELLOWER = 24.0  # degrees that full sensitivity adds to the last two: thin goethite, but dry grass too
_FILM_HUES = (10.0, 25.0, 85.0, 100.0)
# The chroma that counts as rust: the darker the less is needed, since dark rust is dull, while pale things of
# a warm tint (skin, paper, sand) have a chroma of 15 to 25.
_CHROMA_AT_BLACK, _CHROMA_PER_LIGHTNESS = 8.0, 0.38
_FILM = 0.45  # the share of that chroma that is enough next to sure rust
_FILM_REACH = 0.006  # how far that is, as a share of the short side
_SOFTNESS = 0.25  # share of the needed chroma over which the mask fades in
_LIGHTEST = (80.0, 90.0)  # L* where the mask fades out
_MOST_COLOURFUL = (50.0, 62.0)  # chroma beyond which it is paint or a flower, not an oxide
_DARKEST = (3.0, 8.0)  # L* below which there is no colour to tell


def rust_mask(image: Pixels, sensitivity: float) -> Plane:
    """Return how surely each pixel of `image` (h, w, 3) shows rust, (h, w) from 0 (exactly) to 1.

    `sensitivity` from 0 to 1 lowers the chroma that is asked for; 0.5 is made for rust on neutral surfaces.
    False alarms at 0.5: terracotta, red brick, autumn leaves, brown wood, ginger fur, brown leather, orange
    paint. They have the colour of iron oxide, some because they are coloured by it; colour alone cannot
    tell them apart.
    """
    calm = cv2.GaussianBlur(image, (0, 0), 1.0, borderType=cv2.BORDER_REFLECT)
    lightness, red_green, yellow_blue = cv2.split(cv2.cvtColor(calm, cv2.COLOR_RGB2Lab))
    chroma, hue = cv2.cartToPolar(red_green, yellow_blue, angleInDegrees=True)
    needed = (_CHROMA_AT_BLACK + _CHROMA_PER_LIGHTNESS * lightness) * (1.6 - 1.2 * sensitivity)
    yellower = _YELLOWER * sensitivity
    hues = (_HUES[0], _HUES[1], _HUES[2] + yellower, _HUES[3] + yellower)
    possible = (
        (1 - _rise(lightness, *_LIGHTEST))
        * (1 - _rise(chroma, *_MOST_COLOURFUL))
        * _rise(lightness, *_DARKEST)
    )
    sure = possible * _rise(chroma / needed, 1 - _SOFTNESS, 1 + _SOFTNESS) * _within(hue, hues)
    sure = cv2.medianBlur(sure.astype(np.float32), 3)  # single pixels are noise
    film = (
        possible * _rise(chroma / (_FILM * needed), 1 - _SOFTNESS, 1 + _SOFTNESS) * _within(hue, _FILM_HUES)
    )
    return np.maximum(sure, _near(sure) * cv2.medianBlur(film.astype(np.float32), 3))


def _near(sure: Plane) -> Plane:
    """Return 1 within reach of sure rust, falling softly to 0."""
    reach = max(round(_FILM_REACH * min(sure.shape)), 1)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return cv2.blur(cv2.dilate(sure, disc), (reach, reach), borderType=cv2.BORDER_REFLECT)


def _within(hue: NDArray[Any], hues: tuple[float, float, float, float]) -> NDArray[Any]:
    """Return 1 between the inner two of `hues`, 0 outside the outer two, and a smooth step between."""
    return _rise(hue, hues[0], hues[1]) * (1 - _rise(hue, hues[2], hues[3]))


def _rise(values: NDArray[Any], start: float, end: float) -> NDArray[Any]:
    """Return 0 below `start`, 1 above `end`, and a smooth step between."""
    share = np.clip((values - start) / (end - start), 0, 1)
    return share * share * (3 - 2 * share)


SENSITIVITY = Control(
    name="sensitivity",
    label="Sensitivity",
    kind="number",
    default=0.5,
    minimum=0,
    maximum=1,
    step=0.05,
    help="How readily a colour is taken for rust. Lower it if clean parts are changed, "
    "raise it if stains stay.",
)
"""The control of the methods that look for rust."""
