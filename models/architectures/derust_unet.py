"""A U-Net that finds rust, tells how thick it is, and puts back the surface, there and nowhere else.

It works on groups of 2 × 2 pixels, as `unet` does; `compositing` puts together what it finds.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.architectures import push_pull
from models.architectures.compositing import THICKNESS, Derusted, composited, hidden_layer
from models.architectures.framed import Framed
from models.architectures.state import filled, shape_of, tensors_in
from models.architectures.unet import Trunk

NAME = "the derusting U-Net"

GROUP = 2
"""Side of the pixel groups."""


class DerustUNet(nn.Module):
    """Rusty photo in; restored photo, mask and thickness out.

    `widths` and `blocks` are those of `unet.Trunk`. The sides of the image must be multiples of 2^levels: 16
    for four levels; of 32 for a network that `fills`.
    """

    def __init__(self, *, widths: Sequence[int], blocks: int, fills: bool = False) -> None:
        super().__init__()
        self.trunk = Trunk(4 * GROUP**2, THICKNESS.stop * GROUP**2, widths, blocks)
        self.hidden = hidden_layer(GROUP) if fills else None

    def forward(self, image: Tensor, hint: Tensor | None = None) -> Derusted:
        """Return what `image` (n, 3, height, width) in [0, 1] looked like before it rusted.

        `hint` (n, 1, height, width) is what a person painted: 1 about here is rust, −1 here is none, 0 nobody
        said. Where it is −1 nothing is changed.
        """
        hint = torch.zeros_like(image[:, :1]) if hint is None else hint
        groups = functional.pixel_unshuffle(torch.cat((image, hint), 1), GROUP)
        found = self.trunk.run(groups)
        hidden = None if self.hidden is None else functional.pixel_shuffle(self.hidden(found), GROUP)
        found = functional.pixel_shuffle(found, GROUP)
        return composited(image, found, hint, hidden=hidden, learning=self.training)


def load(weights: Mapping[str, Any], *, multiple: int) -> Framed:
    """Build the network from a checkpoint of this module; its widths and blocks are read from the weights.

    `multiple` is what the sides of an image will be multiples of.

    Raises ValueError: weights of another architecture, or of one with more levels than `multiple` allows.
    """
    tensors = tensors_in(weights)
    levels = sum(name.startswith("trunk.down.") and name.endswith(".weight") for name in tensors)
    convolutions = ["trunk.head.weight", *(f"trunk.down.{level}.weight" for level in range(levels))]
    widths = [shape_of(tensors, name, 4, NAME)[0] for name in convolutions]
    blocks = sum(bool(re.fullmatch(r"trunk\.encode\.0\.\d+\.first\.weight", name)) for name in tensors)
    fills = "hidden.weight" in tensors
    coarsest = max(GROUP * 2**levels, push_pull.COARSEST if fills else 0)
    if multiple % coarsest:
        raise ValueError(
            f"expected weights of {NAME} for sides that are multiples of {multiple}, found {levels + 1} "
            f"levels, which take multiples of {coarsest}"
        )
    network = DerustUNet(widths=widths, blocks=blocks, fills=fills)
    return Framed(filled(network, tensors, NAME), coarsest // 2, planes=1)
