"""The fast guided filter: a coarse map takes over the edges of the photo."""

from dataclasses import dataclass

import cv2
import numpy as np

from models.classical.enlarging import enlarged
from models.method import Pixels, Plane, Window

_GREY = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


@dataclass(frozen=True, slots=True)
class Guided:
    """A map that is linear in the brightness of the photo near each place: slope × grey + offset.

    `slope` and `offset` are (h, w) float32, at the size of the reduced photo.
    """

    slope: Plane
    offset: Plane

    def on(self, image: Pixels, window: Window, photo_size: tuple[int, int]) -> Plane:
        """Return the map at the full resolution of `image`, which shows `window` of the photo."""
        slope = enlarged(self.slope, window, photo_size)
        return slope * grey(image) + enlarged(self.offset, window, photo_size)


def fit(target: Plane, image: Pixels, radius: int, epsilon: float) -> Guided:
    """Return the guided filter of the map `target` with `image` as guide; both have the same size.

    In each window of 2·`radius` + 1 pixels the target is fitted by slope × grey + offset; `epsilon` is the
    variance of grey (range [0, 1]) below which a window counts as flat and is averaged. Sources: He, Sun,
    Tang 2013, https://doi.org/10.1109/TPAMI.2012.213, equations 5, 6 and 8; fitting on the reduced photo:
    He, Sun 2015, https://arxiv.org/abs/1505.00996.
    """
    guide = grey(image).astype(np.float64)  # variances are small differences of squares
    mean_guide, mean_target = _mean(guide, radius), _mean(target, radius)
    covariance = _mean(guide * target, radius) - mean_guide * mean_target
    variance = np.maximum(_mean(guide * guide, radius) - mean_guide**2, 0)
    slope = covariance / (variance + epsilon)
    offset = mean_target - slope * mean_guide
    return Guided(_mean(slope, radius).astype(np.float32), _mean(offset, radius).astype(np.float32))


def grey(image: Pixels) -> Plane:
    """Return the brightness of `image`, (h, w) float32."""
    return image @ _GREY


def _mean(plane: Plane, radius: int) -> Plane:
    side = 2 * radius + 1
    return cv2.blur(plane.astype(np.float64), (side, side), borderType=cv2.BORDER_REFLECT)
