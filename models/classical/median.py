"""The median filter: each pixel becomes the middle value of its window, channel by channel."""

from collections.abc import Iterator

import cv2
import numpy as np

from models.card import Card, Paper, Task
from models.classical.window import reach, window_size
from models.method import Filter, Pixels

# Side of the squares that deep images are worked through in: large enough that the margin costs little, small
# enough that few 8-bit passes are needed. Measured best of 48, 64, 96, 128, 192 at sizes 7 to 51.
_SQUARE = 48


def median(image: Pixels, *, size: int) -> Pixels:
    """Return `image` with each pixel replaced by the median of the `size` × `size` window around it.

    `image` is (h, w, 3) uint8, uint16 or float32, `size` odd; the result has the same shape and dtype and is
    exact for all three. Beyond its border the image repeats its edge pixels.

    >>> import numpy as np
    >>> speck = np.full((3, 3, 3), 50, np.uint8)
    >>> speck[1, 1] = 255
    >>> int(median(speck, size=3).max())
    50
    """
    if image.dtype == np.uint8 or size <= 5:  # what OpenCV does by itself
        return cv2.medianBlur(image, size)
    return _deep_median(image, size)


def _deep_median(image: Pixels, size: int) -> Pixels:
    """Return the median of a uint16 or float32 image, square by square, by OpenCV's 8-bit filter.

    A median commutes with every rising function. So values are replaced by their ranks among the values of
    the square, and the rank of the median is read off 8 bits at a time.
    """
    result = np.empty_like(image)
    margin = size // 2
    for rows, outer_rows in _spans(image.shape[0], margin):
        for columns, outer_columns in _spans(image.shape[1], margin):
            inner = (
                slice(rows.start - outer_rows.start, rows.stop - outer_rows.start),
                slice(columns.start - outer_columns.start, columns.stop - outer_columns.start),
            )
            for channel in range(image.shape[2]):
                outer = image[outer_rows, outer_columns, channel]
                values, ranks = np.unique(outer, return_inverse=True)
                middle = _median_of_ranks(ranks.reshape(outer.shape), size, inner)
                result[rows, columns, channel] = values[middle]
    return result


def _spans(length: int, margin: int) -> Iterator[tuple[slice, slice]]:
    """Yield the spans that `length` is cut into, each also with `margin` on both sides, within `length`."""
    for start in range(0, length, _SQUARE):
        stop = min(start + _SQUARE, length)
        yield slice(start, stop), slice(max(start - margin, 0), min(stop + margin, length))


def _median_of_ranks(ranks: Pixels, size: int, inner: tuple[slice, slice]) -> Pixels:
    """Return the exact medians of non-negative `ranks` below 65,536, within `inner`."""
    high = cv2.medianBlur((ranks >> 8).astype(np.uint8), size)[inner]
    result = np.empty(high.shape, np.intp)
    for page in np.unique(high):
        start = int(page) << 8
        low = cv2.medianBlur(np.clip(ranks - start, 0, 255).astype(np.uint8), size)[inner]
        chosen = high == page
        result[chosen] = low[chosen].astype(np.intp) + start
    return result


_HOW = (
    "Each pixel becomes the middle one of the sorted values in the square window around it. A few wild "
    "values do not move the middle, so specks vanish while straight edges stay sharp; corners are rounded "
    "and thin lines disappear. "
)

_TASKS = {
    Task.DENOISE: (
        3,
        "Takes specks and dead pixels away and keeps edges sharp.",
        _HOW + "It is at its best on salt-and-pepper noise. On fine grain it is weaker than a mean, and it "
        "cannot keep texture finer than half the window.",
    ),
    Task.DEHAZE: (
        5,
        "Leaves the haze as it is: shown so that you can see that smoothing is not dehazing.",
        _HOW
        + "Haze is a smooth veil, and every window lies wholly inside it, so the middle value is as hazy "
        "as the rest. It cannot remove any haze; it only removes specks.",
    ),
    Task.DERUST: (
        15,
        "Removes small rust specks, but no stain wider than half its window.",
        _HOW + "Rust specks that fill less than half of the window are replaced by the surface around them, "
        "which is right. Wider stains stay, and fine texture of the clean surface is lost.",
    ),
}

CARDS = tuple(
    Card(
        id=f"{task}-median",
        task=task,
        title="Median filter",
        summary=summary,
        explanation=explanation,
        formula=r"\hat{x}(p) = \operatorname{median}\{\, y(q) : q \in W_k(p) \,\}",
        paper=Paper(
            title="A fast two-dimensional median filtering algorithm",
            authors="Huang, Yang, Tang",
            year=1979,
            link="https://doi.org/10.1109/TASSP.1979.1163188",
        ),
        build=Filter(median, reach, native=True),
        controls=(
            window_size(
                size, "Side of the square that is sorted. Specks up to about half of its area vanish."
            ),
        ),
    )
    for task, (size, summary, explanation) in _TASKS.items()
)
