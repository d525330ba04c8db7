"""DiffAugment: the critic sees real and made images changed alike, and cannot learn the real ones by heart.

Zhao et al. 2020, https://arxiv.org/abs/2006.10738: colour, translation and cutout, each differentiable. The
generator learns through them, and does not come to make changed images itself.
"""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor
from torch.nn.functional import pad

_SHIFT = 1 / 8
"""An image is moved by at most so much of its side."""

_CUT = 1 / 2
"""A square of so much of the side is taken out, or a pixel less, so that it has a middle."""


def changed(images: Tensor, chance: torch.Generator, ways: Sequence[str]) -> Tensor:
    """Return `images` (n, channels, side, side) in [0, 1], each changed by chance in `ways`; not clipped.

    `ways` are names in `WAYS`.
    """
    for way in ways:
        images = WAYS[way](images, chance)
    return images


def _recoloured(images: Tensor, chance: torch.Generator) -> Tensor:
    """Return the images brighter or darker, with more or less saturation and contrast."""
    brightness, saturation, contrast = (
        torch.rand(len(images), 1, 1, 1, generator=chance, device=images.device) for _ in range(3)
    )
    images = images + (brightness - 0.5) / 2  # half of the paper's ±0.5, whose images lie in [−1, 1]
    grey = images.mean(1, keepdim=True)
    images = grey + (images - grey) * 2 * saturation
    mean = images.mean((1, 2, 3), keepdim=True)
    return mean + (images - mean) * (contrast + 0.5)


def _moved(images: Tensor, chance: torch.Generator) -> Tensor:
    """Return the images moved by up to an eighth of the side; what comes in is black."""
    side = images.shape[-1]
    most = max(1, round(side * _SHIFT))
    down, right = torch.randint(
        2 * most + 1, (2, len(images)), generator=chance, device=images.device
    ).unbind()
    place = torch.arange(side, device=images.device)
    rows, columns = (place[None] + shift[:, None] for shift in (down, right))
    number = torch.arange(len(images), device=images.device)[:, None, None]
    padded = pad(images, [most] * 4).permute(0, 2, 3, 1)
    return padded[number, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def _cut_out(images: Tensor, chance: torch.Generator) -> Tensor:
    """Return the images with a square of about half the side made black: odd, with its middle anywhere."""
    side = images.shape[-1]
    middle = torch.randint(side, (2, len(images), 1), generator=chance, device=images.device)
    place = torch.arange(side, device=images.device)[None]
    inside = ((place - middle).abs() < side * _CUT / 2).to(images.dtype)
    return images * (1 - inside[0][:, None, :, None] * inside[1][:, None, None, :])


WAYS: Mapping[str, Callable[[Tensor, torch.Generator], Tensor]] = {
    "colour": _recoloured,
    "translation": _moved,
    "cutout": _cut_out,
}
"""By the name that recipes use."""
