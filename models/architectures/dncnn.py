"""DnCNN: a stack of convolutions that predicts the noise.

Source: Zhang et al. 2017, https://doi.org/10.1109/TIP.2017.2662206; the network is spandrel's. It takes
(n, 3, height, width) RGB in [0, 1] of any size.
"""

from collections.abc import Mapping
from typing import Any

from spandrel.architectures.DnCNN import DnCNN, DnCNNArch

from models.architectures.state import from_spandrel


def load(weights: Mapping[str, Any]) -> DnCNN:
    """Build the network from a checkpoint of colour DnCNN.

    Raises ValueError: weights of another architecture, or of FDnCNN, which takes a noise level.
    """
    network = from_spandrel(DnCNNArch(), weights).model
    if network.mode != "DnCNN":
        raise ValueError("expected weights of DnCNN, found FDnCNN, which takes a noise level")
    return network
