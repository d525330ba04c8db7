"""Images that go round for ever: frames there and back, as an animated file."""

import io
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from models.errors import CannotSaveError
from models.pixels.writing import write_whole

FRAME_MILLISECONDS = 33

_OPTIONS: dict[str, dict[str, Any]] = {
    ".webp": {"lossless": True, "quality": 0, "method": 0},  # the quickest lossless one: a tenth of the time
    ".gif": {},
}

LOOPS = tuple(_OPTIONS)
"""Suffixes that `save_loop` writes."""


def save_loop(frames: Sequence[NDArray[np.uint8]], path: Path) -> None:
    """Write `frames`, each (h, w, 1 or 3) uint8, to `path` as they go there and back, for ever.

    WebP is lossless; GIF has 256 colours a frame.

    Raises CannotSaveError: an unknown suffix, a folder that is missing or may not be written, a full disk.
    """
    options = _OPTIONS.get(path.suffix.lower())
    if options is None:
        raise CannotSaveError(
            f"Expected a file name ending in {' or '.join(LOOPS)}; got '{path.name}'. Choose one of them."
        )
    images = [Image.fromarray(frame[..., 0] if frame.shape[-1] == 1 else frame) for frame in frames]
    file, (first, *others) = io.BytesIO(), [*images, *images[-2:0:-1]]
    first.save(
        file,
        path.suffix[1:].upper(),
        save_all=True,
        append_images=others,
        duration=FRAME_MILLISECONDS,
        loop=0,
        **options,
    )
    write_whole(path, [file.getvalue()])


def frames_there(path: Path) -> list[NDArray[np.uint8]]:
    """Return the frames of the way there, (h, w, 3), that `save_loop` wrote to a WebP at `path`."""
    with Image.open(path) as loop:
        count = getattr(loop, "n_frames", 1) // 2 + 1
        return [np.asarray(frame.convert("RGB")) for frame in islice(ImageSequence.Iterator(loop), count)]


def larger(image: NDArray[np.uint8], about: int) -> NDArray[np.uint8]:
    """Return `image` (side, side, channels) with each pixel a square, as many times as fit into `about`.

    >>> larger(np.zeros((28, 28, 1), np.uint8), 256).shape
    (252, 252, 1)
    """
    times = max(1, about // image.shape[0])
    return image.repeat(times, axis=0).repeat(times, axis=1)


def sized(image: NDArray[np.uint8], about: int) -> NDArray[np.uint8]:
    """Return `image` (side, side, channels) at about `about` pixels a side: made `larger`, or reduced.

    >>> sized(np.zeros((1024, 1024, 3), np.uint8), 256).shape
    (256, 256, 3)
    """
    if image.shape[0] <= about:
        return larger(image, about)
    reduced = cv2.resize(image, (about, about), interpolation=cv2.INTER_AREA)
    return np.asarray(reduced, np.uint8).reshape(about, about, image.shape[2])
