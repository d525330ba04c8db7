"""Under which conditions a figure was measured."""

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import cv2

LIBRARIES = ("numpy", "opencv-python-headless", "imagecodecs", "gradio", "torch", "onnxruntime")


@dataclass(frozen=True, slots=True)
class Conditions:
    """The machine and the moment. `load` is how many processes wanted to run in the minute before."""

    date: str
    command: str
    processor: str
    cores: int
    threads: int
    load: float
    python: str
    libraries: dict[str, str]


def conditions(command: str) -> Conditions:
    """Return the conditions of this moment."""
    return Conditions(
        date=datetime.now(UTC).date().isoformat(),
        command=command,
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        threads=cv2.getNumThreads(),
        load=round(os.getloadavg()[0], 2),
        python=platform.python_version(),
        libraries={name: version(name) for name in LIBRARIES},
    )


def _processor() -> str:
    """Return the processor's name; Linux tells it in a file of its own."""
    told = Path("/proc/cpuinfo")
    if told.exists():
        for line in told.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
