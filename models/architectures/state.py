"""State dicts of checkpoints: unwrapped, folded, and put into a network or refused with a reason.

A refusal is a ValueError that says what was expected and what was found.
"""

import warnings
from collections.abc import Callable, Mapping
from math import isqrt
from typing import Any, TypeVar

import torch
from spandrel import Architecture, ImageModelDescriptor
from torch import Tensor, nn
from torch.nn import functional

Module = TypeVar("Module", bound=nn.Module)

MOST_SIDE = 1024
"""More pixels a side are no generator's of the kinds here, but a damaged file's."""

_WRAPPERS = ("params_ema", "params", "state_dict", "model_state_dict", "model", "net", "g_ema", "g")
_PREFIXES = ("module.", "_orig_mod.", "netG.")


def tensors_in(checkpoint: Mapping[str, Any]) -> dict[str, Tensor]:
    """Return the tensors of `checkpoint` by name, out of the wrappers that training scripts put them in.

    Unwraps dictionaries such as {"params": …} and prefixes such as "module."; of several, the averaged
    weights ("params_ema") are taken. Entries that are no tensors are left out.

    Raises ValueError: there are no tensors.

    >>> import torch
    >>> list(tensors_in({"state_dict": {"module.conv.weight": torch.zeros(1)}, "epoch": 3}))
    ['conv.weight']
    """
    inner = next((checkpoint[name] for name in _WRAPPERS if isinstance(checkpoint.get(name), Mapping)), None)
    if inner is not None:
        return tensors_in(inner)
    tensors = {name: value for name, value in checkpoint.items() if isinstance(value, Tensor)}
    if not tensors:
        raise ValueError(f"expected named tensors, found {_sample(list(checkpoint))}")
    for prefix in _PREFIXES:
        if all(name.startswith(prefix) for name in tensors):
            tensors = {name.removeprefix(prefix): value for name, value in tensors.items()}
    return tensors


def filled(module: Module, tensors: Mapping[str, Tensor], architecture: str) -> Module:
    """Return `module` with `tensors` as its parameters and buffers, ready to run (eval mode).

    Raises ValueError: a name or a shape does not fit.
    """
    _check_fit(module, tensors, architecture)
    own = module.state_dict()
    module.load_state_dict({name: tensors[name] for name in own if name in tensors}, strict=False)
    return module.eval()


def built(make: Callable[[], Module], tensors: Mapping[str, Tensor], architecture: str) -> Module:
    """Return what `make` makes with `tensors` in it, as `filled` does; memory is taken once all of them fit.

    So no file of a few bytes has a network of gigabytes made.

    Raises ValueError: a name or a shape does not fit.
    """
    try:
        with torch.device("meta"):
            planned = make()
    except RuntimeError as error:  # torch's: more bytes than can be counted
        raise ValueError(f"expected weights of {architecture} of possible sizes: {error}") from error
    _check_fit(planned, tensors, architecture)
    return filled(make(), tensors, architecture)


def _check_fit(module: nn.Module, tensors: Mapping[str, Tensor], architecture: str) -> None:
    """Raise ValueError unless `tensors` have the names and shapes of `module`'s; counters may lack."""
    own = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    found = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    counters = {name for name in own.keys() ^ found.keys() if name.endswith("num_batches_tracked")}
    missing, surplus = own.keys() - found.keys() - counters, found.keys() - own.keys() - counters
    if missing or surplus:
        raise ValueError(
            f"expected weights of {architecture}; missing {_sample(sorted(missing))}, "
            f"not known {_sample(sorted(surplus))}"
        )
    for name, shape in own.items():
        if name in found and found[name] != shape:
            raise ValueError(
                f"expected weights of {architecture} with '{name}' of shape {shape}, found {found[name]}"
            )


def from_spandrel(
    architecture: Architecture[Module], checkpoint: Mapping[str, Any]
) -> ImageModelDescriptor[Module]:
    """Return the network that spandrel builds from `checkpoint`, ready to run (eval mode).

    It takes and gives RGB images of the same size.

    Raises ValueError: weights of another architecture, damaged ones, or a network for grey images or for
    enlarging.
    """
    tensors = tensors_in(checkpoint)
    if not architecture.detect(tensors):
        raise ValueError(f"expected weights of {architecture.name}, found {_sample(list(tensors))}")
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "torch.meshgrid")  # SwinIR's and SCUNet's, harmless
            loaded = architecture.load(tensors)
    # What spandrel's arithmetic on names and shapes, and torch's strict loading, raise on a misfit.
    except (LookupError, RuntimeError, TypeError, ValueError, ArithmeticError, AssertionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(f"expected weights of {architecture.name}; they do not fit: {reason}") from error
    assert isinstance(loaded, ImageModelDescriptor)
    if (loaded.input_channels, loaded.output_channels, loaded.scale) != (3, 3, 1):
        raise ValueError(
            f"expected a {architecture.name} from RGB to RGB at the same size, found one from "
            f"{loaded.input_channels} to {loaded.output_channels} channels that enlarges {loaded.scale} times"
        )
    loaded.model.eval()
    return loaded


def without_spectral_norm(
    tensors: Mapping[str, Tensor], transposed: tuple[str, ...] = ()
) -> dict[str, Tensor]:
    """Return `tensors` with each spectrally normalised weight divided by its largest singular value.

    As `torch.nn.utils.spectral_norm` does in eval mode: weight = weight_orig / (uᵀ W v). `transposed` names
    the modules that are transposed convolutions, whose outputs are the second dimension.
    """
    folded = {name: value for name, value in tensors.items() if not name.endswith(("_orig", "_u", "_v"))}
    for name, weight in tensors.items():
        if not name.endswith(".weight_orig"):
            continue
        stem = name.removesuffix("_orig")
        outputs_first = weight.transpose(0, 1) if stem.removesuffix(".weight") in transposed else weight
        matrix, u = outputs_first.flatten(1), tensors.get(f"{stem}_u")
        if u is None or u.numel() != matrix.shape[0]:
            raise ValueError(f"expected '{stem}_u' with {matrix.shape[0]} values beside '{name}'")
        v = tensors.get(f"{stem}_v")
        v = functional.normalize(matrix.T @ u, dim=0) if v is None else v  # before torch 1.1, u alone is kept
        folded[stem] = weight / (u @ matrix @ v)
    return folded


def shape_of(tensors: Mapping[str, Tensor], name: str, dimensions: int, architecture: str) -> tuple[int, ...]:
    """Return the shape of the tensor `name`.

    Raises ValueError: there is none, it has another number of dimensions, or it is empty.
    """
    if name not in tensors:
        raise ValueError(f"expected weights of {architecture} with '{name}', found {_sample(list(tensors))}")
    shape = tuple(tensors[name].shape)
    if len(shape) != dimensions:
        raise ValueError(f"expected weights of {architecture} with '{name}' in {dimensions}-D, found {shape}")
    if 0 in shape:
        raise ValueError(f"expected weights of {architecture} with numbers in '{name}', found {shape}")
    return shape


def square_side(numbers: int, maps: int, grows: int, architecture: str) -> int:
    """Return the side of `maps` square maps that have `numbers` numbers in all.

    A generator's images grow out of them: their side is `grows` times that, and at most `MOST_SIDE`.

    Raises ValueError: there is no such side.

    >>> square_side(64 * 7 * 7, 64, 4, "DCGAN")
    7
    """
    side = isqrt(numbers // maps)
    if side == 0 or maps * side**2 != numbers or grows * side > MOST_SIDE:
        raise ValueError(
            f"expected weights of {architecture} that make squares of at most {MOST_SIDE} pixels' side, "
            f"found {numbers} numbers in {maps} maps that grow {grows} times"
        )
    return side


def _sample(names: list[str]) -> str:
    if not names:
        return "none"
    shown = ", ".join(f"'{name}'" for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
