"""A line of a file that is read: what it says, or why that cannot be told."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A line, counted from 1; `told` is None where nothing could be made of it, and `fault` says why."""

    number: int
    told: Mapping[str, object] | None
    fault: str = ""
