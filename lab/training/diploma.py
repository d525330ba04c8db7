"""What a training leaves behind: weights as safetensors, and a JSON with all that a model card must say."""

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isfinite
from pathlib import Path

import torch
from torch import Tensor, nn

from lab.errors import CannotKeepError
from lab.training import lessons
from lab.training.album import Album, Photo
from lab.training.files import REPORT, WEIGHTS
from lab.training.learner import build
from lab.training.lesson import Marks
from lab.training.loop import Trained, Workplace
from lab.training.recipe import Recipe

HALF_MAY_COST = 0.01
"""Weights are kept in half precision where that lowers the score by less (dB, for most lessons)."""


def write(
    folder: Path,
    recipe: Recipe,
    album: Album,
    trained: Trained,
    workplace: Workplace,
    command: Sequence[str],
    begun_with: Path | None,
) -> Marks | None:
    """Write weights and report to `folder`; return the marks on all held-out photos, if there are any.

    `begun_with` is the file of the weights that the training began with; the report keeps its hash.

    Raises CannotKeepError: the disk is full, or the folder cannot be written.
    """
    weights, cost = _smallest(recipe, album, trained, workplace.device)
    marks = _examine(recipe, weights, album.held_out, workplace.device) if album.held_out else None
    report: dict[str, object] = {
        "recipe": asdict(recipe),
        "command": " ".join(command),
        "begun_with": "" if begun_with is None else hashlib.sha256(begun_with.read_bytes()).hexdigest(),
        "minutes": round(trained.seconds / 60, 2),
        "steps": trained.steps,
        "failure": trained.failure,
        "chosen_step": trained.best.step,
        "device": device_name(workplace.device),
        "threads": torch.get_num_threads(),
        "precision": workplace.precision,
        "torch": torch.__version__,
        "photos": {"learnt_from": len(album.learning), "held_out": len(album.held_out)},
        "parameters": sum(tensor.numel() for tensor in weights.values()),
        "weights_dtype": str(next(iter(weights.values())).dtype).removeprefix("torch."),
        "half_precision_cost": cost,
        "held_out": None if marks is None else {name: round(x, 3) for name, x in marks.figures.items()},
    }
    _save(folder, weights, report)
    return marks


def device_name(device: torch.device) -> str:
    """Return what the device calls itself, "cpu" with its architecture where it says no more."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"cpu ({platform.machine()})"


def _smallest(
    recipe: Recipe, album: Album, trained: Trained, device: torch.device
) -> tuple[dict[str, Tensor], float | None]:
    """Return the weights in half precision if that costs next to nothing, and what it costs.

    Measured on a few photos, the weights rounded and the computation in float32. None: nobody knows, or the
    weights are too large for half precision.
    """
    full = {name: tensor.contiguous() for name, tensor in trained.best.weights.items()}
    half = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in full.items()}
    if not album.held_out:
        return full, None
    some = album.held_out[:: max(1, len(album.held_out) // lessons.examined_photos(recipe.lesson.kind))]
    before, after = (_examine(recipe, weights, some, device).score for weights in (full, half))
    cost = before - after
    return (half if cost < HALF_MAY_COST else full), round(cost, 5) if isfinite(cost) else None


def _examine(
    recipe: Recipe, weights: Mapping[str, Tensor], photos: Sequence[Photo], device: torch.device
) -> Marks:
    network: nn.Module = build(recipe.network)
    network.load_state_dict(dict(weights))
    network = network.to(device).to(memory_format=torch.channels_last).eval()
    lesson = lessons.lesson(recipe.lesson.kind, recipe.lesson.settings)
    with torch.inference_mode():
        return lesson.examine(network, photos, device)


def _save(folder: Path, weights: dict[str, Tensor], report: dict[str, object]) -> None:
    from safetensors.torch import save

    data = save(weights)
    file = {"weights_bytes": len(data), "weights_sha256": hashlib.sha256(data).hexdigest()}
    text = json.dumps({**report, **file}, indent=2, ensure_ascii=False) + "\n"
    try:
        for name, content in ((WEIGHTS, data), (REPORT, text.encode())):
            draft = folder / f"{name}.incomplete"
            draft.write_bytes(content)
            draft.replace(folder / name)
    except OSError as error:
        for name in (WEIGHTS, REPORT):
            (folder / f"{name}.incomplete").unlink(missing_ok=True)
        raise CannotKeepError(
            f"The weights could not be written to '{folder}': {error.strerror}. The checkpoint is whole: "
            "free some space, or mend the folder's rights, and run the same command to finish."
        ) from error
