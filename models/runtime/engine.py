"""What runs a network: one small interface, whichever library and device do the work behind it."""

from collections.abc import Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

Batch = NDArray[Any]
"""Images, (n, 3, height, width) float32 RGB in [0, 1]; of a network that takes a hint, (n, 4, height, width):
the fourth plane is what a person painted (see `models.method.Network`)."""


class Engine(Protocol):
    """A loaded network, ready to run. Any thread may call `run`.

    `device` is "cpu" or "cuda:0"; `name` says what computes ("onnxruntime", "torch"); `precision` in what;
    `memory` is about how many bytes the loaded network holds; `batch` how many tiles it likes at once.
    """

    device: str
    name: str
    precision: str
    memory: int
    batch: int

    def run(self, images: Batch, conditions: Sequence[float]) -> tuple[NDArray[Any], ...]:
        """Return the restored images, then the network's stages, each (n, 1 or 3, height, width) float32.

        Values are those of the network: not clipped. Every image gets the same `conditions`.

        Raises MemoryError: the batch does not fit; DeviceError: the device was lost.
        """
        ...

    def close(self) -> None:
        """Give back the memory."""
        ...
