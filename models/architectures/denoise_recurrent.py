"""A small recurrent network that takes noise off in steps, each of which can be looked at.

At each step it sees the noisy photo and the noise level again, and corrects what it has made of them so far;
a gated memory carries over what it has told from noise. All steps share their weights. (The idea is PReNet's,
Ren et al. 2019, made for rain.) It works on groups of pixels, as `unet` does.
"""

from collections.abc import Mapping
from math import isqrt
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.architectures.framed import Framed
from models.architectures.recurrent import ConvGRU
from models.architectures.state import filled, shape_of, tensors_in
from models.architectures.unet import Block

NAME = "Patina's recurrent denoising network"

FRAME = 8
"""Width of the mirrored frame, in pixels."""


class DenoiseRecurrent(nn.Module):
    """Noisy photo and noise level in; restored photo and the results of the earlier steps out.

    `width` are the channels of the memory, `blocks` the residual blocks that each step goes through, `steps`
    how often; `group` the side of the pixel groups, whose multiples the sides of the image must be.
    """

    def __init__(self, *, width: int, blocks: int, steps: int, group: int = 2) -> None:
        super().__init__()
        self.width, self.steps, self.group, pixels = width, steps, group, 3 * group**2
        self.head = nn.Conv2d(2 * pixels + 1, width, 3, padding=1)
        self.memory = ConvGRU(width)
        self.blocks = nn.Sequential(*(Block(width) for _ in range(blocks)))
        self.tail = nn.Conv2d(width, pixels, 3, padding=1)

    def forward(self, image: Tensor, noise_level: Tensor) -> tuple[Tensor, ...]:
        """Return the last step's image, (n, 3, height, width) about [0, 1] as `image`, and the other steps'.

        `noise_level` (n, 1, 1, 1) is the standard deviation of the noise in units of 1/255.
        """
        noisy = functional.pixel_unshuffle(image, self.group)
        plane = (noise_level / 255).expand(-1, 1, noisy.shape[2], noisy.shape[3])
        memory = (plane * 0).expand(-1, self.width, -1, -1)
        groups, images = noisy, list[Tensor]()
        for _ in range(self.steps):
            features = self.head(torch.cat((noisy, plane, groups), 1))
            memory = self.memory(features, memory)
            groups = groups + self.tail(self.blocks(features + memory))
            images.append(functional.pixel_shuffle(groups, self.group))
        return (images[-1], *images[:-1])


def load(weights: Mapping[str, Any], *, steps: int) -> Framed:
    """Build the network from a checkpoint of this module; all but its steps is read from the weights.

    Raises ValueError: weights of another architecture.
    """
    tensors = tensors_in(weights)
    width, channels = shape_of(tensors, "head.weight", 4, NAME)[:2]
    blocks = sum(name.startswith("blocks.") and name.endswith(".first.weight") for name in tensors)
    group = max(1, isqrt(channels // 6))
    network = DenoiseRecurrent(width=width, blocks=blocks, steps=steps, group=group)
    return Framed(filled(network, tensors, NAME), FRAME)
