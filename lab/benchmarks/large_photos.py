"""Every method's peak memory and time on photos of 6 to 48 megapixels, each in a process of its own."""

import json
import subprocess
import sys
from math import log
from pathlib import Path

import cv2
import numpy as np

import models
from lab.benchmarks.benchmark import Benchmark, Figures, table
from lab.benchmarks.photo import SIZES, write_photo

LIMIT_MIB, LIMIT_POWER = 4096, 1.05
LONGEST_SECONDS = 60.0
"""A size that would take longer, by what the size before it took, is left out."""


def measure(folder: Path, longest: float = LONGEST_SECONDS) -> Figures:
    """Restore every size by every method at its defaults.

    `start_mib` is the peak of a run on a photo of 8 × 8 pixels: what the program itself takes.
    """
    photos = {size: write_photo(folder / f"{size}.jpg", size) for size in SIZES}
    tiny = folder / "tiny.png"
    cv2.imwrite(str(tiny), np.zeros((8, 8, 3), np.uint8))
    methods = {card.id: _sizes(card.id, photos, longest) for card in models.cards()}
    start = {model: _run(model, tiny)["peak_mib"] for model in methods}
    return {"longest_seconds": longest, "start_mib": start, "methods": methods}


def _sizes(model: str, photos: dict[int, Path], longest: float) -> dict[str, dict[str, float]]:
    """Return size in megapixels → seconds and peak, as far as the time allows."""
    taken: dict[str, dict[str, float]] = {}
    before = None
    for size, photo in photos.items():
        if before and taken[str(before)]["seconds"] * size / before > longest:
            break
        taken[str(size)] = _run(model, photo)
        before = size
    return taken


def _run(model: str, photo: Path) -> dict[str, float]:
    command = [
        sys.executable,
        "-m",
        "lab.benchmarks.restore_once",
        model,
        photo,
        photo.with_suffix(".out.jpg"),
    ]
    done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - our own program
    return json.loads(done.stdout)


def power(start_mib: float, peaks: dict[int, float]) -> float:
    """Return p of "memory grows as pixels to the power of p", from the smallest to the largest size.

    >>> power(100, {6: 160, 48: 580})
    1.0
    """
    small, large = min(peaks), max(peaks)
    if small == large:
        return 0.0
    return log((peaks[large] - start_mib) / (peaks[small] - start_mib)) / log(large / small)


def _peaks(sizes: dict[str, dict[str, float]]) -> dict[int, float]:
    return {int(size): run["peak_mib"] for size, run in sizes.items()}


def is_met(figures: Figures) -> bool:
    """Tell whether every method stays below the limit and grows no faster than the pixels."""
    return all(
        max(_peaks(sizes).values()) < LIMIT_MIB
        and power(figures["start_mib"][model], _peaks(sizes)) <= LIMIT_POWER
        for model, sizes in figures["methods"].items()
    )


def section(figures: Figures) -> str:
    """Show seconds per megapixel, peak memory by size, and its growth."""
    rows: list[tuple[str, ...]] = []
    for model, sizes in figures["methods"].items():
        largest = max(map(int, sizes))
        per_megapixel = sizes[str(largest)]["seconds"] / largest
        peaks = _peaks(sizes)
        cells = (f"{peaks[size]:.0f}" if size in peaks else "–" for size in SIZES)
        growth = f"{power(figures['start_mib'][model], peaks):.2f}"
        rows.append((f"`{model}`", f"{per_megapixel:.2f}", *cells, growth))
    heads = ("method", "s per MP", *(f"{size} MP" for size in SIZES), "power")
    return (
        "Peak memory in MiB of a process that restores one 8-bit JPEG from file to file with default "
        "settings; seconds per megapixel at the largest size that was run. *Power* is p where memory above "
        "that of a tiny photo grows as pixelsᵖ: 1 is linear. A dash: not run, because it would have taken "
        f"more than {figures['longest_seconds']:g} s.\n\n" + table(heads, rows)
    )


BENCHMARK = Benchmark(
    "large-photos",
    "Large photos",
    "below 4 GiB at every size that was run, growing no faster than the pixels",
    measure,
    is_met,
    section,
)
