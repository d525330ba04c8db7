"""What choosing the next pair costs at each vote."""

from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from statistics import quantiles
from time import thread_time

import numpy as np

from lab.benchmarks.benchmark import Benchmark, Figures
from ratings.pairing import choose_pair, plan

CONTESTANTS = 40
LIMIT_MS = 2.0
TURNS = 1000


def measure(folder: Path, contestants: int = CONTESTANTS, turns: int = TURNS) -> Figures:  # noqa: ARG001
    """Time plans and choices on a board of which all pairs are allowed and one contestant is new."""
    random = np.random.default_rng(0)
    wins = random.integers(0, 50, (contestants, contestants)).astype(np.float64)
    wins[-1] = wins[:, -1] = 0
    allowed = list(combinations(range(contestants), 2))
    planned = plan(wins)
    choose_pair(planned, allowed, random)
    return {
        "contestants": contestants,
        "turns": turns,
        "choice": _spread(lambda: choose_pair(planned, allowed, random), turns),
        "plan": _spread(lambda: plan(wins), turns),
    }


def _spread(work: Callable[[], object], turns: int) -> dict[str, float]:
    """Return milliseconds of this thread's processor time, which others' work does not lengthen."""
    spent = list[float]()
    for _ in range(turns):
        before = thread_time()
        work()
        spent.append(1000 * (thread_time() - before))
    parts = quantiles(spent, n=100)
    return {"median": round(parts[49], 3), "percentile_95": round(parts[94], 3)}


def is_met(figures: Figures) -> bool:
    """Tell whether choosing is a small part of a vote."""
    return figures["choice"]["percentile_95"] < LIMIT_MS


def section(figures: Figures) -> str:
    """Show both times."""
    choice, planned = figures["choice"], figures["plan"]
    return (
        f"{figures['contestants']} contestants, one of them new, any pair allowed; {figures['turns']} times. "
        f"Processor time of a choice: **{choice['median']:.1f} ms**, 95th percentile "
        f"{choice['percentile_95']:.1f} ms. A new plan, every so many votes: {planned['median']:.1f} ms, "
        f"95th percentile {planned['percentile_95']:.1f} ms."
    )


BENCHMARK = Benchmark(
    "choosing",
    "Choosing the next pair",
    f"below {LIMIT_MS:g} ms of a core at the 95th percentile with {CONTESTANTS} contestants",
    measure,
    is_met,
    section,
)
