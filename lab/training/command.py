"""`python -m lab train`: from what a person typed to a finished training."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from lab.errors import TrainingError
from lab.training import album, checkpoint, diploma, lessons, recipe
from lab.training.loop import Workplace, train
from lab.training.schedule import Budget
from models.errors import WrongWeightsError
from models.runtime.weights_file import read_state

PATCH_MARGIN = 16
"""Photos must be this much larger than a patch, in pixels: lessons may cut a little more than they keep."""

LEAST_IMAGE = 8
"""Images that generators learn from may be enlarged, but not from next to nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What was asked for; None means: as the recipe, the machine, or chance has it."""

    recipe: Path
    data: Sequence[Path]
    out: Path
    begin_with: Path | None
    minutes: float | None
    steps: int | None
    seed: int | None
    device: str
    precision: str
    workers: int | None
    keep_every: float


def run(call: Call, command: Sequence[str], tell: Callable[[str], None]) -> None:
    """Train, and write weights, report and curves to `call.out`; raises LabError."""
    chosen = recipe.read(call.recipe, seed=call.seed)
    workplace = _workplace(call)
    photos = _album(call.data, chosen, tell)
    tell(f"{len(photos.learning)} photos to learn from, {len(photos.held_out)} held out; {workplace.device}.")
    begin_with = None if call.begin_with is None else _weights(call.begin_with)
    budget = _budget(call, chosen)
    with checkpoint.alone_in(call.out):
        trained = train(
            chosen, photos, call.out, budget=budget, workplace=workplace, begin_with=begin_with, tell=tell
        )
        marks = diploma.write(call.out, chosen, photos, trained, workplace, command, call.begin_with)
    if trained.failure:
        raise TrainingError(
            f"{trained.failure} What it was at its best, after step {trained.best.step}, is kept in "
            f"'{call.out}'."
        )
    figures = "" if marks is None else f" {dict(marks.figures)}"
    tell(f"Done after {trained.steps} steps, {trained.seconds / 60:.1f} minutes:{figures}")


def _budget(call: Call, chosen: recipe.Recipe) -> Budget:
    """Return the command line's budget, or else the recipe's."""
    if call.steps or call.minutes:
        return Budget(call.minutes or chosen.minutes, call.steps)
    return Budget(chosen.minutes, chosen.steps or None)


def _album(folders: Sequence[Path], chosen: recipe.Recipe, tell: Callable[[str], None]) -> album.Album:
    """Return the photos of `folders` as the recipe's lesson wants them; raises MaterialError."""
    kind, patch = chosen.lesson.kind, chosen.training.patch
    whole = lessons.takes_images(kind)
    least = LEAST_IMAGE if whole else patch + PATCH_MARGIN
    found = album.read(folders, least_side=least, cutouts=lessons.takes_cutouts(kind), tell=tell)
    return album.squared(found, patch) if whole else found


def _weights(path: Path) -> Mapping[str, Any]:
    """Return the tensors in the file `path`; raises TrainingError: it holds none."""
    try:
        return read_state(path.name, path)
    except WrongWeightsError as error:
        raise TrainingError(
            f"'{path}' holds no weights to begin with: expected a whole .safetensors file, or one that "
            "torch.save wrote. Give another --begin-with, or leave it out to begin by chance."
        ) from error


def _workplace(call: Call) -> Workplace:
    """Return where to compute: on a GPU if there is one and nothing else was said, there in bfloat16."""
    name = call.device
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if not re.fullmatch(r"cpu|cuda(:\d{1,2})?", name):
        raise TrainingError(f"--device must be auto, cpu or cuda:N, such as cuda:1; found '{name}'.")
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise TrainingError(f"There is no CUDA device for --device {name}; use --device cpu or auto.")
    device = torch.device(name)
    on_gpu = device.type == "cuda"
    if on_gpu:
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.benchmark = True
    automatic = "bfloat16" if on_gpu else "float32"
    precision = automatic if call.precision == "auto" else call.precision
    spare = max(1, min(12, (os.cpu_count() or 1) - 2))
    workers = call.workers if call.workers is not None else spare if on_gpu else 0
    return Workplace(device=device, precision=precision, workers=workers, keep_every=call.keep_every)
