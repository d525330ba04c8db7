"""The first generator: layers of plain neurons from random numbers to an image.

Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661: rectified layers, a sigmoid at the end.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from torch import Tensor, nn
from torch.nn.functional import relu

from models.architectures.state import built, shape_of, square_side, tensors_in

NAME = "the first GAN's generator"


class MLPGenerator(nn.Module):
    """Makes grey images of `side` pixels from latents of `latent` numbers; `widths` are its hidden layers'.

    Takes (n, latent), standard normal; returns (n, 1, side, side) in [0, 1].
    """

    def __init__(self, *, latent: int, widths: Sequence[int], side: int) -> None:
        super().__init__()
        self.latent, self.side = latent, side
        sizes = [latent, *widths, side * side]
        self.layers = nn.ModuleList(nn.Linear(inputs, outputs) for inputs, outputs in pairwise(sizes))

    def forward(self, latent: Tensor) -> Tensor:
        """Return the images."""
        features = latent
        for layer in list(self.layers)[:-1]:
            features = relu(layer(features))
        return self.layers[-1](features).sigmoid().unflatten(1, (1, self.side, self.side))


def load(weights: Mapping[str, Any]) -> MLPGenerator:
    """Build the generator from a checkpoint of this module; its sizes are read from the weights.

    Raises ValueError: weights of another architecture.
    """
    tensors = tensors_in(weights)
    count = sum(name.startswith("layers.") and name.endswith(".weight") for name in tensors)
    shapes = [shape_of(tensors, f"layers.{number}.weight", 2, NAME) for number in range(max(1, count))]
    *widths, pixels = [outputs for outputs, _ in shapes]
    side = square_side(pixels, 1, 1, NAME)
    return built(lambda: MLPGenerator(latent=shapes[0][1], widths=widths, side=side), tensors, NAME)
