"""SwinIR at the photo's own size: attention in shifted windows.

Source: Liang et al. 2021, https://arxiv.org/abs/2108.10257; the network is spandrel's, which multiplies by
255 inside where the checkpoint wants it (those against JPEG, known by their windows of 7 pixels). It takes
(n, 3, height, width) RGB in [0, 1], and mirrors what is missing to whole windows itself.
"""

from collections.abc import Mapping
from typing import Any

from spandrel.architectures.SwinIR import SwinIR, SwinIRArch

from models.architectures.state import from_spandrel


def load(weights: Mapping[str, Any]) -> SwinIR:
    """Build the network from a colour checkpoint of SwinIR that does not enlarge.

    Raises ValueError: weights of another architecture, or of a SwinIR that enlarges or takes grey images.
    """
    return from_spandrel(SwinIRArch(), weights).model
