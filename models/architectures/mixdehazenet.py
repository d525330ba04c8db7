"""MixDehazeNet: a U-Net of parallel large kernels that takes haze off.

Source: Lu et al. 2023, https://arxiv.org/abs/2305.17654; the network is spandrel's.
"""

from collections.abc import Mapping
from typing import Any

from spandrel.architectures.MixDehazeNet import MixDehazeNetArch
from torch import Tensor, nn

from models.architectures.state import from_spandrel


class Signed(nn.Module):
    """Runs a network of the range [−1, 1], in and out, on images in [0, 1].

    So its authors train it; spandrel's own call gives it [0, 1].
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> Tensor:
        """Return the restored image; both are (n, 3, height, width) RGB in [0, 1]."""
        return self.network(image * 2 - 1) / 2 + 0.5


def load(weights: Mapping[str, Any]) -> Signed:
    """Build the network from a checkpoint of MixDehazeNet.

    Raises ValueError: weights of another architecture.
    """
    return Signed(from_spandrel(MixDehazeNetArch(), weights).model).eval()
