"""The mean filter: each pixel becomes the plain average of its window."""

import cv2

from models.card import Card, Task
from models.classical.window import reach, window_size
from models.method import Filter, Pixels


def mean(image: Pixels, *, size: int) -> Pixels:
    """Return `image` with each pixel replaced by the mean of the `size` × `size` window around it.

    `image` is (h, w, 3) uint8, uint16 or float32, `size` odd; the result has the same shape and dtype,
    integers rounded. Beyond its border the image is mirrored. The cost does not depend on `size`.

    >>> import numpy as np
    >>> dot = np.zeros((3, 3, 3), np.uint8)
    >>> dot[1, 1] = 90
    >>> mean(dot, size=3)[1, 1].tolist()
    [10, 10, 10]
    """
    return cv2.blur(image, (size, size), borderType=cv2.BORDER_REFLECT)


_HOW = (
    "Each pixel becomes the average of the square window around it. Averaging N independent values divides "
    "the standard deviation of noise by √N, but it averages across edges too, so detail smaller than the "
    "window is lost together with the noise. "
)

_TASKS = {
    Task.DENOISE: (
        3,
        "Averages the noise away, and the fine detail with it.",
        _HOW + "It is good on areas that are flat. It cannot tell an edge from noise; whatever the size, it "
        "trades one against the other.",
    ),
    Task.DEHAZE: (
        5,
        "Only blurs the haze: shown so that you can see that smoothing is not dehazing.",
        _HOW + "Haze is a smooth veil that lowers contrast, and a mean lowers contrast further. It cannot "
        "remove any haze; what it can do is calm the noise of a hazy photo.",
    ),
    Task.DERUST: (
        15,
        "Spreads rust into its surroundings: shown so that you can see why stains need a model.",
        _HOW + "A stain that is wider than the window keeps its colour inside, and its colour bleeds out at "
        "the border. Only specks much smaller than the window fade. It changes the clean surface as well.",
    ),
}

CARDS = tuple(
    Card(
        id=f"{task}-mean",
        task=task,
        title="Mean filter",
        summary=summary,
        explanation=explanation,
        formula=r"\hat{x}(p) = \frac{1}{k^2} \sum_{q \in W_k(p)} y(q)",
        build=Filter(mean, reach, native=True),
        controls=(
            window_size(size, "Side of the square that is averaged. Larger is smoother and blurrier."),
        ),
    )
    for task, (size, summary, explanation) in _TASKS.items()
)
