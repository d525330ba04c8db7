"""A small U-Net that looks for the haze, and takes it off by its physical law.

It predicts transmission and airlight, not the clear photo: the law does the rest, and a small addition mends
what noise and JPEG have spoilt. Nothing in it averages over the whole picture, which a tile could not see:
the airlight, which takes the whole photo to tell, comes in as three numbers, and is moved a little by what
is seen on the spot. At each of its levels it is shown the dark channel too (He, Sun, Tang 2009), in squares
as large as that level's pixels: convolutions find it hard to take a minimum.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.architectures.framed import Framed
from models.architectures.koschmieder import (
    DARKEST_AIRLIGHT,
    airlight_near,
    begin_clear,
    clear,
    transmission_of,
)
from models.architectures.state import filled, shape_of, tensors_in
from models.architectures.unet import blocks_of

NAME = "Patina's dehazing U-Net"

MULTIPLE = 32
"""What the sides of an image must be a multiple of for every dehazing U-Net that `load` takes."""

_GROUP = 2


class DehazeUNet(nn.Module):
    """Hazy photo and airlight in; clear photo, transmission and airlight out.

    `widths` are the channels of each level, the finest first, at a half, a quarter, … of the photo's size;
    `blocks` the residual blocks of each level on the way down, and, except for the last, again on the way
    up. The sides of the image must be multiples of 2^levels.
    """

    def __init__(self, *, widths: Sequence[int], blocks: Sequence[int]) -> None:
        super().__init__()
        if len(widths) != len(blocks):
            raise ValueError(f"expected as many blocks as widths, found {len(blocks)} and {len(widths)}")
        fine, pairs = 3 * _GROUP**2, list(pairwise(widths))
        self.coarsest = _GROUP * 2 ** len(pairs)
        self.head = nn.Conv2d(fine + 3, widths[0], 3, padding=1)
        self.dark = nn.ModuleList(nn.Conv2d(2, width, 1) for width in widths)
        self.encode = nn.ModuleList(map(blocks_of, widths, blocks))
        self.down = nn.ModuleList(nn.Conv2d(near, far, 2, stride=2) for near, far in pairs)
        self.up = nn.ModuleList(nn.ConvTranspose2d(far, near, 2, stride=2) for near, far in pairs)
        self.decode = nn.ModuleList(map(blocks_of, widths[:-1], blocks[:-1]))
        self.airlight = nn.Conv2d(widths[-1], 3, 1)
        self.tail = nn.Conv2d(widths[0], 4 * _GROUP**2, 3, padding=1)
        nn.init.zeros_(self.airlight.weight)
        begin_clear(self.tail, _GROUP)

    def forward(self, image: Tensor, red: Tensor, green: Tensor, blue: Tensor) -> tuple[Tensor, ...]:
        """Return clear photo (n, 3, h, w), transmission (n, 1, h, w) and airlight (n, 3, h, w).

        `image` is (n, 3, h, w) in [0, 1]; `red`, `green` and `blue` (n, 1, 1, 1) are the airlight's.
        """
        told = torch.cat((red, green, blue), 1)
        groups = functional.pixel_unshuffle(image, _GROUP)
        plane = told.expand(-1, -1, groups.shape[2], groups.shape[3])
        features = self.head(torch.cat((groups, plane), 1))
        darkest = (image / told.clamp_min(DARKEST_AIRLIGHT)).amin(1, keepdim=True)
        passed: list[Tensor] = []
        for level, (encode, dark) in enumerate(zip(self.encode, self.dark, strict=True)):
            darkest = -functional.max_pool2d(-darkest, 2)
            around = -functional.max_pool2d(-darkest, 3, stride=1, padding=1)
            features = encode(features + dark(torch.cat((darkest, around), 1)))
            if level < len(self.down):
                passed.append(features)
                features = self.down[level](features)
        airlight = airlight_near(told, self.airlight(features).float(), self.coarsest)
        for decode, up, near in reversed(list(zip(self.decode, self.up, passed, strict=True))):
            features = decode(up(features) + near)
        maps = functional.pixel_shuffle(self.tail(features).float(), _GROUP)
        transmission = transmission_of(maps[:, :1])
        return clear(image, transmission, airlight) + maps[:, 1:], transmission, airlight


def load(weights: Mapping[str, Any]) -> Framed:
    """Build the network from a checkpoint of this module; its widths and blocks are read from the weights.

    Raises ValueError: weights of another architecture, or of one with more levels than `MULTIPLE` allows.
    """
    tensors = tensors_in(weights)
    levels = sum(name.startswith("down.") and name.endswith(".weight") for name in tensors)
    convolutions = ["head.weight", *(f"down.{level}.weight" for level in range(levels))]
    widths = [shape_of(tensors, name, 4, NAME)[0] for name in convolutions]
    found = [re.fullmatch(r"encode\.(\d+)\.\d+\.first\.weight", name) for name in tensors]
    blocks = Counter(int(match[1]) for match in found if match)
    network = DehazeUNet(widths=widths, blocks=[blocks[level] for level in range(levels + 1)])
    if MULTIPLE % network.coarsest:
        raise ValueError(f"expected weights of {NAME} with at most five levels, found {levels + 1}")
    return Framed(filled(network, tensors, NAME), network.coarsest // 2)
