"""From `python app.py` to the first page."""

from pathlib import Path
from statistics import median

from lab.benchmarks.benchmark import Benchmark, Figures
from lab.benchmarks.server import serving

LIMIT_SECONDS, WARMING, STARTS = 5.0, 2, 5


def measure(folder: Path) -> Figures:
    """Start it often over one data folder; the first two starts compile and make the database."""
    starts: list[float] = []
    torch = False
    for _ in range(WARMING + STARTS):
        with serving(folder) as server:
            starts.append(round(server.seconds, 3))
            torch = torch or _has_torch(server.process)
    return {
        "warming_seconds": starts[:WARMING],
        "seconds": starts[WARMING:],
        "median": median(starts[WARMING:]),
        "torch_loaded": torch,
    }


def _has_torch(process: int) -> bool:
    """Tell whether the process has mapped torch's libraries; Linux tells it."""
    maps = Path(f"/proc/{process}/maps")
    return maps.exists() and "libtorch" in maps.read_text()


def is_met(figures: Figures) -> bool:
    """Tell whether the median is within the limit, without torch."""
    return figures["median"] < LIMIT_SECONDS and not figures["torch_loaded"]


def section(figures: Figures) -> str:
    """Say what was measured."""
    first, last = WARMING + 1, WARMING + STARTS
    said = ", ".join(f"{each:.2f}" for each in figures["seconds"])
    torch = "torch is loaded" if figures["torch_loaded"] else "torch is not loaded"
    return (
        f"From `python app.py` to the first answer of `/` with status 200, starts {first} to {last} over one "
        f"data folder: {said} s. Median: **{figures['median']:.2f} s**; {torch}."
    )


BENCHMARK = Benchmark("start", "Start", f"below {LIMIT_SECONDS:g} s, without torch", measure, is_met, section)
