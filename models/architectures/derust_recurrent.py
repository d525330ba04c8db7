"""A recurrent network that takes rust off step by step, and shows each step.

One small network is used again and again: it sees the photo beside its own last result, keeps in mind what it
found, and corrects itself. (The idea is PReNet's, Ren et al. 2019, made for rain.) It works on groups of
pixels, as `unet` does, with dilated convolutions, since it has no coarser levels to look further.
"""

from collections.abc import Mapping
from math import isqrt
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.architectures import push_pull
from models.architectures.compositing import THICKNESS, composited, hidden_layer
from models.architectures.framed import Framed
from models.architectures.recurrent import ConvGRU
from models.architectures.state import filled, shape_of, tensors_in

NAME = "the recurrent derusting network"

FRAME = 8
"""Width of the mirrored frame, in pixels, of a network that does not fill."""

GIVEN = 7
"""What a step sees of each pixel: the photo, the hint, and the last result."""


class DilatedBlock(nn.Module):
    """conv 3 × 3 with gaps → ReLU → conv 3 × 3, added to what came in."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, features: Tensor) -> Tensor:
        """Return features of the same shape, (n, width, height, width)."""
        return features + self.second(functional.relu(self.first(features)))


class DerustRecurrent(nn.Module):
    """Rusty photo in; restored photo, mask, thickness and the results of the earlier steps out.

    `width` are the channels of the memory, `blocks` the residual blocks that each step goes through, with
    gaps of 1, 2, 4, …; `steps` how often; `group` the side of the pixel groups, whose multiples the sides of
    the image must be; of 32 for a network that `fills`, as `DerustUNet` does.
    """

    def __init__(self, *, width: int, blocks: int, steps: int, group: int = 2, fills: bool = False) -> None:
        super().__init__()
        self.width, self.steps, self.group = width, steps, group
        self.head = nn.Conv2d(GIVEN * group**2, width, 3, padding=1)
        self.memory = ConvGRU(width)
        self.blocks = nn.Sequential(*(DilatedBlock(width, 2**number) for number in range(blocks)))
        self.tail = nn.Conv2d(width, THICKNESS.stop * group**2, 3, padding=1)
        self.hidden = hidden_layer(group) if fills else None

    def forward(self, image: Tensor, hint: Tensor | None = None) -> tuple[Tensor, ...]:
        """Return the last step's image, mask and thickness (see `Derusted`), and the other steps' images.

        `image` and `hint` as `DerustUNet` takes them.
        """
        hint = torch.zeros_like(image[:, :1]) if hint is None else hint
        given = functional.pixel_unshuffle(torch.cat((image, hint), 1), self.group)
        memory = torch.zeros_like(given[:, :1]).repeat(1, self.width, 1, 1)
        result, images = (image, hint, hint), list[Tensor]()
        for _ in range(self.steps):
            seen = torch.cat((given, functional.pixel_unshuffle(result[0], self.group)), 1)
            features = self.head(seen)
            memory = self.memory(features, memory)
            found = self.tail(self.blocks(features + memory))
            hidden = None if self.hidden is None else functional.pixel_shuffle(self.hidden(found), self.group)
            found = functional.pixel_shuffle(found, self.group)
            result = composited(image, found, hint, hidden=hidden, learning=self.training)
            images.append(result[0])
        return (*result, *images[:-1])


def load(weights: Mapping[str, Any], *, steps: int) -> Framed:
    """Build the network from a checkpoint of this module; all but its steps is read from the weights.

    Raises ValueError: weights of another architecture.
    """
    tensors = tensors_in(weights)
    width, channels = shape_of(tensors, "head.weight", 4, NAME)[:2]
    blocks = sum(name.startswith("blocks.") and name.endswith(".first.weight") for name in tensors)
    group, fills = max(1, isqrt(channels // GIVEN)), "hidden.weight" in tensors
    network = DerustRecurrent(width=width, blocks=blocks, steps=steps, group=group, fills=fills)
    frame = push_pull.COARSEST // 2 if fills else FRAME
    return Framed(filled(network, tensors, NAME), frame, planes=1)
