"""The engine that is chosen for a network on a CPU, against plain torch."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lab.benchmarks.benchmark import Benchmark, Figures, table
from lab.benchmarks.timing import in_turns
from models.method import Network
from models.runtime.loading import load

if TYPE_CHECKING:
    from torch import nn

LIMIT_RATIO, LIMIT_DIFFERENCE = 2.5, 1e-4
HELD = "U-Net"
"""The network the limit is about; the others are shown."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A network: its card's declaration, random weights, the side of an image to run it on, and how often."""

    network: Network
    make: Callable[[], "nn.Module"]
    side: int
    turns: int


def _unet() -> "nn.Module":
    from models.architectures.unet import UNet

    return UNet(widths=(32, 64, 96), blocks=2, noise_level=True)


def _nafnet() -> "nn.Module":
    from spandrel.architectures.NAFNet import NAFNet

    net = NAFNet(width=32, enc_blk_nums=[2, 2, 4, 8], middle_blk_num=12, dec_blk_nums=[2, 2, 2, 2])
    for name, parameter in net.named_parameters():
        if name.endswith((".beta", ".gamma")):  # zero before training, so that blocks would do nothing
            parameter.data.fill_(0.1)
    return net


def _drunet() -> "nn.Module":
    from spandrel.architectures.DRUNet import DRUNet

    return DRUNet(in_nc=4, out_nc=3)


_UNET = Network(
    module="unet:load",
    options={"noise_level": True},
    field_of_view=64,
    multiple_of=8,
    conditions=("noise_level",),
)

SUBJECTS = {
    HELD: Subject(_UNET, _unet, side=1024, turns=9),
    "U-Net, a little smaller": Subject(_UNET, _unet, side=1000, turns=9),
    "NAFNet, width 32": Subject(
        Network(module="nafnet:load", field_of_view=64, multiple_of=16), _nafnet, side=256, turns=3
    ),
    "DRUNet": Subject(
        Network(module="drunet:load", field_of_view=64, multiple_of=8, conditions=("noise_level",)),
        _drunet,
        side=256,
        turns=3,
    ),
}


def measure(folder: Path, names: tuple[str, ...] = tuple(SUBJECTS)) -> Figures:
    """Run plain torch and the chosen engine in turns on every subject."""
    return {
        "networks": {name: _compare(SUBJECTS[name], folder / str(place)) for place, name in enumerate(names)}
    }


def _compare(subject: Subject, folder: Path) -> Figures:
    """Time `torch.nn.Module` as it is made (channels first, inference_mode) against what `load` returns."""
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(0)
    weights, cache = folder / "weights.safetensors", folder / "prepared"
    cache.mkdir(parents=True)
    save_file(subject.make().state_dict(), weights)
    sha256 = hashlib.sha256(weights.read_bytes()).hexdigest()
    engine = load("denoise-sample", subject.network, weights, sha256, device="cpu", cache=cache)
    plain = _plain(subject.network, weights)
    images = np.random.default_rng(0).random((1, 3, subject.side, subject.side), np.float32)
    levels = [25.0] * len(subject.network.conditions)

    def by_torch() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        inputs = [torch.from_numpy(images), *(torch.full((1, 1, 1, 1), level) for level in levels)]
        with torch.inference_mode():
            return plain(*inputs).numpy()

    difference = float(np.abs(by_torch() - engine.run(images, levels)[0]).max())
    turns = in_turns(lambda: engine.run(images, levels), by_torch, subject.turns)
    (choice,) = cache.glob("*.json")
    return {
        "parameters": sum(each.numel() for each in plain.parameters()),
        "side": subject.side,
        "engine": engine.name,
        "reason": json.loads(choice.read_text(encoding="utf-8"))["reason"],
        "difference": difference,
        **turns.as_json(),
    }


def _plain(network: Network, weights: Path) -> "nn.Module":
    """Return the module with its weights, as anyone would make it."""
    from importlib import import_module

    from safetensors.torch import load_file

    file, _, function = network.module.partition(":")
    make = getattr(import_module(f"models.architectures.{file}"), function)
    return make(load_file(weights), **network.options).eval()


def is_met(figures: Figures) -> bool:
    """Tell whether the U-Net's engine is fast enough, and every engine's pixels are torch's."""
    networks = figures["networks"]
    right = all(network["difference"] <= LIMIT_DIFFERENCE for network in networks.values())
    return right and networks[HELD]["ratio"] >= LIMIT_RATIO


def section(figures: Figures) -> str:
    """Show each network's times, ratio and difference."""
    rows = [
        (
            name,
            f"{each['parameters'] / 1e6:.2f} M",
            f"{each['side']}²",
            each["engine"],
            f"{each['second_median']:.2f}",
            f"{each['first_median']:.2f}",
            f"**{each['ratio']:.1f}**",
            f"{each['difference']:.0e}",
        )
        for name, each in figures["networks"].items()
    ]
    heads = ("network", "parameters", "pixels", "chosen", "torch, s", "chosen, s", "ratio", "difference")
    return (
        "Random weights, float32. *Torch* is the module as it is made, under `inference_mode`; *chosen* is "
        "the engine that Patina takes for it on this machine. *Ratio* is how many times as fast that is, the "
        "median of the turns; *difference* the largest of any output value. Plain torch gains much from "
        "1024² to 1000²: there its 32-channel maps stay below 32 MiB, up to which glibc keeps freed memory; "
        "above, each map's pages come anew from the system.\n\n" + table(heads, rows)
    )


BENCHMARK = Benchmark(
    "engines",
    "Networks on a CPU",
    f"at least {LIMIT_RATIO} times as fast as plain torch for a U-Net of 0.8 M parameters at 1 megapixel, "
    "within 1e-4 of it for all",
    measure,
    is_met,
    section,
)
