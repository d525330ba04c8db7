"""A decoded picture as methods see it: float32 RGB in [0, 1], read window by window."""

from dataclasses import dataclass

import cv2
import numpy as np

from models.method import Pixels, Window
from models.pixels import Picture

LONGEST_REDUCTION = 8
"""A reduced photo's long side is at most this many times its short side, so 1×50000 stays small."""


@dataclass(frozen=True, slots=True)
class DecodedPhoto:
    """The `models.method.Photo` over a decoded picture."""

    picture: Picture

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.picture.size

    def read_native(self, window: Window) -> Pixels:
        """Return `window` as (h, w, 3) in the file's own dtype; grey is repeated over the channels."""
        rows = slice(window.top, window.top + window.height)
        columns = slice(window.left, window.left + window.width)
        pixels = self.picture.pixels[rows, columns]
        return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels

    def read(self, window: Window) -> Pixels:
        """Return `window` as (h, w, 3) float32 in [0, 1]."""
        return to_float(self.read_native(window))

    def reduced(self, short_side: int) -> Pixels:
        """Return the whole photo by area averaging, (h, w, 3) float32 in [0, 1]; never enlarged."""
        height, width = self.size
        scale = min(
            1.0,
            short_side / min(height, width),
            LONGEST_REDUCTION * short_side / max(height, width),
        )
        pixels = self.picture.pixels
        if scale < 1:
            target = (max(1, round(width * scale)), max(1, round(height * scale)))
            pixels = cv2.resize(pixels, target, interpolation=cv2.INTER_AREA)
        pixels = pixels.reshape(*pixels.shape[:2], -1)
        return to_float(np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels)


def full_range(dtype: np.dtype) -> float:
    """Return the largest value of an image of `dtype`: 255, 65535, or 1 for float32."""
    return 1.0 if dtype == np.float32 else float(np.iinfo(dtype).max)


def to_float(pixels: Pixels) -> Pixels:
    """Return `pixels` (uint8, uint16 or float32) as float32 in [0, 1]."""
    if pixels.dtype == np.float32:
        return pixels
    return np.multiply(pixels, np.float32(1 / np.iinfo(pixels.dtype).max), dtype=np.float32)


def from_float(pixels: Pixels, dtype: np.dtype) -> Pixels:
    """Return float32 `pixels`, clipped to [0, 1], rounded to `dtype`: uint8, uint16 or float32."""
    if dtype == np.float32:
        return np.clip(pixels, 0, 1)
    if dtype == np.uint8:
        return cv2.convertScaleAbs(np.maximum(pixels, 0), alpha=255).reshape(pixels.shape)
    scaled = np.clip(pixels, 0, 1) * np.float32(np.iinfo(dtype).max)
    return np.rint(scaled, out=scaled).astype(dtype)
