"""FDnCNN: DnCNN that is told the noise level.

Source: Zhang et al. 2018, https://arxiv.org/abs/1710.04026; the network is spandrel's.
"""

from collections.abc import Mapping
from typing import Any

from spandrel.architectures.DnCNN import DnCNNArch

from models.architectures.drunet import LevelMap
from models.architectures.state import from_spandrel


def load(weights: Mapping[str, Any]) -> LevelMap:
    """Build the network from a checkpoint of colour FDnCNN.

    Raises ValueError: weights of another architecture, or of DnCNN, which takes no noise level.
    """
    network = from_spandrel(DnCNNArch(), weights).model
    if network.mode != "FDnCNN":
        raise ValueError("expected weights of FDnCNN, found DnCNN, which takes no noise level")
    return LevelMap(network).eval()
