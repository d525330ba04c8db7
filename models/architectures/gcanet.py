"""A gated context aggregation network against haze, after GCANet.

Source: Chen et al. 2019, https://arxiv.org/abs/1811.08747. Written anew from the paper for own training: the
authors' code and checkpoints are for research only, and do not fit these names.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.functional import relu

from models.architectures.state import filled, shape_of, tensors_in

_DILATIONS = (2, 2, 2, 4, 4, 4, 1)
_MIDDLE = 4  # blocks before the second of the three feature maps that the gate weighs


class SharedSmoothing(nn.Module):
    """One kernel for all channels; before a convolution with gaps it keeps a grid from showing."""

    def __init__(self, side: int) -> None:
        super().__init__()
        kernel = torch.zeros(1, 1, side, side)
        kernel[..., side // 2, side // 2] = 1
        self.kernel = nn.Parameter(kernel)

    def forward(self, features: Tensor) -> Tensor:
        """Return the features smoothed, at the same size."""
        channels, side = features.shape[1], self.kernel.shape[-1]
        kernels = self.kernel.expand(channels, 1, side, side)
        return functional.conv2d(features, kernels, padding=side // 2, groups=channels)


def _convolution(width: int, dilation: int) -> nn.Sequential:
    smoothing = [SharedSmoothing(2 * dilation - 1)] if dilation > 1 else []
    convolution = nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation, bias=False)
    return nn.Sequential(*smoothing, convolution, nn.InstanceNorm2d(width, affine=True))


class ResidualBlock(nn.Module):
    """Two convolutions with gaps, added to what came in."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.first = _convolution(width, dilation)
        self.second = _convolution(width, dilation)

    def forward(self, features: Tensor) -> Tensor:
        """Return the features, same shape."""
        return relu(features + self.second(relu(self.first(features))))


class GCANet(nn.Module):
    """Predicts what must be added to a hazy photo, from it and its edges.

    Takes and returns (n, 3, height, width) RGB in [0, 1] with even sides. Inside, features are (n, width, …).
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            *_plain(4, width), *_plain(width, width), *_plain(width, width, stride=2)
        )
        self.blocks = nn.ModuleList(ResidualBlock(width, dilation) for dilation in _DILATIONS)
        self.gate = nn.Conv2d(3 * width, 3, 3, padding=1)
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(width, width, 4, stride=2, padding=1),
            nn.InstanceNorm2d(width, affine=True),
            nn.ReLU(),
            *_plain(width, width),
            nn.Conv2d(width, 3, 1),
        )

    def forward(self, image: Tensor) -> Tensor:
        """Return the clear image."""
        low = self.encoder(torch.cat([image, edges(image)], dim=1) - 0.5)
        middle = low
        for block in self.blocks[:_MIDDLE]:
            middle = block(middle)
        high = middle
        for block in self.blocks[_MIDDLE:]:
            high = block(high)
        near, between, far = self.gate(torch.cat([low, middle, high], dim=1)).chunk(3, dim=1)
        return image + self.decoder(near * low + between * middle + far * high)


def edges(image: Tensor) -> Tensor:
    """Return the mean absolute step to the next pixel, right and down, (n, 1, height, width) in [0, 1]."""
    across = functional.pad((image[..., 1:] - image[..., :-1]).abs(), (0, 1))
    down = functional.pad((image[..., 1:, :] - image[..., :-1, :]).abs(), (0, 0, 0, 1))
    return (across + down).mean(dim=1, keepdim=True) / 2


def _plain(inputs: int, outputs: int, stride: int = 1) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
    return [convolution, nn.InstanceNorm2d(outputs, affine=True), nn.ReLU()]


def load(weights: Mapping[str, Any]) -> GCANet:
    """Build the network from a checkpoint of this module; its width is read from the weights.

    Raises ValueError: weights of another architecture.
    """
    tensors = tensors_in(weights)
    width = shape_of(tensors, "encoder.0.weight", 4, "GCANet")[0]
    return filled(GCANet(width), tensors, "GCANet")
