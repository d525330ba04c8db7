"""SCUNet: a U-Net of shifted windows and convolutions side by side.

Source: Zhang et al. 2023, https://arxiv.org/abs/2203.13278; the network is spandrel's. It takes
(n, 3, height, width) RGB in [0, 1] with sides that are multiples of 64.
"""

from collections.abc import Mapping
from typing import Any

from spandrel.architectures.SCUNet import SCUNet, SCUNetArch

from models.architectures.state import from_spandrel


def load(weights: Mapping[str, Any]) -> SCUNet:
    """Build the network from a checkpoint of colour SCUNet.

    Raises ValueError: weights of another architecture.
    """
    return from_spandrel(SCUNetArch(), weights).model
