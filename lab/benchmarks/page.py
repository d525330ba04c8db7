"""`docs/benchmarks.md`, made from `lab/results/` and nothing else."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from lab.benchmarks import (
    choosing,
    engines,
    file_to_file,
    gallery,
    generating,
    gpu,
    large_photos,
    leaderboard,
    lessons,
    many_requests,
    network_memory,
    runner_overhead,
    start,
    storing_votes,
    tiling_cost,
    voting,
    web_request,
)
from lab.benchmarks.benchmark import Benchmark, Result
from lab.benchmarks.conditions import Conditions

_ROOT = Path(__file__).parents[2]
RESULTS = _ROOT / "lab" / "results"
PAGE = _ROOT / "docs" / "benchmarks.md"

BENCHMARKS: tuple[Benchmark, ...] = (
    file_to_file.BENCHMARK,
    web_request.BENCHMARK,
    large_photos.BENCHMARK,
    start.BENCHMARK,
    gallery.BENCHMARK,
    engines.BENCHMARK,
    tiling_cost.BENCHMARK,
    runner_overhead.BENCHMARK,
    many_requests.BENCHMARK,
    choosing.BENCHMARK,
    voting.BENCHMARK,
    storing_votes.BENCHMARK,
    storing_votes.ON_POSTGRESQL,
    leaderboard.BENCHMARK,
    network_memory.BENCHMARK,
    generating.BENCHMARK,
    lessons.BENCHMARK,
    gpu.BENCHMARK,
)

_HEAD = """# Benchmarks

How fast Patina is and how much memory it takes. Made by `make bench` from the figures in `lab/results/`: do \
not edit it by hand. Where two ways are compared, they were run in turns in one process, and the median of \
the ratios counts: what slows the machine for a while slows both.
"""


def keep(result: Result, folder: Path = RESULTS) -> None:
    """Write `result` to its JSON file."""
    text = json.dumps(asdict(result), indent=1, ensure_ascii=False)
    (folder / f"{result.name}.json").write_text(text + "\n", encoding="utf-8")


def kept(folder: Path = RESULTS) -> dict[str, Result]:
    """Return name → result of every benchmark that has been run."""
    results: dict[str, Result] = {}
    for benchmark in BENCHMARKS:
        path = folder / f"{benchmark.name}.json"
        if path.exists():
            said = json.loads(path.read_text(encoding="utf-8"))
            results[benchmark.name] = Result(said["name"], Conditions(**said["conditions"]), said["figures"])
    return results


def page(benchmarks: Sequence[Benchmark], results: dict[str, Result]) -> str:
    """Return the page; a benchmark without a result says so."""
    sections = [_section(benchmark, results.get(benchmark.name)) for benchmark in benchmarks]
    return "\n".join([_HEAD, *sections])


def _section(benchmark: Benchmark, result: Result | None) -> str:
    head = f"## {benchmark.title}\n\nLimit: {benchmark.limit}."
    if result is None:
        why = f"Not measured: {benchmark.needs.lack}." if benchmark.needs else "Not measured yet."
        return f"{head} {why}\n"
    verdict = "Kept." if benchmark.is_met(result.figures) else "**Missed.**"
    return f"{head} {verdict}\n\n{benchmark.section(result.figures)}\n\n{_said(result.conditions)}\n"


def _said(conditions: Conditions) -> str:
    """Say under which conditions in one line."""
    versions = ", ".join(f"{name} {version}" for name, version in conditions.libraries.items())
    return (
        f"*{conditions.date}, `{conditions.command}`; {conditions.processor}, {conditions.cores} cores, "
        f"{conditions.threads} threads, load {conditions.load:g} before; Python {conditions.python}, "
        f"{versions}.*"
    )
