import json
import random
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from ratings.errors import BadRowError
from ratings.sharing.checking import check_row

THOUSAND = Path(__file__).parents[1] / "thousand.jsonl"


def beside(name: str) -> Any:
    """Import a module of this folder; tests are no package."""
    spec = spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    sys.modules[name] = module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def maker() -> Any:
    """The script that makes the thousand."""
    return beside("make_thousand")


@pytest.fixture(scope="session")
def thousand() -> Path:
    """A thousand answers of all kinds, made by `make_thousand`."""
    return THOUSAND


@pytest.fixture(scope="session")
def four_studies() -> Path:
    """The studies that the judgements among the thousand belong to."""
    return THOUSAND.with_name("thousand.studies.jsonl")


@pytest.fixture
def answers(thousand: Path) -> list[dict[str, Any]]:
    """The same, read; each test may change its own."""
    return [json.loads(line) for line in thousand.read_bytes().splitlines()]


@pytest.fixture
def written(tmp_path: Path):
    """Write rows to a new file of JSON lines, and name it."""

    def write(rows: list[dict[str, Any]], name: str = "rows.jsonl") -> Path:
        file = tmp_path / name
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        file.write_text("".join(lines), encoding="utf-8")
        return file

    return write


@pytest.fixture
def shuffled(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    random.Random(3).shuffle(answers)
    return answers


@pytest.fixture
def fault():
    """Say what is wrong with a row; nothing if it is sound."""

    def say(row: dict[str, Any]) -> str:
        try:
            check_row(row)
        except BadRowError as error:
            return str(error)
        return ""

    return say


@pytest.fixture
def hub(dataset_hub):
    return dataset_hub
