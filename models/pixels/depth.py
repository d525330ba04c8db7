"""From one bit depth to another, and over a white ground.

Depths are uint8 (0–255), uint16 (0–65535) and float32 (0–1): the same grey at full range.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Depth = type[np.uint8] | type[np.uint16] | type[np.float32] | np.dtype[Any]


def to_depth(image: NDArray[Any], dtype: Depth) -> NDArray[Any]:
    """Return `image` at the depth of `dtype` (uint8, uint16 or float32), rounded to nearest.

    >>> to_depth(np.array([0, 128, 65535], np.uint16), np.uint8).tolist()
    [0, 0, 255]
    """
    source: np.dtype[Any] = image.dtype
    target: np.dtype[Any] = np.dtype(dtype)
    if source == target:
        return image
    if target == np.float32:
        return np.divide(image, np.iinfo(source).max, dtype=np.float32)
    top = np.iinfo(target).max
    if source == np.float32:
        return np.rint(np.clip(image, 0, 1) * np.float32(top)).astype(target)
    if target == np.uint16:
        return image.astype(np.uint16) * np.uint16(257)
    return (np.add(image, 128, dtype=np.uint32) // 257).astype(np.uint8)  # 257 = 65535 / 255


def over_white(pixels: NDArray[Any], alpha: NDArray[Any]) -> NDArray[Any]:
    """Return uint8 `pixels` (h, w, c) as seen through `alpha` (h, w), uint8, on white paper."""
    share = alpha[..., None].astype(np.uint32)
    return ((pixels * share + 255 * (255 - share) + 127) // 255).astype(np.uint8)


def parted(image: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Part (h, w) or (h, w, 1 to 4) into pixels (h, w, 1 or 3) and alpha (h, w), or None."""
    if image.ndim == 2:
        return image[..., None], None
    if image.shape[2] in (1, 3):
        return image, None
    return np.ascontiguousarray(image[..., :-1]), np.ascontiguousarray(image[..., -1])


def joined(pixels: NDArray[Any], alpha: NDArray[Any] | None) -> NDArray[Any]:
    """Return pixels and alpha in one C-ordered array, (h, w) for grey, else (h, w, 2 to 4)."""
    if alpha is not None:
        return np.concatenate([pixels, alpha[..., None]], axis=2)
    image = pixels[..., 0] if pixels.shape[2] == 1 else pixels
    # By way of one dimension, because a side of one pixel may carry any stride, which codecs refuse.
    return np.ascontiguousarray(image).reshape(-1).reshape(image.shape)
