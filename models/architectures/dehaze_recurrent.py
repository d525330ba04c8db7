"""A small recurrent network that takes haze off in steps, each of which can be looked at.

At each step it sees the hazy photo again, and what it has made of it so far; a gated memory carries over what
it has understood. All steps share their weights. After PReNet (Ren et al. 2019,
https://arxiv.org/abs/1901.09221), on groups of pixels, and with the law of haze as the last layer.
"""

from collections.abc import Mapping
from math import isqrt
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.architectures.framed import Framed
from models.architectures.koschmieder import airlight_near, begin_clear, clear, transmission_of
from models.architectures.recurrent import ConvGRU
from models.architectures.state import filled, shape_of, tensors_in

NAME = "Patina's recurrent dehazing network"

_PATCH = 16  # side, in pixels, of the squares over which the airlight is moved as one
_DILATIONS = (1, 2, 4)  # haze is a matter of regions: each step looks further than its neighbours


class TwiceDilatedBlock(nn.Module):
    """conv 3 × 3 → ReLU → conv 3 × 3, both with gaps of `dilation`, added to what came in."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation)
        self.second = nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation)

    def forward(self, features: Tensor) -> Tensor:
        """Return features of the same shape, (n, width, height, width)."""
        return features + self.second(functional.relu(self.first(features)))


class DehazeRecurrent(nn.Module):
    """Hazy photo and airlight in; clear photo, transmission, airlight, and the photo after each step out.

    `width` are the channels of the memory, `steps` how often it is gone through; `group` the side of the
    pixel groups, a power of two up to 16. The sides of the image must be multiples of 16.
    """

    def __init__(self, *, width: int, steps: int, group: int = 2) -> None:
        super().__init__()
        self.width, self.steps, self.group, fine = width, steps, group, 3 * group**2
        self.head = nn.Conv2d(2 * fine + 3, width, 3, padding=1)
        self.memory = ConvGRU(width)
        self.body = nn.Sequential(*(TwiceDilatedBlock(width, dilation) for dilation in _DILATIONS))
        self.airlight = nn.Conv2d(width, 3, 1)
        self.tail = nn.Conv2d(width, 4 * group**2, 3, padding=1)
        nn.init.zeros_(self.airlight.weight)
        begin_clear(self.tail, group)

    def forward(self, image: Tensor, red: Tensor, green: Tensor, blue: Tensor) -> tuple[Tensor, ...]:
        """Return clear photo, transmission (n, 1, h, w), airlight, and as many photos as there are steps.

        `image` is (n, 3, h, w) in [0, 1], as are all photos and the airlight that come back; `red`, `green`
        and `blue` (n, 1, 1, 1) are the airlight's. The last step's photo is the clear one.
        """
        told = torch.cat((red, green, blue), 1)
        hazy = functional.pixel_unshuffle(image, self.group)
        plane = told.expand(-1, -1, hazy.shape[2], hazy.shape[3])
        state = (plane[:, :1] * 0).expand(-1, self.width, -1, -1)
        photos = [image]
        transmission = airlight = image
        for _ in range(self.steps):
            so_far = functional.pixel_unshuffle(photos[-1], self.group)
            seen = self.head(torch.cat((hazy, plane, so_far), 1))
            state = self.memory(seen, state)
            transmission, airlight, addition = self._judged(self.body(state), told)
            photos.append(clear(image, transmission, airlight) + addition)
        return (photos[-1], transmission, airlight, *photos[1:])

    def _judged(self, features: Tensor, told: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return transmission, airlight, and what noise and JPEG have cost, of a step's features."""
        correction = functional.avg_pool2d(self.airlight(features).float(), _PATCH // self.group)
        maps = functional.pixel_shuffle(self.tail(features).float(), self.group)
        return transmission_of(maps[:, :1]), airlight_near(told, correction, _PATCH), maps[:, 1:]


def load(weights: Mapping[str, Any], *, steps: int) -> Framed:
    """Build the network from a checkpoint of this module; all but its steps is read from the weights.

    Raises ValueError: weights of another architecture.
    """
    tensors = tensors_in(weights)
    width, channels = shape_of(tensors, "head.weight", 4, NAME)[:2]
    network = DehazeRecurrent(width=width, steps=steps, group=max(1, isqrt(channels // 6)))
    return Framed(filled(network, tensors, NAME), _PATCH // 2)
