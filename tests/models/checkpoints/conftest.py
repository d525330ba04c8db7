"""A small file of weights on the local Hub, and who fetches it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.checkpoints import Checkpoints
from models.source import Hub, Weights

REPO, FILE = "patina/tiny", "tiny.safetensors"


@pytest.fixture(scope="session")
def body() -> bytes:
    """The file's bytes: 1.5 MB, several of the client's chunks."""
    return bytes(range(256)) * 6000


@pytest.fixture(scope="session")
def on_hub() -> Callable[..., Weights]:
    """`on_hub(revision, sha256)` declares the file; `repo`, `file` and `kind` name another."""

    def declare(revision: str | None, sha256: str | None, **source: str) -> Weights:
        hub = Hub(source.pop("repo", REPO), source.pop("file", FILE), revision, **source)
        return Weights(source=hub, sha256=sha256, licence="MIT", trained_on="nothing")

    return declare


@pytest.fixture
def weights(hub, on_hub, body) -> Weights:
    """The file on the Hub, pinned."""
    return on_hub(*hub.add(REPO, FILE, body))


@pytest.fixture
def checkpoints(hub, tmp_path) -> Checkpoints:
    return Checkpoints(tmp_path / "models", endpoint=hub.endpoint)


@pytest.fixture
def cached(tmp_path) -> Callable[..., list[Path]]:
    """`cached()` lists the files of the Hub cache that hold a body, whole or half."""

    def found(pattern: str = "*") -> list[Path]:
        return [path for path in (tmp_path / "hub-cache").rglob(f"blobs/{pattern}") if path.is_file()]

    return found
