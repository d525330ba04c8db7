"""The law of haze as the last layer of a network: I = J·t + A·(1 − t), solved for the clear photo J.

I is the hazy photo, t the transmission, A the airlight (Koschmieder 1924).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

LEAST_TRANSMISSION = 0.1
"""Thicker haze is left as if it were this thin: contrast is raised at most tenfold. As in He et al. 2009."""

DARKEST_AIRLIGHT = 0.05
"""No airlight is taken to be darker: hazy photos are divided by it."""

_CORRECTION = 0.5  # how far, at most, a network moves the airlight that it was told


def begin_clear(tail: nn.Conv2d, group: int) -> None:
    """Make an untrained network take its photo for nearly clear, t = 0.96, and so leave it nearly as it is.

    `tail` is its last layer, whose first `group`² channels become the transmission, the rest an addition.
    """
    nn.init.zeros_(tail.weight)
    assert tail.bias is not None
    nn.init.zeros_(tail.bias)
    nn.init.constant_(tail.bias[: group**2], 3.0)


def transmission_of(logits: Tensor) -> Tensor:
    """Return t in (0.1, 1) of `logits`, same shape, any numbers."""
    return LEAST_TRANSMISSION + (1 - LEAST_TRANSMISSION) * torch.sigmoid(logits)


def airlight_near(told: Tensor, correction: Tensor, enlarge: int) -> Tensor:
    """Return the airlight A, a smooth map (n, 3, height, width) in [0.05, 1].

    `told` is (n, 3, 1, 1) in [0, 1]; `correction` (n, 3, height/enlarge, width/enlarge), any numbers, says
    how it differs from place to place.
    """
    coarse = told + _CORRECTION * torch.tanh(correction)
    map_ = functional.interpolate(coarse, scale_factor=enlarge, mode="bilinear", align_corners=False)
    return map_.clamp(DARKEST_AIRLIGHT, 1.0)  # a whole 1 could not be exported to ONNX


def clear(image: Tensor, transmission: Tensor, airlight: Tensor) -> Tensor:
    """Return J = (I − A)/t + A, (n, 3, height, width), not clipped.

    >>> image, t = torch.full((1, 3, 1, 1), 0.6), torch.full((1, 1, 1, 1), 0.5)
    >>> round(clear(image, t, torch.full((1, 3, 1, 1), 0.8)).mean().item(), 4)
    0.4
    """
    return (image - airlight) / transmission + airlight
