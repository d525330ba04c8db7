"""The first layer of a generator, read from its file of weights; torch only opens files of its own."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import WrongWeightsError
from models.method import Generator


def first_layer(model: str, build: Generator, path: Path) -> NDArray[np.float64]:
    """Return the matrix that latents are multiplied by first, (features, latent).

    Raises WrongWeightsError: the file at `path` has none of that name and shape.
    """
    matrix = _plainly(build.first_layer, path)
    if matrix is None:
        matrix = _by_torch(model, build.first_layer, path)
    if matrix is None or matrix.ndim != 2 or matrix.shape[1] != build.latent or not np.isfinite(matrix).all():
        raise WrongWeightsError(
            f"'{model}': expected a matrix '{build.first_layer}' of finite numbers for {build.latent} random "
            f"numbers in '{path.name}', to nudge images by; found none of that shape. Make images without "
            "nudges."
        )
    return matrix


def _plainly(name: str, path: Path) -> NDArray[np.float64] | None:
    """Return the tensor `name` without torch, None where that cannot be: numpy knows no bfloat16."""
    if path.suffix.lower() != ".safetensors":
        return None
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        try:
            return file.get_tensor(name).astype(np.float64) if name in file.keys() else None  # noqa: SIM118
        except TypeError:
            return None


def _by_torch(model: str, name: str, path: Path) -> NDArray[np.float64] | None:
    """Return the tensor `name`, out of the wrappers and prefixes that training scripts put around it."""
    from models.architectures.state import tensors_in
    from models.runtime.weights_file import read_state

    found: dict[str, Any] = tensors_in(read_state(model, path))
    return found[name].double().numpy() if name in found else None
