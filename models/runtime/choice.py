"""Which engine runs a network on this machine's CPU: measured once, remembered beside the prepared file."""

import hashlib
import json
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from models.method import Generator, Network

_EXPORT_VERSION = 4
"""Rises when `onnx_export` or `contest` would decide or write something else."""

_LIBRARIES = ("torch", "onnx", "onnxscript", "onnxruntime", "spandrel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The engine that was chosen and why.

    `sha256` is that of the .onnx file, if onnxruntime was chosen. The figures are None where nothing could be
    measured: the largest difference from torch, and the least seconds on about 256 × 256 pixels.
    """

    engine: Literal["onnxruntime", "torch"]
    reason: str
    sha256: str | None = None
    difference: float | None = None
    torch_seconds: float | None = None
    onnxruntime_seconds: float | None = None


def name(build: Network | Generator, weights_sha256: str) -> str:
    """Return the stem of the files kept for this network: it changes with all that the export depends on.

    That is the weights, what the module is built from and called with, the source of `models/architectures`,
    and the libraries' versions.
    """
    file = build.module.partition(":")[0]
    libraries = {library: version(library) for library in _LIBRARIES}
    parts = [_EXPORT_VERSION, weights_sha256, _interface(build), _source_sha256(file), libraries]
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True, default=repr).encode()).hexdigest()
    return f"{file}-{weights_sha256[:12]}-{digest[:20]}"


def _interface(build: Network | Generator) -> list[object]:
    own = [build.module, dict(build.options)]
    if isinstance(build, Generator):
        return [*own, build.latent, len(build.classes) > 0]
    return [*own, build.multiple_of, build.least_side, build.hint, len(build.conditions)]


def _source_sha256(file: str) -> str:
    """Return the hash of `models/architectures/<file>.py` and those beside it, which it may build upon."""
    found = find_spec(f"models.architectures.{file}")
    assert found is not None, f"models/architectures has no '{file}.py'"
    assert found.origin is not None, f"models/architectures/{file} is no file"
    sources = sorted(Path(found.origin).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def read(path: Path) -> Choice | None:
    """Return the choice that `path` holds, None if there is none or it cannot be read."""
    try:
        return Choice(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def keep(choice: Choice, path: Path) -> None:
    """Write `choice` to `path`, whole or not at all. Raises OSError."""
    with TemporaryDirectory(dir=path.parent, prefix="choice-") as folder:
        written = Path(folder) / path.name
        written.write_text(json.dumps(asdict(choice), indent=1) + "\n", encoding="utf-8")
        written.replace(path)
