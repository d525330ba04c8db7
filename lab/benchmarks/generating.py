"""Images from nothing: a sheet, and a walk as a loop, with every generator that comes along."""

from pathlib import Path
from statistics import median
from time import perf_counter

from lab.benchmarks.benchmark import Benchmark, Figures, table
from models import pixels, registry
from models.card import Card, Task
from models.generator import generate, walk
from models.latents import Point
from models.method import Generator
from models.settings import Settings
from models.source import Bundled
from models.workshop import Workshop

IMAGES, FRAMES, TURNS, ABOUT = 16, 60, 5, 256
SHEET_SECONDS, WALK_SECONDS = 0.5, 3.0


def measure(folder: Path) -> Figures:
    """Take the medians of several sheets, each saved, and walks, each written as a loop, after the first."""
    workshop = Workshop(Settings(data_dir=folder, device="cpu"))
    figures = [
        _measured(card, workshop, folder) for card in registry.by_task(Task.GENERATE) if _is_here(card)
    ]
    return {"images": IMAGES, "frames": FRAMES, "models": figures}


def _is_here(card: Card) -> bool:
    return card.weights is not None and isinstance(card.weights.source, Bundled)


def _measured(card: Card, workshop: Workshop, folder: Path) -> Figures:
    sheets, walks = list[float](), list[float]()
    build = card.build
    assert isinstance(build, Generator)
    for turn in range(1 + TURNS):
        began = perf_counter()
        for image in generate(card.id, seed=100 * turn, count=IMAGES, workshop=workshop):
            image.save(folder / f"{image.seed}.png")
        sheets.append(perf_counter() - began)
        began = perf_counter()
        frames = walk(card.id, [Point(turn), Point(turn + 50)], frames=FRAMES, workshop=workshop)
        pixels.save_loop([pixels.sized(frame, ABOUT) for frame in frames], folder / "walk.webp")
        walks.append(perf_counter() - began)
    return {
        "model": card.id,
        "side": build.side,
        "first": round(sheets[0], 3),
        "sheet": round(median(sheets[1:]), 4),
        "walk": round(median(walks[1:]), 4),
    }


def is_met(figures: Figures) -> bool:
    """Tell whether every generator keeps both limits."""
    return all(each["sheet"] < SHEET_SECONDS and each["walk"] < WALK_SECONDS for each in figures["models"])


def section(figures: Figures) -> str:
    """Say what was measured."""
    rows = [
        (
            f"`{each['model']}`",
            f"{each['side']}²",
            *(f"{each[name]:.2f} s" for name in ("first", "sheet", "walk")),
        )
        for each in figures["models"]
    ]
    images, frames = f"{figures['images']} images", f"{figures['frames']} frames"
    return (
        f"{table(('generator', 'side', f'first {images}', images, frames), rows)}\n\nImages saved as PNG, "
        f"walks written as a WebP loop of about {ABOUT} pixels a side; medians of {TURNS}. The first sheet "
        "waits until the network is prepared for this processor, which is kept."
    )


BENCHMARK = Benchmark(
    "generating",
    "Generating",
    f"{IMAGES} images below {SHEET_SECONDS:g} s after the first, {FRAMES} frames below {WALK_SECONDS:g} s",
    measure,
    is_met,
    section,
)
