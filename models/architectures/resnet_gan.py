"""A small residual generator without normalisation, after R3GAN's.

Huang et al. 2024, https://arxiv.org/abs/2501.05441: with a loss that holds by itself, a plain modern ResNet
is enough. Each block doubles the sides and adds two convolutions; their second one begins at zero, so that
the untrained network is nearly linear and trains without normalisation (Zhang et al. 2019, "Fixup").
"""

from collections.abc import Mapping
from itertools import pairwise
from math import isqrt
from typing import Any

from torch import Tensor, nn
from torch.nn.functional import interpolate, leaky_relu

from models.architectures.doublings import doublings
from models.architectures.state import filled, shape_of, tensors_in

NAME = "Patina's residual generator"

_SLOPE = 0.2


class Rising(nn.Module):
    """Doubles the sides, then adds what two convolutions make of it."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.skip = nn.Conv2d(inputs, outputs, 1, bias=False)
        self.first = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1)
        nn.init.zeros_(self.second.weight)

    def forward(self, features: Tensor) -> Tensor:
        """Return the features at twice the size."""
        larger = interpolate(features, scale_factor=2.0, mode="bilinear", align_corners=False)
        inner = leaky_relu(self.first(leaky_relu(larger, _SLOPE)), _SLOPE)
        return self.skip(larger) + self.second(inner)


class ResNetGenerator(nn.Module):
    """Makes images of `side` pixels with `channels` from latents of `latent` numbers.

    `first` is the side it begins with, which is doubled at least once. `width` is the number of feature maps
    at full size; it doubles with each halving of the side, up to `widest`. Takes (n, latent), standard
    normal; returns (n, channels, side, side) in [0, 1].
    """

    def __init__(
        self, *, latent: int, width: int, side: int, channels: int = 3, first: int = 4, widest: int = 256
    ) -> None:
        super().__init__()
        self.latent, self.first = latent, first
        widths = [min(widest, width << level) for level in range(doublings(first, side), -1, -1)]
        self.seed = nn.Linear(latent, widths[0] * first**2)
        self.blocks = nn.ModuleList(Rising(inputs, outputs) for inputs, outputs in pairwise(widths))
        self.tail = nn.Conv2d(width, channels, 3, padding=1)

    def forward(self, latent: Tensor) -> Tensor:
        """Return the images."""
        features = self.seed(latent).unflatten(1, (-1, self.first, self.first))
        for block in self.blocks:
            features = block(features)
        return self.tail(leaky_relu(features, _SLOPE)).tanh() / 2 + 0.5


def load(weights: Mapping[str, Any]) -> ResNetGenerator:
    """Build the generator from a checkpoint of this module; its sizes are read from the weights.

    Raises ValueError: weights of another architecture.
    """
    tensors = tensors_in(weights)
    rows, latent = shape_of(tensors, "seed.weight", 2, NAME)[:2]
    channels, width = shape_of(tensors, "tail.weight", 4, NAME)[:2]
    widest = shape_of(tensors, "blocks.0.skip.weight", 4, NAME)[1]
    count = sum(name.endswith(".skip.weight") for name in tensors)
    first = isqrt(rows // widest)
    module = ResNetGenerator(
        latent=latent, width=width, side=first << count, channels=channels, first=first, widest=widest
    )
    return filled(module, tensors, NAME)
