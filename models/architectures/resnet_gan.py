"""A small residual generator without normalisation, after R3GAN's.

Huang et al. 2024, https://arxiv.org/abs/2501.05441: with a loss that holds by itself, a plain modern ResNet
is enough. The second convolution of each block begins at zero, so that the untrained network is nearly linear
and trains without normalisation (Zhang et al. 2019, "Fixup"). No block works at full size: the last layer
makes the four pixels of a square at once (Shi et al. 2016, https://arxiv.org/abs/1609.05158), which is what
lets it run on a processor.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from torch import Tensor, nn
from torch.nn.functional import interpolate, leaky_relu, pixel_shuffle

from models.architectures.state import built, shape_of, square_side, tensors_in

NAME = "Patina's residual generator"

SLOPE = 0.2

MOST_LEVELS = 8
"""So many sizes make images of 1024 pixels from 4: more is no generator of this kind."""


class Residual(nn.Module):
    """Adds what two convolutions make of the features."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.kaiming_normal_(self.first.weight, a=SLOPE)
        nn.init.zeros_(self.second.weight)

    def forward(self, features: Tensor) -> Tensor:
        """Return the features, changed."""
        return features + self.second(leaky_relu(self.first(leaky_relu(features, SLOPE)), SLOPE))


class Rising(nn.Module):
    """Doubles the sides of the features, and changes their number."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.skip = nn.Conv2d(inputs, outputs, 1, bias=False)
        nn.init.kaiming_normal_(self.skip.weight, nonlinearity="linear")

    def forward(self, features: Tensor) -> Tensor:
        """Return the features at twice the size."""
        return interpolate(self.skip(features), scale_factor=2.0, mode="bilinear", align_corners=False)


class ResNetGenerator(nn.Module):
    """Makes images with `channels` from latents of `latent` numbers.

    `widths` are the numbers of feature maps: at the side `first` that it begins with, at twice that side, and
    so on; with `blocks` residual blocks each. The images are of twice the last side. Takes (n, latent),
    standard normal; returns (n, channels, side, side) in [0, 1].
    """

    def __init__(
        self, *, latent: int, widths: Sequence[int], channels: int = 3, first: int = 4, blocks: int = 1
    ) -> None:
        super().__init__()
        self.latent, self.side = latent, first << len(widths)
        self.seed = nn.Linear(latent, widths[0] * first**2)
        self.first = first
        self.levels = nn.ModuleList(
            nn.Sequential(*(Residual(width) for _ in range(blocks))) for width in widths
        )
        self.rises = nn.ModuleList(Rising(inputs, outputs) for inputs, outputs in pairwise(widths))
        self.tail = nn.Conv2d(widths[-1], 4 * channels, 3, padding=1)

    def forward(self, latent: Tensor) -> Tensor:
        """Return the images."""
        features = self.seed(latent).unflatten(1, (-1, self.first, self.first))
        features = self.levels[0](features)
        for rise, level in zip(self.rises, list(self.levels)[1:], strict=True):
            features = level(rise(features))
        return pixel_shuffle(self.tail(leaky_relu(features, SLOPE)), 2).tanh() / 2 + 0.5


def load(weights: Mapping[str, Any]) -> ResNetGenerator:
    """Build the generator from a checkpoint of this module; its sizes are read from the weights.

    Raises ValueError: weights of another architecture.
    """
    tensors = tensors_in(weights)
    rows, latent = shape_of(tensors, "seed.weight", 2, NAME)
    channels = shape_of(tensors, "tail.weight", 4, NAME)[0] // 4
    levels = sum(name.startswith("levels.") and name.endswith(".0.first.weight") for name in tensors)
    blocks = sum(name.startswith("levels.0.") and name.endswith(".first.weight") for name in tensors)
    if not (1 <= levels <= MOST_LEVELS and channels):
        raise ValueError(
            f"expected weights of {NAME} with 1 to {MOST_LEVELS} sizes and at least one channel, "
            f"found {levels} and {channels}"
        )
    widths = [shape_of(tensors, f"levels.{level}.0.first.weight", 4, NAME)[0] for level in range(levels)]
    first = square_side(rows, widths[0], 1 << levels, NAME)
    return built(
        lambda: ResNetGenerator(latent=latent, widths=widths, channels=channels, first=first, blocks=blocks),
        tensors,
        NAME,
    )
