"""NAFNet: a U-Net without activation functions.

Source: Chen et al. 2022, https://arxiv.org/abs/2204.04676; the network is spandrel's. It takes
(n, 3, height, width) RGB in [0, 1], and fills sides that its depth does not divide with zeros itself.
"""

from collections.abc import Mapping
from typing import Any

from spandrel.architectures.NAFNet import NAFNet, NAFNetArch

from models.architectures.state import from_spandrel


def load(weights: Mapping[str, Any]) -> NAFNet:
    """Build the network from a checkpoint of NAFNet.

    Raises ValueError: weights of another architecture.
    """
    return from_spandrel(NAFNetArch(), weights).model
