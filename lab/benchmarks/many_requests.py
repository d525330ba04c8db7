"""Eight requests at once for two networks, against the same eight one after another."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

import models
from lab.benchmarks.benchmark import Benchmark, Figures
from lab.benchmarks.sample_network import install
from lab.benchmarks.timing import in_turns
from models import pixels

SIDE = 700
NAMES = ("denoise-first", "denoise-second")
REQUESTS = 8
LOADING = "load network"
"""The step that a network's loading is reported as."""

LIMIT = 0.9
TURNS = 7


def measure(folder: Path, side: int = SIDE, turns: int = TURNS) -> Figures:
    """Restore by both networks in turns and at once, and count how often each was loaded."""
    workshop = install(folder, *NAMES)
    image = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    picture = pixels.from_array(image)
    loads: list[float] = []

    def told(step: str, share: float) -> None:
        if (step, share) == (LOADING, 1.0):
            loads.append(share)

    def request(number: int) -> None:
        models.restore(NAMES[number % 2], picture, progress=told, workshop=workshop)

    def at_once() -> None:
        with ThreadPoolExecutor(REQUESTS) as pool:
            list(pool.map(request, range(REQUESTS)))

    def one_after_another() -> None:
        for number in range(REQUESTS):
            request(number)

    turned = in_turns(at_once, one_after_another, turns)
    return {"side": side, "requests": REQUESTS, "loads": len(loads), **turned.as_json()}


def is_met(figures: Figures) -> bool:
    """Tell whether requests at once lose little, and no network was loaded twice."""
    return figures["ratio"] >= LIMIT and figures["loads"] == len(NAMES)


def section(figures: Figures) -> str:
    """Show both times, the ratio of throughputs, and the loads."""
    return (
        f"{figures['requests']} requests of {figures['side']} × {figures['side']} pixels for two U-Nets. One "
        f"after another: {figures['second_median']:.2f} s. At once: {figures['first_median']:.2f} s. "
        f"Throughput at once against back to back, median of {figures['turns']} turns: "
        f"**{figures['ratio']:.2f}**. Networks loaded: {figures['loads']}."
    )


BENCHMARK = Benchmark(
    "many-requests",
    "Requests at once",
    "throughput at least 0.9 of back to back, no network loaded twice",
    measure,
    is_met,
    section,
)
