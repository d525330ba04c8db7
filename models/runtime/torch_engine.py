"""A network run by torch itself: on a GPU in the precision its card allows, on a CPU in float32."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from models.errors import DeviceError
from models.method import Generator, Network, Precision
from models.runtime.arguments import arguments
from models.runtime.engine import Batch

_GPU_BATCH = 8
"""Tiles at once on a GPU, which one tile leaves half idle; the runner takes one where eight do not fit."""

_NO_MEMORY = (
    *("out of memory", "can't allocate memory", "bad alloc", "bad_alloc", "ALLOC_FAILED"),
    "unable to find an engine to execute this computation",  # cuDNN, where no workspace fits
)
_TOO_LARGE = ("Storage size calculation overflowed", "numel: integer multiplication overflow")
_LOST = ("CUDA error", "cuDNN error", "CUDNN_STATUS", "CUBLAS_STATUS", "CUDA driver", "HIP error")


class TorchEngine:
    """`module` on `device` ("cpu", "cuda:0"), in `precision`; an `Engine`.

    A precision below float32 is torch's autocast: convolutions and products are done in it, sums, norms and
    softmax in float32, and the weights stay float32. Where that gives values that are no numbers, the batch
    is run once more in float32; on a GPU too that is the true one, not TF32.
    """

    name = "torch"

    def __init__(self, module: nn.Module, build: Network | Generator, device: str) -> None:
        """Move `module` to `device`; it belongs to this engine from now on.

        Raises MemoryError: it does not fit; DeviceError: the device was lost.
        """
        self.device = device
        self.precision: str = "float32" if device == "cpu" else _precision(build)
        self.batch = 1 if device == "cpu" else _GPU_BATCH
        self._build = build
        if device != "cpu":
            _settle_cuda()
        try:
            module = module.eval().requires_grad_(requires_grad=False).to(device)
            self._module: nn.Module | None = module.to(memory_format=torch.channels_last)
        except RuntimeError as error:
            known = _understood(error, device)
            if known:
                raise known from error
            raise
        self.memory = held_bytes(module)

    def run(self, images: Batch, conditions: Sequence[float] = ()) -> tuple[NDArray[Any], ...]:
        """Do as `Engine.run` says. A `Generator` takes latents (n, latent), and a class as its condition."""
        try:
            return self._compute(images, conditions)
        except RuntimeError as error:
            known = _understood(error, self.device)
            if known is None:
                raise
        self._free_cache()  # not in the handler: its traceback keeps the tensors alive
        raise known

    def close(self) -> None:
        """Give back the memory."""
        self._module = None
        self._free_cache()

    def _compute(self, images: Batch, conditions: Sequence[float]) -> tuple[NDArray[Any], ...]:
        module = self._module
        assert module is not None, "this engine was closed"
        with torch.inference_mode():
            inputs = [self._there(array) for array in arguments(self._build, images, conditions)]
            others = [*inputs, *module.parameters(), *module.buffers()]
            with self._autocast():
                outputs = _as_arrays(module(*inputs), others)
            if self.precision == "float32" or np.isfinite(outputs[0]).all():
                return outputs
            return _as_arrays(module(*inputs), others)

    def _autocast(self) -> AbstractContextManager[Any]:
        if self.precision == "float32":
            return nullcontext()
        return torch.autocast(torch.device(self.device).type, dtype=getattr(torch, self.precision))

    def _there(self, array: NDArray[Any]) -> Tensor:
        """Return `array` as a tensor on the device, images with their channels last."""
        readable = array if array.flags.writeable and min(array.strides) > 0 else array.copy()
        tensor = torch.from_numpy(readable)
        if tensor.ndim == 4:
            tensor = tensor.contiguous(memory_format=torch.channels_last)
        return tensor if self.device == "cpu" else tensor.pin_memory().to(self.device, non_blocking=True)

    def _free_cache(self) -> None:
        if self.device == "cpu":
            return
        try:
            torch.cuda.empty_cache()
        except RuntimeError as error:
            if _understood(error, self.device) is None:  # a lost device has nothing to free
                raise


def _settle_cuda() -> None:
    """Have CUDA compute float32 as float32, and choose the fastest convolution for each shape of tile.

    Torch has these switches for the whole process alone: its context managers set them and put them back
    without regard to other threads. So they are set, the same each time, and never put back.
    """
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.benchmark = True


def held_bytes(module: nn.Module) -> int:
    """Return the bytes of all weights and buffers of `module`."""
    held = [*module.parameters(), *module.buffers()]
    return sum(tensor.numel() * tensor.element_size() for tensor in held)


def _precision(build: Network | Generator) -> Precision:
    """Return the fastest precision that is safe for the network and that the GPU can do."""
    for precision in build.precisions:
        if precision != "bfloat16" or torch.cuda.is_bf16_supported(including_emulation=False):
            return precision
    return "float32"


def _as_arrays(outputs: Sequence[Tensor] | Tensor, others: Sequence[Tensor]) -> tuple[NDArray[Any], ...]:
    """Return the outputs as float32 arrays, each with memory of its own, shared with none of `others`."""
    taken = {tensor.untyped_storage().data_ptr() for tensor in others}
    arrays = list[NDArray[Any]]()
    for output in [outputs] if isinstance(outputs, Tensor) else outputs:
        tensor = output.float()
        place = tensor.untyped_storage().data_ptr()
        if place in taken or 0 in tensor.stride():
            tensor = tensor.clone(memory_format=torch.contiguous_format)
        taken.add(place)
        arrays.append(tensor.cpu().numpy())
    return tuple(arrays)


def _understood(error: RuntimeError, device: str) -> MemoryError | DeviceError | None:
    """Return what an error of torch means: no memory, a lost device, or neither (None)."""
    text = str(error)
    if isinstance(error, torch.OutOfMemoryError) or any(sign in text for sign in (*_NO_MEMORY, *_TOO_LARGE)):
        return MemoryError(f"torch has no memory left on {device}.")
    if isinstance(error, torch.AcceleratorError) or any(sign in text for sign in _LOST):
        said = text.partition("\n")[0][:160]
        return DeviceError(
            f"The device {device} was lost in the middle of a run ({said}). Try once more; if this stays, "
            "restart Patina, since a process seldom gets a lost GPU back."
        )
    return None
