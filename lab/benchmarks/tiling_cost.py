"""A photo of 4 megapixels through a network in tiles, against the whole at once."""

from pathlib import Path

import numpy as np

from lab.benchmarks.benchmark import Benchmark, Figures
from lab.benchmarks.sample_network import FIELD_OF_VIEW, ID, install
from lab.benchmarks.timing import in_turns
from models import pixels, registry
from models.method import Network, Pixels, Window
from models.photo import DecodedPhoto
from models.tilewise import NetworkRun

SIDE = 2000
LIMIT_OVERHEAD, LIMIT_LEVELS = 1.15, 1.0
TURNS = 7


def measure(folder: Path, side: int = SIDE, turns: int = TURNS) -> Figures:
    """Run one engine on the whole photo and on its tiles; compare times and results."""
    workshop, image = install(folder), np.random.default_rng(0).random((side, side, 3), dtype=np.float32)
    card, photo, region = registry.get(ID), DecodedPhoto(pixels.from_array(image)), Window(0, 0, side, side)
    assert isinstance(card.build, Network)
    network = card.build
    with workshop.lend(card) as loaded:
        planes = np.ascontiguousarray(image.transpose(2, 0, 1)[None])

        def whole() -> Pixels:
            return loaded.engine.run(planes, ())[0][0].transpose(1, 2, 0)

        def tiled() -> Pixels:
            run = NetworkRun(card.id, network, loaded, photo, ())
            return np.concatenate([rows.pixels for rows in run.rows(region, None)])

        levels = 255 * float(np.abs(whole() - tiled()).max())
        turned = in_turns(whole, tiled, turns)
        engine = loaded.engine.name
    return {"side": side, "engine": engine, "levels": round(levels, 4), **turned.as_json()}


def is_met(figures: Figures) -> bool:
    """Tell whether tiles cost little time and change nothing one could see."""
    return figures["ratio"] < LIMIT_OVERHEAD and figures["levels"] < LIMIT_LEVELS


def section(figures: Figures) -> str:
    """Show both times, their ratio and the largest difference."""
    return (
        f"A U-Net of 0.78 million parameters ({figures['engine']}) on {figures['side']} × {figures['side']} "
        f"pixels of noise, with a field of view of {FIELD_OF_VIEW} pixels. At once: "
        f"{figures['first_median']:.2f} s. In tiles: {figures['second_median']:.2f} s. Median ratio of "
        f"{figures['turns']} turns: **{figures['ratio']:.2f}**; the largest difference of any value is "
        f"**{figures['levels']:.3f}** levels of 255."
    )


BENCHMARK = Benchmark(
    "tiling",
    "A network in tiles",
    "overhead below 15 %, difference below 1/255, at 4 megapixels",
    measure,
    is_met,
    section,
)
