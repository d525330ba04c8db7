"""What was simulated, kept as JSON in lab/results."""

import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

from pydantic import TypeAdapter

from ratings.simulation.coverage import Coverage, Design, coverage

RESULTS = Path(__file__).parents[2] / "lab" / "results" / "judging-statistics.json"
SIMULATIONS, SEED = 2000, 0


@dataclass(frozen=True, slots=True)
class Report:
    """Coverage of every design, and how it was run."""

    command: str
    seed: int
    coverages: tuple[Coverage, ...]


def simulate(designs: Sequence[Design], simulations: int, processes: int) -> Report:
    """Return the coverage of each design over so many `simulations`, the same whatever the `processes`."""
    with ProcessPoolExecutor(processes) as pool:
        pairs = pool.map(coverage, designs, [simulations] * len(designs), [SEED] * len(designs))
        found = tuple(chain.from_iterable(pairs))
    command = f"python -m ratings.simulation --simulations {simulations}"
    return Report(command=command, seed=SEED, coverages=found)


def write(report: Report, path: Path = RESULTS) -> None:
    """Write `report` as JSON, shares to four digits behind the point."""
    text = json.dumps(_rounded(asdict(report)), indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def read(path: Path = RESULTS) -> Report:
    """Return what `write` left in `path`.

    Raises pydantic.ValidationError: a field is missing, or is of another type.
    """
    return TypeAdapter(Report).validate_json(path.read_bytes(), strict=True)


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return value
