"""Filling holes smoothly from what lies around them, inside a network.

Known pixels are averaged over squares of 2, 4, 8, … pixels (push); then every hole takes the colour of the
smallest square that knows one (pull). Gortler, Grzeszczuk, Szeliski, Cohen 1996, "The Lumigraph".
"""

from torch import Tensor
from torch.nn import functional

LEVELS = 5
"""How often squares are doubled: the sides of an image must be multiples of `COARSEST`."""

COARSEST = 2**LEVELS

REACH = 4 * COARSEST
"""How far a hole looks for a colour, in pixels: the coarsest squares are averaged that far around."""

_ANYTHING = 1e-3  # what unknown pixels count: their own colour, where nothing better is in reach


def holes_filled(image: Tensor, known: Tensor) -> Tensor:
    """Return `image` (n, channels, h, w) where `known` is 1, and a smooth fill from around where it is 0.

    `known` is (n, 1, h, w) from 0 to 1; between them the two are blended. What has nothing known within
    `REACH` gets the mean colour of what is there.

    >>> import torch
    >>> row = torch.full((1, 1, 32, 32), 0.2)
    >>> row[..., 14:18, 14:18] = 0.9
    >>> round(holes_filled(row, (row < 0.5).float())[..., 16, 16].item(), 2)
    0.2
    """
    weight = known.float().clamp_min(_ANYTHING)
    colour = image.float() * weight
    levels: list[tuple[Tensor, Tensor]] = []
    for _ in range(LEVELS):
        levels.append((colour, weight))
        colour, weight = functional.avg_pool2d(colour, 2), functional.avg_pool2d(weight, 2)
    fill = _spread(colour) / _spread(weight)
    fill = fill + (colour / weight - fill) * _trust(weight)
    for level, (colour, weight) in reversed(list(enumerate(levels))):
        around = functional.interpolate(fill, scale_factor=2.0, mode="bilinear", align_corners=False)
        fill = around + (colour / weight - around) * (_trust(weight) if level else weight)
    return fill.to(image.dtype)


def _spread(coarse: Tensor) -> Tensor:
    """Return the mean of the squares within `REACH` of each."""
    cells = REACH // COARSEST
    return functional.avg_pool2d(coarse, 2 * cells + 1, stride=1, padding=cells, count_include_pad=False)


def _trust(weight: Tensor) -> Tensor:
    """A little certainty is enough at a coarser scale, or distant places would wash out near ones."""
    return (4 * weight).clamp_max(1.0)
