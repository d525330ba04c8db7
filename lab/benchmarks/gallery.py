"""Every method on every example of the gallery, in seconds per megapixel."""

import tomllib
from pathlib import Path
from statistics import median

import models
from lab.benchmarks.benchmark import Benchmark, Figures, table
from lab.benchmarks.timing import seconds
from models import pixels
from models.pixels import Picture

LIMIT = 20.0
_GALLERY = Path(__file__).parents[2] / "gallery"


def measure(_folder: Path) -> Figures:
    """Time each method once on each decoded example at its defaults, whatever task it was made for."""
    items = tomllib.loads((_GALLERY / "gallery.toml").read_text(encoding="utf-8"))["item"]
    examples = {item["id"]: pixels.open(_GALLERY / item["file"]) for item in items}
    return {
        "methods": {
            card.id: {name: _per_megapixel(card.id, picture) for name, picture in examples.items()}
            for card in models.cards()
        }
    }


def _per_megapixel(model: str, picture: Picture) -> float:
    height, width = picture.size
    return round(seconds(lambda: models.restore(model, picture)) / (height * width / 1e6), 3)


def is_met(figures: Figures) -> bool:
    """Tell whether no method is slower than the limit on any example."""
    return all(taken <= LIMIT for examples in figures["methods"].values() for taken in examples.values())


def section(figures: Figures) -> str:
    """Show each method's median and its slowest example."""
    rows: list[tuple[str, ...]] = []
    for model, examples in figures["methods"].items():
        slowest = max(examples, key=lambda name: examples[name])
        taken = median(examples.values())
        rows.append((f"`{model}`", f"{taken:.2f}", f"{examples[slowest]:.2f}", f"`{slowest}`"))
    count = len(next(iter(figures["methods"].values())))
    return (
        f"Each method once on each of the {count} examples, at its default settings, in seconds per "
        "megapixel; decoding and saving not counted.\n\n" + table(("method", "median", "slowest", "on"), rows)
    )


BENCHMARK = Benchmark(
    "gallery", "The gallery", f"at most {LIMIT:g} s per megapixel", measure, is_met, section
)
