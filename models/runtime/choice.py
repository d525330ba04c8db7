"""Which engine runs a network on this machine's CPU: measured once, remembered beside the prepared file."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from models.method import Generator, Network

_EXPORT_VERSION = 1
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

    That is the weights, the network's declaration, its source file, and the libraries' versions.
    """
    file = build.module.partition(":")[0]
    found = find_spec(f"models.architectures.{file}")
    assert found is not None, f"models/architectures has no '{file}'"
    assert found.origin is not None, f"models/architectures/{file}.py has no file"
    source = hashlib.sha256(Path(found.origin).read_bytes()).hexdigest()
    libraries = {library: version(library) for library in _LIBRARIES}
    parts = [_EXPORT_VERSION, weights_sha256, _plain(asdict(build)), source, libraries]
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return f"{file}-{weights_sha256[:12]}-{digest[:20]}"


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


def _plain(value: object) -> object:
    """Return `value` with its mappings and sequences as JSON knows them, anything else as its repr."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, str | int | float | bool | None) else repr(value)
