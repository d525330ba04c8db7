"""AOD-Net: five small layers that take haze off.

Source: Li et al. 2017, https://arxiv.org/abs/1707.06543, figure 3. Written anew; parameters are called
conv1 to conv5, and "e_conv1" to "e_conv5", as a widespread port calls them, are accepted.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from models.architectures.state import filled, tensors_in


class AODNet(nn.Module):
    """Estimates K from the hazy image I; the clean one is J = K·I − K + b with b = 1.

    Takes and returns (n, 3, height, width) RGB in [0, 1], of any size. The result is not below 0.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 3, 1)
        self.conv2 = nn.Conv2d(3, 3, 3, padding=1)
        self.conv3 = nn.Conv2d(6, 3, 5, padding=2)
        self.conv4 = nn.Conv2d(6, 3, 7, padding=3)
        self.conv5 = nn.Conv2d(12, 3, 3, padding=1)

    def forward(self, image: Tensor) -> Tensor:
        """Return the clear image."""
        first = relu(self.conv1(image))
        second = relu(self.conv2(first))
        third = relu(self.conv3(torch.cat([first, second], dim=1)))
        fourth = relu(self.conv4(torch.cat([second, third], dim=1)))
        k = relu(self.conv5(torch.cat([first, second, third, fourth], dim=1)))
        return relu(k * image - k + 1)


def load(weights: Mapping[str, Any]) -> AODNet:
    """Build the network from a checkpoint of AOD-Net.

    Raises ValueError: weights of another architecture.
    """
    tensors = {name.removeprefix("e_"): tensor for name, tensor in tensors_in(weights).items()}
    return filled(AODNet(), tensors, "AOD-Net")
