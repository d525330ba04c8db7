"""What the runner adds to bare inference of a network."""

from pathlib import Path

import numpy as np

import models
from lab.benchmarks.benchmark import Benchmark, Figures
from lab.benchmarks.sample_network import ID, install
from lab.benchmarks.timing import in_turns
from models import pixels, registry

SIDE = 1000
LIMIT = 1.03
TURNS = 31


def measure(folder: Path, side: int = SIDE, turns: int = TURNS) -> Figures:
    """Time an engine on a prepared batch, and `models.restore` on the same picture, in turns."""
    workshop = install(folder)
    image = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    picture = pixels.from_array(image)
    planes = np.ascontiguousarray((image / np.float32(255)).transpose(2, 0, 1)[None], dtype=np.float32)
    with workshop.lend(registry.get(ID)) as loaded:
        turned = in_turns(
            lambda: loaded.engine.run(planes, ()),
            lambda: models.restore(ID, picture, workshop=workshop),
            turns,
        )
        engine = loaded.engine.name
    return {"side": side, "engine": engine, **turned.as_json()}


def is_met(figures: Figures) -> bool:
    """Tell whether the runner stays out of the way."""
    return figures["ratio"] < LIMIT


def section(figures: Figures) -> str:
    """Show both times and their ratio."""
    return (
        f"The same U-Net ({figures['engine']}) on {figures['side']} × {figures['side']} pixels. The engine "
        f"alone: {1000 * figures['first_median']:.0f} ms. `models.restore`, from the decoded picture to the "
        f"restored one in 8 bit: {1000 * figures['second_median']:.0f} ms. Median ratio of "
        f"{figures['turns']} turns: **{figures['ratio']:.3f}**."
    )


BENCHMARK = Benchmark(
    "runner-overhead",
    "The runner's own work",
    "below 3 % of bare inference at 1 megapixel",
    measure,
    is_met,
    section,
)
