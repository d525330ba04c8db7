"""From a file of weights and a card's declaration to a running engine."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from models.errors import WrongWeightsError
from models.method import Generator, Network
from models.runtime import choice as choices
from models.runtime.choice import Choice
from models.runtime.contest import TOLERANCE, Contest, hold
from models.runtime.engine import Engine

if TYPE_CHECKING:
    import torch

Progress = Callable[[str, float], None]

_STEP = "load network"


def load(
    model: str,
    build: Network | Generator,
    path: Path,
    sha256: str,
    *,
    device: str,
    cache: Path,
    progress: Progress | None = None,
) -> Engine:
    """Return the network of `build` with the weights of `path`, ready to run on `device` ("cpu", "cuda:N").

    `model` is the id that errors name; `sha256` the file's, which was checked. On a CPU the network is first
    exported to `cache` and onnxruntime tried against torch, which takes some ten seconds; the faster one is
    taken and remembered, and where it is onnxruntime, torch is not imported any more. A network that cannot
    be exported, or a `cache` that cannot be written, leaves torch. `progress` hears the share in [0, 1].

    Raises WrongWeightsError, MemoryError; DeviceError: the device was lost.
    """
    told = progress or (lambda _step, _share: None)
    told(_STEP, 0.0)
    source = Source(model, build, path)
    engine = _on_cpu(source, cache, sha256, told) if device == "cpu" else _torch_engine(source, device)
    told(_STEP, 1.0)
    return engine


@dataclass(frozen=True, slots=True)
class Source:
    """What a network is built from, and the id that errors name."""

    model: str
    build: Network | Generator
    path: Path

    def module(self) -> "torch.nn.Module":
        """Build the network. Raises WrongWeightsError, MemoryError."""
        from models.runtime.weights_file import read_state

        file, _, function = self.build.module.partition(":")
        make = getattr(import_module(f"models.architectures.{file}"), function)
        try:
            return make(read_state(self.model, self.path), **self.build.options).eval()
        except ValueError as error:
            raise WrongWeightsError(
                f"'{self.model}': the file '{self.path.name}' holds no weights of '{file}', its network "
                f"({_first_line(error)}). Name the network these weights belong to, or another file."
            ) from error


def _torch_engine(source: Source, device: str) -> Engine:
    from models.runtime.torch_engine import TorchEngine

    return TorchEngine(source.module(), source.build, device)


def _on_cpu(source: Source, cache: Path, sha256: str, told: Progress) -> Engine:
    """Take the engine chosen before; if there is none, prepare, measure and choose."""
    place = _Place(cache, choices.name(source.build, sha256))
    engine = _chosen_before(source, place)
    if engine:
        return engine
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(cache / "prepare.lock"):  # torch exports one network at a time
            return _chosen_before(source, place) or _choose(source, place, told)
    except OSError:  # the cache cannot be written
        return _torch_engine(source, "cpu")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a prepared network and the choice of its engine are kept."""

    folder: Path
    name: str

    @property
    def onnx(self) -> Path:
        return self.folder / f"{self.name}.onnx"

    @property
    def choice(self) -> Path:
        return self.folder / f"{self.name}.json"


def _chosen_before(source: Source, place: _Place) -> Engine | None:
    """Return the engine chosen before, None if there is none or its file is not as it was."""
    chosen = choices.read(place.choice)
    if chosen is None:
        return None
    if chosen.engine == "torch":
        return _torch_engine(source, "cpu")
    if not place.onnx.exists() or _sha256(place.onnx) != chosen.sha256:
        return None
    from models.runtime.onnx_engine import OnnxEngine

    return OnnxEngine(place.onnx, source.build)


def _choose(source: Source, place: _Place, told: Progress) -> Engine:
    """Export the network, try it against torch, remember which is better, and return that one.

    Raises OSError: the cache cannot be written.
    """
    from models.runtime.onnx_engine import UNREADABLE
    from models.runtime.onnx_export import CannotExportError
    from models.runtime.torch_engine import TorchEngine

    module = source.module()
    told(_STEP, 0.2)
    try:
        challenger = _exported(module, source.build, place.onnx)
        told(_STEP, 0.8)
        reference = TorchEngine(module, source.build, "cpu")
        contest = hold(source.build, reference, challenger)
    except (CannotExportError, *UNREADABLE) as error:
        choices.keep(Choice(engine="torch", reason=_first_line(error)), place.choice)
        place.onnx.unlink(missing_ok=True)
        return TorchEngine(module, source.build, "cpu")
    choices.keep(_judged(contest, _sha256(place.onnx)), place.choice)
    if contest.won:
        reference.close()
        return challenger
    challenger.close()
    place.onnx.unlink()
    return reference


def _exported(module: "torch.nn.Module", build: Network | Generator, path: Path) -> Engine:
    """Export `module` to `path` and return the engine that runs it.

    Raises CannotExportError, one of `onnx_engine.UNREADABLE`, OSError.
    """
    from models.runtime.onnx_engine import OnnxEngine
    from models.runtime.onnx_export import export

    export(module, build, path)
    return OnnxEngine(path, build)


def _judged(contest: Contest, sha256: str) -> Choice:
    """Write down how the contest ended; `sha256` is that of the exported file."""
    if contest.won:
        reason = "it agrees with torch and is faster"
    elif contest.difference <= TOLERANCE:
        reason = "onnxruntime is not faster"
    else:
        reason = f"onnxruntime differs from torch by {contest.difference:.2g}"
    return Choice(
        engine="onnxruntime" if contest.won else "torch",
        reason=reason,
        sha256=sha256 if contest.won else None,
        difference=contest.difference if isfinite(contest.difference) else None,
        torch_seconds=round(contest.reference_seconds, 4),
        onnxruntime_seconds=round(contest.challenger_seconds, 4),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
