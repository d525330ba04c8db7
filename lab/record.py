"""Reports of dataclasses as JSON: what is kept in `lab/results`, and read again."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

Report = TypeVar("Report")


def write(report: Any, path: Path, rounded: Callable[[float], float]) -> None:
    """Write a dataclass of plain values and further dataclasses as JSON, each figure `rounded`."""
    text = json.dumps(_each(asdict(report), rounded), indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def read(kind: type[Report], path: Path) -> Report:
    """Return what `write` left of a `kind` in `path`; further fields are left out.

    Raises pydantic.ValidationError: a field is missing, or is of another type.
    """
    return TypeAdapter(kind).validate_json(path.read_bytes(), strict=True)


def _each(value: Any, rounded: Callable[[float], float]) -> Any:
    if isinstance(value, float):
        return rounded(value)
    if isinstance(value, dict):
        return {key: _each(each, rounded) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_each(each, rounded) for each in value]
    return value
