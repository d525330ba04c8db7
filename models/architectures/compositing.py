"""What a network found of the rust, put together: clean pixels pass, and below the rust comes a surface.

R is the photo, m the mask, s the surface: the result is R·(1 − m) + s·m. Where m is below a floor it is
exactly 0, so that clean pixels pass as they are.

A network that fills knows what surrounds the rust: s begins with the photo where rust lets it through, and
with its clean surroundings where it does not.
"""

from math import log

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.architectures import push_pull

FLOOR = 0.02
"""A pixel that is rust with less certainty is clean, and not touched."""

_HALF_HIDDEN, _SHARPNESS = (0.5, 0.25, 0.1), 3.0
"""Thickness X by colour that hides half of the surface, and how fast the share rises with log X."""

_RIM, _SURELY = 2, 0.25
"""Surroundings are clean pixels: more than `_RIM` beside any whose mask is at least `_SURELY`."""

SURFACE, MASK, THICKNESS = slice(0, 3), slice(3, 4), slice(4, 5)
"""What the trunk gives for each pixel: what to add to it, and the logits of mask and thickness."""

Derusted = tuple[Tensor, Tensor, Tensor]
"""The restored image (n, 3, h, w) about [0, 1], the mask and the thickness (n, 1, h, w) in [0, 1].

The thickness X in Kubelka–Munk's units comes as X/(1 + X).
"""


def hidden_layer(group: int) -> nn.Conv2d:
    """Return the layer that tells from all that was found, in groups, how far each colour is hidden.

    It begins with what the thickness X says: of red light half is hidden at X = 0.5, of green at 0.25, of
    blue at 0.1, about as rust's pigments have it. Begun with nearly nothing hidden it would stay there: it is
    easier to go on inventing.
    """
    layer = nn.Conv2d(THICKNESS.stop * group**2, 3 * group**2, 3, padding=1)
    nn.init.zeros_(layer.weight)
    assert layer.bias is not None
    with torch.no_grad():
        for colour, half in enumerate(_HALF_HIDDEN):
            for pixel in range(group**2):
                number = colour * group**2 + pixel
                layer.weight[number, THICKNESS.start * group**2 + pixel, 1, 1] = _SHARPNESS
                layer.bias[number] = -_SHARPNESS * log(half)  # the logit of X/(1 + X) is log X
    return layer


def composited(
    image: Tensor, found: Tensor, hint: Tensor, *, learning: bool, hidden: Tensor | None = None
) -> Derusted:
    """Return the result of what a network `found`, (n, 5, height, width): see `SURFACE` and its neighbours.

    `hidden` (n, 3, height, width), logits, says of each colour how far the surface begins with what surrounds
    the rust instead of the photo; None: not at all.

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
    change = found[:, SURFACE]
    if hidden is not None:
        change = change + torch.sigmoid(hidden.to(change.dtype)) * (around(image, share) - image)
    return image + share * change, mask, thickness


def around(image: Tensor, mask: Tensor) -> Tensor:
    """Return what surrounds the rust, (n, 3, height, width): smooth, and the photo itself well beside it."""
    near = functional.max_pool2d(mask, 2 * _RIM + 1, stride=1, padding=_RIM)
    return push_pull.holes_filled(image, functional.relu(1 - near / _SURELY))
