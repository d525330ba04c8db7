"""A U-Net that finds rust, tells how thick it is, and puts back the surface, there and nowhere else.

R is the photo, m the mask, s the surface: the result is R·(1 − m) + s·m. Where m is below a floor it is
exactly 0, so that clean pixels pass as they are. It works on groups of 2 × 2 pixels, as `unet` does.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.architectures.framed import Framed
from models.architectures.state import filled, shape_of, tensors_in
from models.architectures.unet import Trunk

NAME = "the derusting U-Net"

GROUP = 2
"""Side of the pixel groups."""

FLOOR = 0.02
"""A pixel that is rust with less certainty is clean, and not touched."""

SURFACE, MASK, THICKNESS = slice(0, 3), slice(3, 4), slice(4, 5)
"""What the trunk gives for each pixel: what to add to it, and the logits of mask and thickness."""

Derusted = tuple[Tensor, Tensor, Tensor]
"""The restored image (n, 3, h, w) about [0, 1], the mask and the thickness (n, 1, h, w) in [0, 1].

The thickness X in Kubelka–Munk's units comes as X/(1 + X).
"""


class DerustUNet(nn.Module):
    """Rusty photo in; restored photo, mask and thickness out.

    `widths` and `blocks` are those of `unet.Trunk`. The sides of the image must be multiples of 2^levels: 16
    for four levels.
    """

    def __init__(self, *, widths: Sequence[int], blocks: int) -> None:
        super().__init__()
        self.trunk = Trunk(4 * GROUP**2, THICKNESS.stop * GROUP**2, widths, blocks)

    def forward(self, image: Tensor, hint: Tensor | None = None) -> Derusted:
        """Return what `image` (n, 3, height, width) in [0, 1] looked like before it rusted.

        `hint` (n, 1, height, width) is what a person painted: 1 about here is rust, −1 here is none, 0 nobody
        said. Where it is −1 nothing is changed.
        """
        hint = torch.zeros_like(image[:, :1]) if hint is None else hint
        groups = functional.pixel_unshuffle(torch.cat((image, hint), 1), GROUP)
        found = functional.pixel_shuffle(self.trunk.run(groups), GROUP)
        return composited(image, found, hint, learning=self.training)


def composited(image: Tensor, found: Tensor, hint: Tensor, *, learning: bool) -> Derusted:
    """Return the result of what a network `found`, (n, 5, height, width): see `SURFACE` and its neighbours.

    While `learning` there is no floor, since below it nothing could be learnt, and all is float32; the image
    says nothing to the mask, which would else fade away while the surface is still bad.
    """
    found = found.float() if learning else found
    mask = torch.sigmoid(found[:, MASK])
    if not learning:
        mask = functional.relu(mask - FLOOR) / (1 - FLOOR)
    mask = mask * (hint > -0.5)
    thickness = torch.sigmoid(found[:, THICKNESS]) * (mask > 0)
    share = mask.detach() if learning else mask
    return image + share * found[:, SURFACE], mask, thickness


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
    coarsest = GROUP * 2**levels
    if multiple % coarsest:
        raise ValueError(
            f"expected weights of {NAME} for sides that are multiples of {multiple}, found {levels + 1} "
            f"levels, which take multiples of {coarsest}"
        )
    return Framed(filled(DerustUNet(widths=widths, blocks=blocks), tensors, NAME), coarsest // 2, planes=1)
