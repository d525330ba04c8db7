"""From a file of weights and a card's declaration to a running engine."""

import hashlib
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from math import isfinite
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

from models.errors import FetchError, WrongWeightsError
from models.method import Generator, Network
from models.progress import Progress, StopFlag, never, silent
from models.runtime import choice as choices
from models.runtime.choice import Choice
from models.runtime.contest import TOLERANCE, Contest, hold
from models.runtime.engine import Engine
from models.runtime.probe import probe
from models.waiting import alone

if TYPE_CHECKING:
    import torch

_STEP = "load network"

_DRAFTS = ("export-*/", "choice-*/")
"""Folders in which files are written before they take their place."""


def load(
    model: str,
    build: Network | Generator,
    path: Path,
    sha256: str,
    *,
    device: str,
    cache: Path,
    progress: Progress = silent,
    stop: StopFlag = never,
) -> Engine:
    """Return the network of `build` with the weights of `path`, ready to run on `device` ("cpu", "cuda:N").

    `model` is the id that errors name; `sha256` the file's, which was checked. On a CPU the network is first
    exported to `cache` and onnxruntime tried against torch, which takes some ten seconds; the faster one is
    taken and remembered, and where it is onnxruntime, torch is not imported any more. A network that cannot
    be exported, or a `cache` that cannot be written, leaves torch. `progress` hears the share in [0, 1];
    `stop` is asked while somebody else prepares a network.

    Raises FetchError: the file cannot be read; WrongWeightsError, StoppedError, MemoryError; DeviceError:
    the device was lost.
    """
    progress(_STEP, 0.0)
    source = Source(model, build, path)
    if device == "cpu":
        engine = _on_cpu(source, _Place(cache, choices.name(build, sha256)), progress, stop)
    else:
        engine = _torch_engine(source, device)
    progress(_STEP, 1.0)
    return engine


def prepared(build: Network | Generator, sha256: str, cache: Path) -> Choice | None:
    """Return which engine `load` chose before on this machine's CPU; None if it would have to prepare.

    Neither torch nor onnxruntime is imported.
    """
    return _kept(_Place(cache, choices.name(build, sha256)))


@dataclass(frozen=True, slots=True)
class Source:
    """What a network is built from, and the id that errors name."""

    model: str
    build: Network | Generator
    path: Path

    def module(self) -> "torch.nn.Module":
        """Build the network. Raises FetchError: the file cannot be read; WrongWeightsError, MemoryError."""
        from models.runtime.weights_file import read_state

        file, _, function = self.build.module.partition(":")
        make = getattr(import_module(f"models.architectures.{file}"), function)
        try:
            module = make(read_state(self.model, self.path), **self.build.options).eval()
        except OSError as error:
            raise FetchError(f"The weights of '{self.model}' cannot be read: {error}.") from error
        except ValueError as error:
            raise WrongWeightsError(
                f"'{self.model}': the file '{self.path.name}' holds no weights of '{file}', its network "
                f"({_first_line(error)}). Name the network these weights belong to, or another file."
            ) from error
        if isinstance(self.build, Generator):
            self._try(module, self.build)
        return module

    def _try(self, module: "torch.nn.Module", build: Generator) -> None:
        """Make one image, on the CPU.

        Raises WrongWeightsError: it wants another latent, or gives another image, than the card says.
        """
        from models.runtime.torch_engine import TorchEngine

        classes = [float(len(build.classes) - 1)] if build.classes else []
        try:
            shape = (
                TorchEngine(module, build, "cpu").run(probe(build, 1, build.side).images, classes)[0].shape
            )
        except (RuntimeError, IndexError) as error:  # what torch says of shapes and of tables too short
            found = _first_line(error)
        else:
            if shape == (1, build.channels, build.side, build.side):
                return
            found = f"it makes images of shape {shape[1:]}"
        kind = "grey" if build.channels == 1 else "RGB"
        among = f" and one of {len(build.classes)} classes" if build.classes else ""
        raise WrongWeightsError(
            f"'{self.model}': expected a generator of {kind} images of {build.side} × {build.side} px "
            f"from {build.latent} random numbers{among}; the weights in '{self.path.name}' are another's "
            f"({found}). Name weights of that size."
        )


def _torch_engine(source: Source, device: str) -> Engine:
    from models.runtime.torch_engine import TorchEngine

    return TorchEngine(source.module(), source.build, device)


def _on_cpu(source: Source, place: "_Place", progress: Progress, stop: StopFlag) -> Engine:
    """Take the engine chosen before; if there is none, prepare, measure and choose."""
    engine = _chosen_before(source, place)
    if engine:
        return engine
    try:
        with alone(place.folder / "prepare.lock", stop):  # torch exports one network at a time
            return _chosen_before(source, place) or _choose(source, place, progress)
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
    chosen = _kept(place)
    if chosen is None:
        return None
    if chosen.engine == "torch":
        return _torch_engine(source, "cpu")
    from models.runtime.onnx_engine import OnnxEngine

    return OnnxEngine(place.onnx, source.build)


def _kept(place: _Place) -> Choice | None:
    """Return the choice that was made before, None if there is none or its file is not as it was."""
    chosen = choices.read(place.choice)
    if chosen is None or chosen.engine == "torch":
        return chosen
    try:
        return chosen if _sha256(place.onnx) == chosen.sha256 else None
    except OSError:
        return None


def _choose(source: Source, place: _Place, progress: Progress) -> Engine:
    """Export the network, try it against torch, remember which is better, and return that one.

    The caller is alone in the folder: what a killed process left half-written there goes first.

    Raises OSError: the cache cannot be written.
    """
    from models.runtime.onnx_engine import UNREADABLE
    from models.runtime.onnx_export import CannotExportError
    from models.runtime.torch_engine import TorchEngine

    for left in chain.from_iterable(place.folder.glob(draft) for draft in _DRAFTS):
        rmtree(left, ignore_errors=True)
    module = source.module()
    progress(_STEP, 0.2)
    try:
        challenger = _exported(module, source.build, place.onnx)
        progress(_STEP, 0.8)
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
