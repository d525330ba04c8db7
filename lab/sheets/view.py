"""Which part of a photo a cell shows, and how large: the same part in each cell of a row."""

from dataclasses import dataclass

import cv2
import numpy as np

from models.method import Pixels

ENLARGED = 2
"""From this factor on pixels are shown as squares: what is enlarged is to be looked at pixel by pixel."""


@dataclass(frozen=True, slots=True)
class View:
    """`side` is the longer side of a cell in pixels.

    `crop` is the side of the square piece that is shown, in the photo's pixels; None shows all of it, never
    enlarged. `at` is the piece's middle, from (0, 0) top left to (1, 1) bottom right.
    """

    side: int = 320
    crop: int | None = None
    at: tuple[float, float] = (0.5, 0.5)

    def of(self, image: Pixels) -> Pixels:
        """Return what is shown of `image` (h, w, 3) uint8, in its own proportions.

        >>> View(side=320).of(np.zeros((480, 640, 3), np.uint8)).shape
        (240, 320, 3)
        >>> View(side=320, crop=160).of(np.zeros((480, 640, 3), np.uint8)).shape
        (320, 320, 3)
        """
        piece = image if self.crop is None else self._cropped(image, self.crop)
        height, width = piece.shape[:2]
        scale = self.side / max(height, width)
        if scale == 1 or (scale > 1 and self.crop is None):
            return piece
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC if scale < ENLARGED else cv2.INTER_NEAREST
        return np.asarray(cv2.resize(piece, size, interpolation=how))

    def _cropped(self, image: Pixels, side: int) -> Pixels:
        """Return a piece of `side`, or what the photo has of it; it is moved to lie inside."""
        x, y = self.at
        left, top = (
            min(max(round(middle * length - side / 2), 0), max(length - side, 0))
            for middle, length in ((x, image.shape[1]), (y, image.shape[0]))
        )
        return np.ascontiguousarray(image[top : top + side, left : left + side])
