"""What a network's module is called with."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.method import Generator, Network
from models.runtime.engine import Batch


def arguments(build: Network | Generator, images: Batch, conditions: Sequence[float]) -> list[NDArray[Any]]:
    """Return what the module of `build` takes: the images, their hint, and each condition once an image.

    The hint is cut from the images' planes, for a network that takes one. A network's condition is
    (n, 1, 1, 1) float32; a generator's, the number of a class, is (n,) int64.
    """
    count, given = len(images), [np.asarray(images, np.float32)]
    if isinstance(build, Network) and build.hint:
        assert given[0].shape[1] == 4, "the hint is the fourth plane"
        given = [given[0][:, :3], given[0][:, 3:]]
    if isinstance(build, Generator):
        classes = [np.full(count, int(condition), np.int64) for condition in conditions]
    else:
        classes = [np.full((count, 1, 1, 1), condition, np.float32) for condition in conditions]
    return [*given, *classes]
