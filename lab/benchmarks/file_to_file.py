"""One photo from file to file, against the least that plain OpenCV needs for the same."""

from pathlib import Path

import cv2

import models
from lab.benchmarks.benchmark import Benchmark, Figures
from lab.benchmarks.photo import write_photo
from lab.benchmarks.timing import in_turns

LIMIT, TURNS, SIZE, QUALITY = 1.5, 15, 3, 95


def plain_opencv(photo: Path, target: Path) -> None:
    """Read, filter by a median, and write with the same quality and full colour: 4:4:4."""
    full_colour = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    image = cv2.imread(str(photo))
    assert image is not None  # it was just written
    cv2.imwrite(str(target), cv2.medianBlur(image, SIZE), [cv2.IMWRITE_JPEG_QUALITY, QUALITY, *full_colour])


def patina(photo: Path, target: Path) -> None:
    """Do the same by the model; it also checks the file, keeps metadata and hashes both files."""
    models.restore("denoise-median", photo, {"size": SIZE}).save(target, quality=QUALITY)


def measure(folder: Path) -> Figures:
    """Time both in turns on a photo of 12 megapixels."""
    photo = write_photo(folder / "photo.jpg", 12)
    turns = in_turns(
        lambda: plain_opencv(photo, folder / "opencv.jpg"),
        lambda: patina(photo, folder / "patina.jpg"),
        TURNS,
    )
    return {"photo_bytes": photo.stat().st_size, **turns.as_json()}


def is_met(figures: Figures) -> bool:
    """Tell whether the ratio is within the limit."""
    return figures["ratio"] <= LIMIT


def section(figures: Figures) -> str:
    """Say what was measured."""
    return (
        f"A JPEG of 4000 × 3000 pixels ({figures['photo_bytes'] / 1e6:.1f} MB), median filter of size "
        f"{SIZE}, saved as JPEG at quality {QUALITY} without chroma subsampling. Plain OpenCV (`imread`, "
        f"`medianBlur`, `imwrite`): {1000 * figures['first_median']:.0f} ms. `models.restore` and `save`: "
        f"{1000 * figures['second_median']:.0f} ms. Median ratio of {figures['turns']} turns: "
        f"**{figures['ratio']:.2f}**."
    )


BENCHMARK = Benchmark(
    "file-to-file", "From file to file", f"at most {LIMIT} × plain OpenCV", measure, is_met, section
)
