"""What all tests share: a photo, and parts of the outside world that may be missing."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

# Before NumPy and torch are imported, here and in the programs that tests start: several run at once, and
# for the small tensors of tests threads that wait for each other cost far more than they gain.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from lab.benchmarks import postgres_server
from ratings.store import Store


def beside(name: str):
    """Import a module of this folder; tests are no package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


hub = beside("hub_server").hub
dataset_hub = beside("dataset_hub").dataset_hub

REQUIRED = os.environ.get("PATINA_TESTS_REQUIRE", "").split(",")


def needs(part: str, sentence: str, *, present: bool) -> None:
    """Skip the test by name if `part` is missing; fail if PATINA_TESTS_REQUIRE names it."""
    if present:
        return
    if part in REQUIRED:
        pytest.fail(f"{sentence} PATINA_TESTS_REQUIRE asks for it.")
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    needs(
        "browser", "Chromium is not installed (Debian: apt-get install chromium).", present=path is not None
    )
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server: that of PATINA_TEST_POSTGRES_URL, or one of the tests' own."""
    given = os.environ.get("PATINA_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    programs = postgres_server.binaries()
    needs(
        "postgres",
        "PostgreSQL is not installed (Debian: apt-get install postgresql).",
        present=programs is not None,
    )
    with postgres_server.server(programs, durable=False) as url:
        yield url


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database of the newest schema, with nothing in it, to be copied: migrating takes longer."""
    path = tmp_path_factory.mktemp("empty") / "patina.db"
    Store.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def cuda() -> str:
    """The first GPU that torch can use."""
    import torch

    needs("gpu", "There is no CUDA device.", present=torch.cuda.is_available())
    return "cuda:0"


@pytest.fixture(scope="session")
def astronaut() -> NDArray[np.uint8]:
    """A colour photo, (512, 512, 3) uint8."""
    return data.astronaut()


@pytest.fixture
def photo_file(tmp_path: Path, astronaut: NDArray[np.uint8]) -> Path:
    """A lossless photo file, 96 × 120 px."""
    path = tmp_path / "photo.png"
    cv2.imwrite(str(path), cv2.cvtColor(astronaut[60:156, 180:300], cv2.COLOR_RGB2BGR))
    return path
