"""A GPU: half precision, channels last and batches of tiles, against torch as it comes, on a whole photo."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np

from lab.benchmarks.benchmark import Benchmark, Figures, Need
from lab.benchmarks.photo import write_photo
from lab.benchmarks.sample_network import ID, install
from lab.benchmarks.timing import in_turns
from models import pixels, registry
from models.method import Network, Pixels, Window
from models.photo import DecodedPhoto
from models.runtime import device as devices
from models.runtime.loading import Source
from models.source import OnDisk
from models.tilewise import NetworkRun

DEVICE = "cuda:0"
SIDE, TURNS, MEGAPIXELS = 4000, 7, 100
LIMIT_RATIO, LIMIT_LEVELS = 3.0, 2.0


def is_here() -> bool:
    """Tell whether there is a GPU that torch can use."""
    import torch

    return torch.cuda.is_available()


def measure(
    folder: Path, side: int = SIDE, turns: int = TURNS, megapixels: int = MEGAPIXELS, device: str = DEVICE
) -> Figures:
    """Compare times and results on one photo; then restore a large one in a process of its own."""
    compared = speed(folder, side, turns, device)
    photo = write_photo(folder / "photo.jpg", megapixels)
    command = [sys.executable, "-m", "lab.benchmarks.restore_by_network", folder, photo, device]
    done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - our own program
    return {**compared, "megapixels": megapixels, "large": json.loads(done.stdout)}


def speed(folder: Path, side: int, turns: int, device: str) -> Figures:
    """Run what Patina does, and the plain module in float32 on the whole; both from and to host memory.

    The engine keeps the whole process from TF32 and lets cuDNN tune, so the plain one has that too.
    """
    workshop, rng = install(folder, device=device), np.random.default_rng(0)
    image = rng.random((side, side, 3), dtype=np.float32)
    card, photo, region = registry.get(ID), DecodedPhoto(pixels.from_array(image)), Window(0, 0, side, side)
    assert isinstance(card.build, Network)
    assert card.weights is not None
    assert isinstance(card.weights.source, OnDisk)
    network, eager = card.build, Source(ID, card.build, card.weights.source.path).module().to(device)

    def whole() -> Pixels:
        import torch

        with torch.inference_mode():
            tensor = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)[None]))
            return eager(tensor.to(device))[0].cpu().numpy().transpose(1, 2, 0)

    with workshop.lend(card) as loaded:

        def tiled() -> Pixels:
            run = NetworkRun(card.id, network, loaded, photo, ())
            return np.concatenate([rows.pixels for rows in run.rows(region, None)])

        levels = 255 * float(np.abs(whole() - tiled()).max())
        turned = in_turns(tiled, whole, turns)
        precision, batch = loaded.engine.precision, loaded.batch or loaded.engine.batch
    return {
        "device": devices.describe(device),
        "torch": version("torch"),
        "side": side,
        "precision": precision,
        "batch": batch,
        "levels": round(levels, 4),
        **turned.as_json(),
    }


def is_met(figures: Figures) -> bool:
    """Tell whether Patina is fast enough, and its pixels are nearly those of float32."""
    return figures["ratio"] >= LIMIT_RATIO and figures["levels"] < LIMIT_LEVELS


def section(figures: Figures) -> str:
    """Show the device, both times, their ratio, the largest difference, and the memory of a large photo."""
    large = figures["large"]
    return (
        f"On {figures['device']}, torch {figures['torch']}: the same U-Net of 0.78 million parameters on "
        f"{figures['side']} × {figures['side']} pixels of noise, from host memory to host memory. "
        f"Plain torch, the whole at once in float32 (no TF32): {figures['second_median']:.2f} s. "
        f"In tiles, {figures['batch']} at a time, in "
        f"{figures['precision']} with channels last: {figures['first_median']:.2f} s. Median ratio of "
        f"{figures['turns']} turns: **{figures['ratio']:.1f}**; the largest difference of any value is "
        f"**{figures['levels']:.2f}** levels of 255.\n\n"
        f"A JPEG of {figures['megapixels']} megapixels, from file to file: {large['seconds']:.0f} s; at most "
        f"**{large['device_peak_mib']} MiB** of the GPU's memory, and "
        f"{large['peak_mib'] - large['idle_mib']} MiB of the host's above idle."
    )


BENCHMARK = Benchmark(
    "gpu",
    "A network on a GPU",
    f"at least {LIMIT_RATIO:g} times as fast as plain torch in float32 on the whole photo, difference below "
    f"{LIMIT_LEVELS:g}/255",
    measure,
    is_met,
    section,
    Need("no CUDA device was at hand", is_here),
)
