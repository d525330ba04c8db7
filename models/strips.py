"""A photo in horizontal strips, each with the margin its method looks out to."""

from collections.abc import Iterator
from dataclasses import dataclass

from models.method import WHOLE, Window

STRIP_PIXELS = 2_000_000
"""About how many pixels a strip has: 24 MB as float32 RGB, whatever the photo's size."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Rows [top, bottom) of the photo are written; `window` (full width, with margins) is what is read."""

    top: int
    bottom: int
    window: Window

    @property
    def inner(self) -> slice:
        """The rows of the window that are written."""
        return slice(self.top - self.window.top, self.bottom - self.window.top)


def strips(size: tuple[int, int], margin: int, region: Window | None = None) -> Iterator[Strip]:
    """Yield strips that cover `region` (default: all) of a photo of `size` (height, width), top to bottom.

    `margin` rows are added on both sides where the photo has them; `WHOLE` gives one strip of everything.
    A margin is never more than half of what is read, so that the work stays within twice the photo.
    """
    height, width = size
    region = region or Window(0, 0, height, width)
    bottom_of_all = region.top + region.height
    if margin == WHOLE:
        yield Strip(region.top, bottom_of_all, Window(0, 0, height, width))
        return
    left, right = max(0, region.left - margin), min(width, region.left + region.width + margin)
    rows = max(STRIP_PIXELS // (right - left), 2 * margin, 1)
    for top in range(region.top, bottom_of_all, rows):
        bottom = min(top + rows, bottom_of_all)
        first, last = max(0, top - margin), min(height, bottom + margin)
        yield Strip(top, bottom, Window(first, left, last - first, right - left))
