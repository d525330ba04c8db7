"""What a person might have painted: strokes that say rust or clean, made from the truth."""

import cv2
import numpy as np

from models.method import Plane


def painted(rusty: Plane, clean: Plane, rng: np.random.Generator) -> Plane:
    """Return a hint (h, w) int8: 1 about here is rust, −1 here is none, 0 nobody said.

    `rusty` and `clean` (h, w) bool are the truth; what is neither is never −1. A few round strokes are
    painted, or, once in five, everything. Strokes on rust are broad: they spill up to 5 pixels beyond it.
    Strokes on clean places never touch rust.
    """
    strokes = _strokes(rusty.shape, rng)
    reach = int(rng.integers(6))
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    broad = cv2.dilate(rusty.astype(np.uint8), brush).astype(bool)
    erased = clean & ~broad
    return np.where(strokes, broad.astype(np.int8) - erased.astype(np.int8), 0).astype(np.int8)


def _strokes(size: tuple[int, ...], rng: np.random.Generator) -> Plane:
    """Return where the person has painted, (h, w) bool."""
    height, width = size
    if rng.random() < 0.2:
        return np.ones((height, width), bool)
    canvas = np.zeros((height, width), np.uint8)
    for _ in range(int(rng.integers(1, 7))):
        start, end = (rng.integers((width, height)).tolist() for _ in range(2))
        cv2.line(canvas, start, end, 1, thickness=int(rng.integers(4, max(5, min(size) // 4))))
    return canvas.astype(bool)
