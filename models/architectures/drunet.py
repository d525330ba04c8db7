"""DRUNet: a denoising U-Net that is told the noise level.

Source: Zhang et al. 2021, https://arxiv.org/abs/2008.13751; the network is spandrel's.
"""

from collections.abc import Mapping
from typing import Any

import torch
from spandrel.architectures.DRUNet import DRUNetArch
from torch import Tensor, nn

from models.architectures.state import from_spandrel


class LevelMap(nn.Module):
    """Hands a noise level to a network that takes it as a fourth channel.

    `image` is (n, 3, height, width) RGB in [0, 1], `noise_level` (n, 1, 1, 1) in units of 1/255; returns the
    clean image in the same shape and range.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor, noise_level: Tensor) -> Tensor:
        """Return the clean image."""
        level = (noise_level / 255).to(image.dtype).expand(-1, 1, image.shape[2], image.shape[3])
        return self.network(torch.cat([image, level], dim=1))


def load(weights: Mapping[str, Any]) -> LevelMap:
    """Build the network from a checkpoint of colour DRUNet.

    Raises ValueError: weights of another architecture.
    """
    return LevelMap(from_spandrel(DRUNetArch(), weights).model).eval()
