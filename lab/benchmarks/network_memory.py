"""A photo of 100 megapixels through a network: how much memory that takes, and how long."""

import json
import subprocess
import sys
from pathlib import Path

from lab.benchmarks.benchmark import Benchmark, Figures
from lab.benchmarks.photo import write_photo

MEGAPIXELS = 100
LIMIT_MIB = 2048


def measure(folder: Path, megapixels: int = MEGAPIXELS) -> Figures:
    """Restore a JPEG in a process of its own, idle before with the network loaded."""
    photo = write_photo(folder / "photo.jpg", megapixels)
    command = [sys.executable, "-m", "lab.benchmarks.restore_by_network", folder, photo]
    subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - our own program; this one prepares
    done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603
    return {"megapixels": megapixels, **json.loads(done.stdout)}


def is_met(figures: Figures) -> bool:
    """Tell whether the peak stays below the limit."""
    return figures["peak_mib"] - figures["idle_mib"] < LIMIT_MIB


def section(figures: Figures) -> str:
    """Show the memory before and at the peak, and the time."""
    above = figures["peak_mib"] - figures["idle_mib"]
    return (
        f"A JPEG of {figures['megapixels']} megapixels through the same U-Net ({figures['engine']}, CPU), "
        f"from file to file. Idle, with the network loaded: {figures['idle_mib']:.0f} MiB. Peak: "
        f"{figures['peak_mib']:.0f} MiB, **{above:.0f} MiB** more; of that the decoded photo and its result "
        f"are {2 * 3 * figures['megapixels'] * 1e6 / 2**20:.0f} MiB. {figures['seconds']:.0f} s."
    )


BENCHMARK = Benchmark(
    "network-memory",
    "A large photo through a network",
    "peak below 2 GiB above idle at 100 megapixels on a CPU",
    measure,
    is_met,
    section,
)
