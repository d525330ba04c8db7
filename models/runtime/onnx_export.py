"""A network of torch, written as an ONNX file for images of any size."""

import warnings
from inspect import Parameter, signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.export import Dim

from models.method import Generator, Network
from models.runtime.arguments import arguments
from models.runtime.probe import probe
from models.runtime.torch_engine import held_bytes

LARGEST = (1 << 31) - (1 << 26)
"""Bytes of weights above which one file cannot hold a network: protobuf's 2 GiB, less room for the graph."""


class CannotExportError(Exception):
    """The network cannot be written as ONNX; the message says why. It is run by torch instead."""


def export(module: nn.Module, build: Network | Generator, path: Path) -> None:
    """Write `module` (float32, on the CPU) to `path`, whole or not at all.

    The file takes any number of images of any size that `build` allows. Torch keeps state in globals while
    it exports: not for two threads at once.

    Raises CannotExportError: torch has no ONNX for something in it, or it fixes a size. Raises OSError:
    `path` cannot be written.
    """
    tried = probe(build, count=2, side=64)
    if held_bytes(module) > LARGEST:
        raise CannotExportError(f"its weights hold more than {LARGEST} bytes")
    given = map(np.ascontiguousarray, arguments(build, tried.images, tried.conditions))  # strides would stay
    inputs = tuple(map(torch.from_numpy, given))
    free = _free(module, inputs)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # of torch's own parts about each other
            program = torch.onnx.export(module, inputs, dynamic_shapes=free, dynamo=True, verbose=False)
    except RuntimeError as error:  # torch.onnx.OnnxExporterError, onnx_ir.passes.PassError
        raise CannotExportError(_first_line(error.__cause__ or error)) from error
    assert program is not None, "dynamo=True returns a program"
    with TemporaryDirectory(dir=path.parent, prefix="export-") as folder:
        written = Path(folder) / path.name
        program.save(written, external_data=False)
        written.replace(path)


def _free(module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Any, ...]:
    """Return which axes of each input are free, as torch wants it for what the module's `forward` takes."""
    axes = [dict.fromkeys(_free_axes(each), Dim.DYNAMIC) for each in inputs]
    kinds = [each.kind for each in signature(module.forward).parameters.values()]
    named = kinds.index(Parameter.VAR_POSITIONAL) if Parameter.VAR_POSITIONAL in kinds else len(axes)
    if named < len(axes):
        return (*axes[:named], tuple(axes[named:]))
    return tuple(axes)


def _free_axes(tensor: Tensor) -> tuple[int, ...]:
    """Return the axes whose length may change: the number of images, and the sides of images and hints."""
    return (0, 2, 3) if tensor.ndim == 4 and tensor.shape[2] > 1 else (0,)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200] if lines else ''}"
