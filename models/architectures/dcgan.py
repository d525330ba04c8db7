"""A plain DCGAN generator: a linear layer to a few pixels, then a transposed convolution a doubling.

Source: Radford et al. 2015, https://arxiv.org/abs/1511.06434; the layers are laid out and called as in
PyTorch-StudioGAN's "deep_conv" (https://github.com/POSTECH-CVLab/PyTorch-StudioGAN, MIT), read there and
written anew, so that its unconditional checkpoints fit.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from torch import Tensor, nn
from torch.nn.functional import relu

from models.architectures.state import built, shape_of, square_side, tensors_in

NAME = "DCGAN"


class Doubling(nn.Module):
    """Doubles the sides of a feature map."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.deconv0 = nn.ConvTranspose2d(inputs, outputs, 4, stride=2, padding=1)
        self.bn0 = nn.BatchNorm2d(outputs, eps=1e-4)

    def forward(self, features: Tensor) -> Tensor:
        """Return the features at twice the size."""
        return relu(self.bn0(self.deconv0(features)))


class DCGAN(nn.Module):
    """Makes images of `side` pixels with `channels` from latents of `latent` numbers.

    `first` is the side it begins with, which is doubled at least once: 4 for 32, 7 for 28 pixels. `width` is
    the number of feature maps before the last layer; it doubles with each halving of the side. Takes
    (n, latent), standard normal; returns (n, channels, side, side) in [0, 1].
    """

    def __init__(
        self, *, latent: int = 128, width: int = 64, side: int = 32, channels: int = 3, first: int = 4
    ) -> None:
        super().__init__()
        self.latent, self.first = latent, first
        widths = [width << level for level in range(_doublings(first, side), -1, -1)]
        self.linear0 = nn.Linear(latent, widths[0] * first**2)
        self.blocks = nn.ModuleList(
            nn.ModuleList([Doubling(inputs, outputs)]) for inputs, outputs in pairwise(widths)
        )
        self.conv4 = nn.Conv2d(width, channels, 3, padding=1)

    def forward(self, latent: Tensor) -> Tensor:
        """Return the images."""
        features = self.linear0(latent).unflatten(1, (-1, self.first, self.first))
        for block in self.blocks:
            for layer in block.children():
                features = layer(features)
        return self.conv4(features).tanh() / 2 + 0.5


def load(weights: Mapping[str, Any]) -> DCGAN:
    """Build the generator from a checkpoint; its sizes are read from the weights.

    Raises ValueError: weights of another architecture.
    """
    tensors = {name.replace("conv2d4.", "conv4."): tensor for name, tensor in tensors_in(weights).items()}
    rows, latent = shape_of(tensors, "linear0.weight", 2, NAME)
    channels, width = shape_of(tensors, "conv4.weight", 4, NAME)[:2]
    count = sum(name.endswith(".deconv0.weight") for name in tensors)
    if not 1 <= count <= 8:
        raise ValueError(f"expected weights of {NAME} with 1 to 8 doublings, found {count}")
    first = square_side(rows, width << count, 1 << count, NAME)
    return built(
        lambda: DCGAN(latent=latent, width=width, side=first << count, channels=channels, first=first),
        tensors,
        NAME,
    )


def _doublings(first: int, side: int) -> int:
    """Return n with `side` = `first` · 2ⁿ, at least 1; raises ValueError: there is none.

    >>> _doublings(7, 28)
    2
    """
    count = (side // first).bit_length() - 1 if first > 0 else 0
    if count < 1 or side != first << count:
        raise ValueError(f"expected a side that doubles {first} once or more, found {side}")
    return count
