"""What a benchmark is, and what it leaves behind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.benchmarks.conditions import Conditions

Figures = Mapping[str, Any]
"""What was measured, in plain JSON types."""


@dataclass(frozen=True, slots=True)
class Need:
    """What not every machine has: how to say that it is not there, and whether it is."""

    lack: str
    is_here: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One question about speed or memory.

    `measure(folder)` answers it; `folder` is empty and may be filled. `is_met(figures)` tells whether the
    answer keeps the limit, and `section(figures)` is the answer in Markdown: both look at figures alone.
    Where it `needs` what a machine lacks, it is not measured.
    """

    name: str
    title: str
    limit: str
    measure: Callable[[Path], Figures]
    is_met: Callable[[Figures], bool]
    section: Callable[[Figures], str]
    needs: Need | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One run of a benchmark, as `lab/results/` keeps it."""

    name: str
    conditions: Conditions
    figures: Figures


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table, its first column to the left, the others to the right.

    >>> print(table(("method", "seconds"), [("mean", "1.2")]))
    | method | seconds |
    |---|--:|
    | mean | 1.2 |
    """
    lines = [heads, *rows]
    written = [f"| {' | '.join(cells)} |" for cells in lines]
    return "\n".join([written[0], "|---" + "|--:" * (len(heads) - 1) + "|", *written[1:]])
