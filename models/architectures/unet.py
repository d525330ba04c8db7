"""A small U-Net that works on groups of pixels: for every task whose result looks much like its input.

Pixels are first gathered in groups of 2 × 2 into channels, so that all convolutions run at half the photo's
size or less; most of a CPU's time goes into the first level. The network predicts what to add to the photo.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import isqrt
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.architectures.framed import Framed
from models.architectures.state import filled, shape_of, tensors_in

NAME = "Patina's U-Net"

MULTIPLE = 16
"""What the sides of an image must be a multiple of for every U-Net that `load` takes."""

FRAME = MULTIPLE // 2
"""The mirrored frame's width: sides stay multiples; wider gains next to nothing."""


class Block(nn.Module):
    """conv 3 × 3 → ReLU → conv 3 × 3, added to what came in."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, features: Tensor) -> Tensor:
        """Return features of the same shape, (n, width, height, width)."""
        return features + self.second(functional.relu(self.first(features)))


def blocks_of(width: int, count: int) -> nn.Sequential:
    """Return `count` blocks of `width` channels, one after the other."""
    return nn.Sequential(*(Block(width) for _ in range(count)))


class Trunk(nn.Module):
    """The U of a U-Net: (n, `channels_in`, h, w) to (n, `channels_out`, h, w), for any task.

    `widths` are the channels of each level, the finest first; `blocks` the residual blocks of each level, on
    the way down and again on the way up. Height and width must be multiples of 2^(levels − 1).
    """

    def __init__(self, channels_in: int, channels_out: int, widths: Sequence[int], blocks: int) -> None:
        super().__init__()
        pairs = list(pairwise(widths))
        self.head = nn.Conv2d(channels_in, widths[0], 3, padding=1)
        self.encode = nn.ModuleList(blocks_of(width, blocks) for width in widths)
        self.down = nn.ModuleList(nn.Conv2d(fine, coarse, 2, stride=2) for fine, coarse in pairs)
        self.up = nn.ModuleList(nn.ConvTranspose2d(coarse, fine, 2, stride=2) for fine, coarse in pairs)
        self.decode = nn.ModuleList(blocks_of(fine, blocks) for fine, _ in pairs)
        self.tail = nn.Conv2d(widths[0], channels_out, 3, padding=1)

    def run(self, groups: Tensor) -> Tensor:
        """Return what the tail makes of the features."""
        features = self.head(groups)
        passed: list[Tensor] = []
        for encode, down in zip(self.encode, self.down, strict=False):
            passed.append(encode(features))
            features = down(passed[-1])
        features = self.encode[-1](features)
        for decode, up, fine in reversed(list(zip(self.decode, self.up, passed, strict=True))):
            features = decode(up(features) + fine)
        return self.tail(features)


class UNet(Trunk):
    """Photo in, photo out; with `noise_level`, told how strong the noise is.

    `widths` and `blocks` are the trunk's; `group` is the side of the pixel groups. The sides of the image
    must be multiples of `group` · 2^(levels − 1): 8 for three levels of 2 × 2 groups.
    """

    def __init__(self, *, widths: Sequence[int], blocks: int, noise_level: bool, group: int = 2) -> None:
        channels = 3 * group * group
        super().__init__(channels + noise_level, channels, widths, blocks)
        self.group, self.noise_level = group, noise_level

    def forward(self, image: Tensor, noise_level: Tensor | None = None) -> Tensor:
        """Return the restored image, (n, 3, height, width) about [0, 1] as `image` is.

        `noise_level` (n, 1, 1, 1) is the standard deviation of the noise in units of 1/255; a blind network
        takes none.
        """
        groups = functional.pixel_unshuffle(image, self.group)
        if self.noise_level:
            assert noise_level is not None, "this network must be told the noise level"
            plane = (noise_level / 255).expand(-1, 1, groups.shape[2], groups.shape[3])
            groups = torch.cat((groups, plane), 1)
        return image + functional.pixel_shuffle(self.run(groups), self.group)


def load(weights: Mapping[str, Any], *, noise_level: bool) -> Framed:
    """Build the network from a checkpoint of this module; its sizes are read from the weights.

    `noise_level` says whether it will be told the noise level.

    Raises ValueError: weights of another architecture, of a network that must be told the noise level when
    this one will not be, or the other way round, or of one with more levels than `MULTIPLE` allows.
    """
    tensors = tensors_in(weights)
    levels = 1 + sum(name.startswith("down.") and name.endswith(".weight") for name in tensors)
    convolutions = ["head.weight", *(f"down.{level}.weight" for level in range(levels - 1))]
    widths = [shape_of(tensors, name, 4, NAME)[0] for name in convolutions]
    blocks = sum(bool(re.fullmatch(r"encode\.0\.\d+\.first\.weight", name)) for name in tensors)
    channels_in = shape_of(tensors, "head.weight", 4, NAME)[1]
    channels_out = shape_of(tensors, "tail.weight", 4, NAME)[0]
    group = max(1, isqrt(channels_out // 3))
    if MULTIPLE % (group * 2 ** (levels - 1)):
        raise ValueError(
            f"expected weights of {NAME} with at most four levels of 2 × 2 groups, found {levels} levels of "
            f"{group} × {group}"
        )
    network = filled(
        UNet(widths=widths, blocks=blocks, noise_level=channels_in > channels_out, group=group), tensors, NAME
    )
    if network.noise_level != noise_level:
        kinds = {True: "that is told the noise level", False: "that finds the noise level itself"}
        raise ValueError(
            f"expected weights of a U-Net {kinds[noise_level]}, found those of one {kinds[not noise_level]}"
        )
    return Framed(network, FRAME)
