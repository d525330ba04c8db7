"""The Gaussian filter: each pixel becomes a weighted average, the nearest weighing most."""

from math import ceil

import cv2

from models.card import Card, Control, Task
from models.method import Filter, Pixels


def gaussian(image: Pixels, *, sigma: float) -> Pixels:
    """Return `image` convolved with a Gaussian of standard deviation `sigma` pixels, cut off at 4 `sigma`.

    `image` is (h, w, 3) uint8, uint16 or float32; the result has the same shape and dtype, integers rounded.
    Beyond its border the image is mirrored.

    >>> import numpy as np
    >>> dot = np.zeros((9, 9, 3), np.float32)
    >>> dot[4, 4] = 1
    >>> round(float(gaussian(dot, sigma=1)[4, 4, 0]), 4)  # about 1 / 2π
    0.1592
    """
    side = 2 * reach(sigma=sigma) + 1
    # Not cv2.GaussianBlur: on integers its kernel is in fixed point, and it is off by more than one level.
    kernel = cv2.getGaussianKernel(side, sigma, cv2.CV_32F)
    return cv2.sepFilter2D(image, -1, kernel, kernel, borderType=cv2.BORDER_REFLECT)


def reach(*, sigma: float) -> int:
    """Return how many pixels the kernel reaches out on each side: 4 `sigma`, where its weight is 0.0003."""
    return ceil(4 * sigma)


_HOW = (
    "Each pixel becomes a weighted average of its surroundings, with weights that fall off as a Gaussian "
    "bell of width σ. It is the mildest of the linear smoothers: it makes no new structures and has no "
    "preferred direction. "
)

_TASKS = {
    Task.DENOISE: (
        1.0,
        "Smooths noise with a soft bell-shaped window; edges blur too.",
        _HOW + "It averages noise away better than a mean filter at the same loss of detail. It cannot tell "
        "an edge from noise, so it blurs both.",
    ),
    Task.DEHAZE: (
        1.5,
        "Only blurs the haze: shown so that you can see that smoothing is not dehazing.",
        _HOW + "Haze changes contrast and colour over large areas, and that is just what a Gaussian lets "
        "through. It cannot remove any haze; it only takes fine detail away.",
    ),
    Task.DERUST: (
        5.0,
        "Spreads rust softly into its surroundings: shown so that you can see why stains need a model.",
        _HOW + "Specks much smaller than σ fade; any larger stain keeps its colour and grows a halo. It "
        "cannot know what is rust and what is surface, and blurs the clean surface as well.",
    ),
}

CARDS = tuple(
    Card(
        id=f"{task}-gaussian",
        task=task,
        title="Gaussian filter",
        summary=summary,
        explanation=explanation,
        formula=r"\hat{x}(p) = \frac{\sum_q e^{-\|p-q\|^2 / 2\sigma^2}\, y(q)}"
        r"{\sum_q e^{-\|p-q\|^2 / 2\sigma^2}}",
        build=Filter(gaussian, reach, native=True),
        controls=(
            Control(
                name="sigma",
                label="Width σ",
                kind="number",
                default=sigma,
                minimum=0.3,
                maximum=20,
                step=0.1,
                unit="px",
                help="Standard deviation of the bell. Larger is smoother and blurrier.",
            ),
        ),
    )
    for task, (sigma, summary, explanation) in _TASKS.items()
)
