"""A network run by onnxruntime on a CPU, two to three times as fast as torch. Torch is not imported."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as errors  # pyright: ignore - carries no types

from models.method import Generator, Network
from models.runtime.arguments import arguments
from models.runtime.device import cores, resident_bytes
from models.runtime.engine import Batch

UNREADABLE: tuple[type[Exception], ...] = (
    errors.InvalidProtobuf,
    errors.InvalidGraph,
    errors.InvalidArgument,
    errors.NoSuchFile,
    errors.NotImplemented,
    errors.Fail,
    errors.RuntimeException,
)
"""What onnxruntime raises on a file that is broken, or that this version of it cannot run."""

_NO_MEMORY = ("Failed to allocate memory", "bad_alloc", "bad allocation", "std::length_error", "overflow")


class OnnxEngine:
    """The network that `export` wrote to `path`; an `Engine`.

    `memory` grows with the largest run, whose working memory onnxruntime keeps.
    """

    device = "cpu"
    name = "onnxruntime"
    precision = "float32"
    batch = 1

    def __init__(self, path: Path, build: Network | Generator) -> None:
        """Read the network. Raises one of `UNREADABLE`; MemoryError."""
        onnxruntime.disable_telemetry_events()  # only builds for Windows have any
        try:
            session = onnxruntime.InferenceSession(path, _options(), providers=["CPUExecutionProvider"])
        except UNREADABLE as error:
            known = _understood(error)
            if known:
                raise known from error
            raise
        self._session: onnxruntime.InferenceSession | None = session
        self._names = [each.name for each in session.get_inputs()]
        self._build = build
        self.memory = path.stat().st_size
        self._largest = 0

    def run(self, images: Batch, conditions: Sequence[float] = ()) -> tuple[NDArray[Any], ...]:
        """Do as `Engine.run` says. A `Generator` takes latents (n, latent), and a class as its condition."""
        session = self._session
        assert session is not None, "this engine was closed"
        larger, before = np.size(images) > self._largest, resident_bytes()
        inputs = map(np.ascontiguousarray, arguments(self._build, images, conditions))
        try:
            outputs = session.run(None, dict(zip(self._names, inputs, strict=True)))
        except (errors.Fail, errors.RuntimeException) as error:
            known = _understood(error)
            if known:
                raise known from error
            raise
        arrays = tuple(map(np.asarray, outputs))
        if larger:  # onnxruntime keeps the working memory of its largest run
            self._largest = np.size(images)
            given = sum(array.nbytes for array in arrays)
            self.memory += max(0, resident_bytes() - before - given)
        return arrays

    def close(self) -> None:
        """Give back the memory."""
        self._session = None


def _options() -> Any:
    """Return the options that serve best.

    Measured on a U-Net at 1 megapixel: with the arena and without patterns a run peaks at 262 MiB above an
    idle session; with both at 420, as fast; without the arena at 420 to 450, and 1.4 times as slow.
    Threads that spin while they wait for work gain nothing here and take time from the rest of the program.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = cores()
    options.enable_cpu_mem_arena = True
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4  # what goes wrong is raised too
    return options


def _understood(error: Exception) -> MemoryError | None:
    """Return a MemoryError if that is what onnxruntime means."""
    if any(sign in str(error) for sign in _NO_MEMORY):
        return MemoryError("onnxruntime has no memory left.")
    return None
