"""A camera that no network here has learnt from: a stand-in for real noise with ground truth.

It works otherwise than `lab.degradations.noise`: photons and electrons are counted, rows carry a noise of
their own, the whole photo goes through a lens, a colour mosaic of another arrangement, an edge-aware
demosaicing, a colour matrix, a contrast curve and sharpening. The reference is the same photo through the
same camera without noise and without JPEG.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from lab.degradations.jpeg import recompress
from models.classical.light import to_encoded, to_linear
from models.method import Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """`electrons` fill a green pixel at white; `read` and `rows` are noise in electrons; `jpeg` a quality."""

    electrons: float
    read: float
    rows: float
    sharpening: float
    jpeg: int


CAMERAS = {
    "day": Camera(electrons=3000, read=3, rows=0.5, sharpening=0.3, jpeg=92),
    "indoor": Camera(electrons=600, read=3, rows=1, sharpening=0.4, jpeg=85),
    "night": Camera(electrons=150, read=2.5, rows=1, sharpening=0.2, jpeg=88),
}

_WHITE_BALANCE = np.array([1.55, 1.0, 2.3])
_COLOUR = np.array([[1.5, -0.4, -0.1], [-0.25, 1.55, -0.3], [0.0, -0.5, 1.5]])
"""Sensor colour → linear sRGB; its rows sum to 1, so that grey stays grey. Chosen as a plausible matrix."""

_LENS = 0.6
"""Blur of lens and low-pass filter before the mosaic: its standard deviation in pixels."""

_LEVELS = 4095
"""The sensor counts in 12 bits."""


def photograph(image: Pixels, camera: Camera, seed: int) -> tuple[Pixels, Pixels]:
    """Return (noisy, reference), both (h, w, 3) uint8, of the clean `image` (h, w, 3) uint8."""
    rng = np.random.default_rng([seed, camera.jpeg])
    scene = np.clip(to_linear(image / 255.0) @ np.linalg.inv(_COLOUR).T, 0, 1) / _WHITE_BALANCE
    mosaic = _mosaic(cv2.GaussianBlur(scene, (0, 0), _LENS))
    counts = rng.poisson(mosaic * camera.electrons).astype(np.float64)
    counts += camera.read * rng.standard_normal(mosaic.shape)
    counts += camera.rows * rng.standard_normal((mosaic.shape[0], 1))
    noisy = _develop(counts / camera.electrons, camera)
    return _bytes(recompress(noisy, camera.jpeg)), _bytes(_develop(mosaic, camera))


def _mosaic(scene: Pixels) -> Pixels:
    """Return (h, w): blue at even rows and columns, red at odd ones, green elsewhere."""
    mosaic = scene[..., 1].copy()
    mosaic[::2, ::2] = scene[::2, ::2, 2]
    mosaic[1::2, 1::2] = scene[1::2, 1::2, 0]
    return mosaic


def _develop(mosaic: Pixels, camera: Camera) -> Pixels:
    """Return the finished photo of a `mosaic` in [0, 1], (h, w, 3) float64 in [0, 1].

    The sensor's black level lies at a sixteenth of its range, so that noise below black is kept.
    """
    black = _LEVELS / 16
    raw = np.rint(np.clip(mosaic * (_LEVELS - black) + black, 0, _LEVELS)).astype(np.uint16)
    # OpenCV names a mosaic by its second row: ours begins B G, G R.
    colour = cv2.cvtColor(raw * np.uint16(16), cv2.COLOR_BayerRG2RGB_EA) / 16.0
    light = (colour - black) / (_LEVELS - black) * _WHITE_BALANCE @ _COLOUR.T
    encoded = to_encoded(light)
    curved = encoded + 0.12 * np.sin(2 * np.pi * (encoded - 0.5)) / (2 * np.pi)
    soft = cv2.GaussianBlur(curved, (0, 0), 1.0)
    return np.clip(curved + camera.sharpening * (curved - soft), 0, 1)


def _bytes(unit: Pixels) -> Pixels:
    return np.rint(np.clip(unit, 0, 1) * 255).astype(np.uint8)
