"""A file of weights, read without running anything it may contain."""

import pickle
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from models.errors import WrongWeightsError

PICKLED = (".pth", ".pt", ".bin")
"""Suffixes of files that `torch.save` writes."""

_ZIP, _PICKLE = b"PK\x03\x04", b"\x80"
"""How files of `torch.save` begin: since torch 1.6, and before."""

_BROKEN = (
    pickle.UnpicklingError,  # torch: a type that is not allowed, or no pickle
    RuntimeError,  # torch's zip reader: cut, or another kind of archive
    EOFError,
    struct.error,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    OverflowError,
)
"""What `torch.load(weights_only=True)` has been seen to raise on files with bytes cut or changed."""


def read_state(model: str, path: Path) -> dict[str, Any]:
    """Return the tensors of `path`, on the CPU, by name; what is neither tensor nor mapping is left out.

    A .safetensors file is read as such; .pth, .pt and .bin by torch's restricted unpickler, which runs no
    code. Such a file may hold its tensors one level down ("params", "state_dict"): that mapping is returned
    as a value.

    Raises WrongWeightsError, which names `model`: another kind of file, empty, cut, changed, a pickle with
    code, no tensors in it, or numbers that are not finite. Raises MemoryError.
    """
    if not path.exists() or path.stat().st_size == 0:
        raise _wrong(model, path, "is empty" if path.exists() else "is not there")
    state = _tensors(_read(model, path))
    if not state:
        raise _wrong(model, path, "holds no tensors")
    _check_numbers(model, path, state)
    return state


def _read(model: str, path: Path) -> object:
    suffix = path.suffix.lower()
    if suffix == ".safetensors":
        return _read_safetensors(model, path)
    if suffix in PICKLED:
        return _read_pickled(model, path)
    raise _wrong(model, path, f"has the suffix '{suffix}'; expected .safetensors, {', '.join(PICKLED)}")


def _read_safetensors(model: str, path: Path) -> object:
    try:
        return load_file(path)
    except SafetensorError as error:
        raise _wrong(model, path, f"is not a whole safetensors file ({error})") from error


def _read_pickled(model: str, path: Path) -> object:
    with path.open("rb") as file:
        begin = file.read(64)
    if not begin.startswith((_ZIP, _PICKLE)):
        found = "a web page" if begin.lstrip().startswith(b"<") else "something else"
        raise _wrong(model, path, f"is no file of torch.save but {found}")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except _BROKEN as error:
        if "allocate memory" in str(error):
            raise MemoryError(str(error)) from error
        raise _wrong(model, path, f"is broken, or holds code beside weights ({_first(error)})") from error


def _tensors(read: object) -> dict[str, Any]:
    """Return the tensors and the mappings with tensors of what was read."""
    if not isinstance(read, Mapping):
        return {}
    kept = dict[str, Any]()
    for name, value in read.items():
        inner = value if isinstance(value, Tensor) else _tensors(value)
        if isinstance(inner, Tensor) or inner:
            kept[str(name)] = inner
    return kept


def _check_numbers(model: str, path: Path, state: Mapping[str, Any]) -> None:
    for name, value in state.items():
        if isinstance(value, Mapping):
            _check_numbers(model, path, value)
            continue
        if not _is_plain(value):
            raise _wrong(model, path, f"holds '{name}' in a form that is no plain array of numbers")
        if value.is_floating_point() and not bool(value.isfinite().all()):
            raise _wrong(model, path, f"holds numbers that are not finite (NaN or infinity) in '{name}'")


def _is_plain(tensor: Tensor) -> bool:
    """Tell whether `tensor` is strided numbers of its own: a few bytes may not pose as terabytes.

    Floats of 8 bits are left out: torch can hardly compute with them on a CPU.
    """
    if tensor.layout != torch.strided or tensor.is_quantized or tensor.device.type != "cpu":
        return False
    if tensor.is_floating_point() and tensor.element_size() == 1:
        return False
    return tensor.numel() * tensor.element_size() <= tensor.untyped_storage().nbytes()


def _wrong(model: str, path: Path, what: str) -> WrongWeightsError:
    return WrongWeightsError(
        f"'{model}': its weights file '{path.name}' {what}. Expected a network's weights; nothing in it "
        f"was run. Fetch it anew (`python -m models fetch {model}`), or check what the model's entry names."
    )


def _first(error: Exception) -> str:
    """Return the first sentence of an error of torch, whose rest gives unsafe advice."""
    return str(error).partition("\n")[0].partition(". ")[0][:160] or type(error).__name__
