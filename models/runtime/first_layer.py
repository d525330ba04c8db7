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
    matrix = _read(model, build.first_layer, path)
    if matrix is None or matrix.ndim != 2 or matrix.shape[1] != build.latent:
        raise WrongWeightsError(
            f"'{model}': expected a matrix '{build.first_layer}' for {build.latent} random numbers in "
            f"'{path.name}', to nudge images by; found none of that shape. Make images without nudges."
        )
    return matrix


def _read(model: str, name: str, path: Path) -> NDArray[np.float64] | None:
    if path.suffix.lower() == ".safetensors":
        from safetensors import safe_open

        with safe_open(path, framework="numpy") as file:
            return file.get_tensor(name).astype(np.float64) if name in file.keys() else None  # noqa: SIM118
    from models.architectures.state import tensors_in
    from models.runtime.weights_file import read_state

    found: dict[str, Any] = tensors_in(read_state(model, path))
    return found[name].double().numpy() if name in found else None
