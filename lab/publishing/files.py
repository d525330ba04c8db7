"""What is published beside the page: the weights as safetensors, and how their network is built and run."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.errors import PublishError
from models.card import Card, Control
from models.method import Generator, Network

if TYPE_CHECKING:
    from torch import Tensor

WEIGHTS, CONFIG, PAGE = "model.safetensors", "config.json", "README.md"


@dataclass(frozen=True, slots=True)
class Weights:
    """A checkpoint ready to be published: the bytes of a safetensors file, and what is in them."""

    content: bytes
    sha256: str
    parameters: int


def read_weights(path: Path, card: Card) -> Weights:
    """Return the weights in `path`, a .safetensors file or a .pth read without running code, of `card`.

    A safetensors file is published as it is, to the byte, so that it keeps its hash.

    Raises WrongWeightsError; PublishError: they are not of the card's architecture.
    """
    from models.architectures.state import tensors_in
    from models.runtime.weights_file import read_state

    state = read_state(card.id, path)
    _check_architecture(card, state, path)
    tensors = tensors_in(state)
    content = path.read_bytes() if path.suffix.lower() == ".safetensors" else _as_safetensors(tensors)
    parameters = sum(tensor.numel() for tensor in tensors.values())
    return Weights(content, hashlib.sha256(content).hexdigest(), parameters)


def config(card: Card, weights: Weights) -> str:
    """Return config.json: how Patina builds the network of `card` and what it may be told."""
    build = _build(card)
    module, _, function = build.module.partition(":")
    entries: dict[str, Any] = {
        "library": "patina",
        "model": card.id,
        "task": str(card.task),
        "version": card.version,
        "architecture": {"module": module, "function": function, "options": dict(build.options)},
        "weights": {"file": WEIGHTS, "sha256": weights.sha256, "parameters": weights.parameters},
        "precisions": list(build.precisions),
        "controls": [_control(control) for control in card.controls],
        "stages": dict(card.stages or {}),
    }
    if isinstance(build, Network):
        entries["input"] = {
            "range": [0, 1],
            "channels": "RGB",
            "conditions": list(build.conditions),
            "field_of_view": build.field_of_view,
            "multiple_of": build.multiple_of,
            "least_side": build.least_side,
        }
    else:
        entries["input"] = {"latent": build.latent, "side": build.side, "classes": list(build.classes)}
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def _control(control: Control) -> dict[str, object]:
    entry: dict[str, object] = {
        "name": control.name,
        "label": control.label,
        "kind": control.kind,
        "default": control.default,
        "accepts": control.expectation(),
    }
    if control.kind in {"number", "integer"}:
        entry |= {"minimum": control.minimum, "maximum": control.maximum, "unit": control.unit}
    return entry


def _build(card: Card) -> Network | Generator:
    if not isinstance(card.build, Network | Generator):
        raise PublishError(f"'{card.id}' is a classical method and has no weights to publish.")
    return card.build


def _check_architecture(card: Card, state: Mapping[str, Any], path: Path) -> None:
    """Build the network of `card` from `state`, as its users will."""
    build = _build(card)
    file, _, function = build.module.partition(":")
    make = getattr(import_module(f"models.architectures.{file}"), function)
    try:
        make(state, **build.options)
    except ValueError as error:
        first = str(error).partition("\n")[0][:200]
        raise PublishError(
            f"'{path.name}' holds no weights of '{card.id}' ({first}). Name the model they belong to by "
            "--model, or another file."
        ) from error


def _as_safetensors(tensors: "Mapping[str, Tensor]") -> bytes:
    from safetensors.torch import save

    return save({name: tensor.contiguous().clone() for name, tensor in tensors.items()})
