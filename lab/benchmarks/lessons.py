"""How fast examples to learn from are drawn: a GPU must not wait for them."""

from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np

from lab.benchmarks.benchmark import Benchmark, Figures, table
from lab.benchmarks.timing import seconds
from lab.training import album, lessons, recipe

WORKERS = 12
"""Processes that draw for a GPU, unless the machine has fewer cores (see `lab.training.command`)."""

LIMIT = 100
BATCHES = 15
_ROOT = Path(__file__).parents[2]


def measure(_folder: Path) -> Figures:
    """Draw batches as one worker does, for every recipe, from the gallery's clean photos."""
    found = album.read([_ROOT / "gallery" / "clean"], least_side=0, cutouts=False, tell=lambda _: None)
    photos = (*found.learning, *found.held_out)
    recipes = sorted((_ROOT / "lab" / "recipes").glob("*.toml"))
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # as in a worker
    try:
        return {path.stem: _recipe(path, photos) for path in recipes}
    finally:
        cv2.setNumThreads(threads)


def _recipe(path: Path, photos: tuple[album.Photo, ...]) -> dict[str, Any]:
    chosen = recipe.read(path)
    # Sheets of rust are made once a process, in its first minutes: what counts is what comes after.
    settings = {name: 2 if name == "sheets" else value for name, value in chosen.lesson.settings.items()}
    lesson, plan = lessons.lesson(chosen.lesson.kind, settings), chosen.training

    def draw(number: int) -> object:
        return lesson.draw(photos, np.random.default_rng(number), plan.batch, plan.patch)

    for number in range(3):
        draw(number)
    taken = [seconds(lambda number=number: draw(number)) for number in range(3, 3 + BATCHES)]
    return {"batch": plan.batch, "patch": plan.patch, "seconds": round(median(taken), 5)}


def _batches_a_second(figures: Figures) -> float:
    return WORKERS / figures["seconds"]


def is_met(figures: Figures) -> bool:
    """Tell whether `WORKERS` keep up with `LIMIT` steps a second in every recipe."""
    return all(_batches_a_second(found) >= LIMIT for found in figures.values())


def section(figures: Figures) -> str:
    """Show each recipe's batches a second."""
    rows = [
        (
            f"`{name}`",
            f"{found['batch']} × {found['patch']}²",
            f"{found['batch'] / found['seconds']:.0f}",
            f"{_batches_a_second(found):.0f}",
        )
        for name, found in figures.items()
    ]
    return (
        f"Median of {BATCHES} batches, drawn by one process from the gallery's clean photos; sheets of rust "
        f"already made. A GPU is fed by {WORKERS} such processes where the machine has the cores: the last "
        f"column is the one before times {WORKERS}, in batches, and was not measured as such.\n\n"
        + table(("recipe", "batch", "patches a second, one process", "steps a second"), rows)
    )


BENCHMARK = Benchmark(
    "lessons",
    "Examples to learn from",
    f"{WORKERS} processes draw at least {LIMIT} batches a second for every recipe",
    measure,
    is_met,
    section,
)
