"""A photo of any size that costs a JPEG codec what a camera's does."""

from pathlib import Path

import cv2
import numpy as np

SIZES = {6: (2000, 3000), 12: (3000, 4000), 24: (4000, 6000), 48: (6000, 8000)}
"""Megapixels → height and width, as cameras have them."""

_LARGEST = {100: (8600, 11600)}

_SOURCE = Path(__file__).parents[2] / "gallery" / "clean" / "stream.jpg"
_NOISE_LEVEL = 4
"""Standard deviation in levels of 255: an enlarged photo alone would be too smooth."""

_QUALITY = 92


def write_photo(path: Path, megapixels: int) -> Path:
    """Write a JPEG of 6 to 100 `megapixels` to `path`: a gallery photo, enlarged, with fine noise.

    There are 6, 12, 24, 48 and 100.
    """
    height, width = (SIZES | _LARGEST)[megapixels]
    source = cv2.imread(str(_SOURCE))
    assert source is not None  # it ships with the project
    photo = cv2.resize(source, (width, height), interpolation=cv2.INTER_CUBIC)
    cv2.setRNGSeed(0)
    noise = np.empty(photo.shape, np.int8)
    cv2.randn(noise, np.zeros(3), np.full(3, _NOISE_LEVEL, np.float64))
    noisy = cv2.add(photo, noise, dtype=cv2.CV_8U)
    cv2.imwrite(str(path), noisy, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return path
