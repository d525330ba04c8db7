"""Tiny checkpoints of every family of networks."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def tiny_weights() -> Callable[[str], dict[str, Any]]:
    """`tiny_weights(family)` gives the state dict of a small random network, always the same."""
    import torch

    networks = runpy.run_path(str(Path(__file__).with_name("tiny_networks.py")))["TINY"]

    def make(family: str) -> dict[str, Any]:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1)
            return networks[family]().state_dict()

    return make


@pytest.fixture(scope="session")
def tiny_checkpoint(tiny_weights) -> Callable[..., Path]:
    """`tiny_checkpoint(family, folder, suffix=".safetensors")` saves one there and gives its path."""
    import torch
    from safetensors.torch import save_file

    def save(family: str, folder: Path, suffix: str = ".safetensors") -> Path:
        path, weights = folder / f"{family}{suffix}", tiny_weights(family)
        if suffix == ".safetensors":
            save_file({name: tensor.contiguous().clone() for name, tensor in weights.items()}, path)
        else:
            torch.save(weights, path)
        return path

    return save
