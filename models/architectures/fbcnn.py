"""FBCNN: a U-Net against JPEG's traces, steered by the quality the photo was saved with.

Source: Jiang et al. 2021, https://arxiv.org/abs/2109.14573; the layers are spandrel's.
"""

from collections.abc import Mapping
from typing import Any

import torch
from spandrel.architectures.FBCNN import FBCNN, FBCNNArch
from torch import Tensor, nn

from models.architectures.state import from_spandrel


class KnownQuality(nn.Module):
    """FBCNN with the quality as a knob.

    `image` is (n, 3, height, width) RGB in [0, 1] with sides that are multiples of 8; `quality` is
    (n, 1, 1, 1) in [0, 100], where 0 lets the network estimate it. The layers are run here one by one,
    because spandrel's own pass takes one quality for all images, and rounds sizes outside of torch, which
    cannot be exported.
    """

    def __init__(self, layers: FBCNN) -> None:
        super().__init__()
        self.layers = layers

    def forward(self, image: Tensor, quality: Tensor) -> Tensor:
        """Return the image without JPEG's traces."""
        layers = self.layers
        head = layers.m_head(image)
        half = layers.m_down1(head)
        quarter = layers.m_down2(half)
        eighth = layers.m_down3(quarter)
        body = layers.m_body_encoder(eighth)
        damage = self._damage(body, quality.flatten(1))
        traits = layers.qf_embed(damage)
        x = layers.m_body_decoder(body) + eighth
        x = self._widen(layers.m_up3, x, layers.to_gamma_3(traits), layers.to_beta_3(traits)) + quarter
        x = self._widen(layers.m_up2, x, layers.to_gamma_2(traits), layers.to_beta_2(traits)) + half
        x = self._widen(layers.m_up1, x, layers.to_gamma_1(traits), layers.to_beta_1(traits)) + head
        return layers.m_tail(x)

    def _damage(self, body: Tensor, quality: Tensor) -> Tensor:
        """Return 1 − quality / 100, (n, 1): the given one, or the network's estimate where that is 0."""
        given = (1 - quality / 100).to(body.dtype)
        return torch.where(quality > 0, given, self.layers.qf_pred(body))

    @staticmethod
    def _widen(level: nn.ModuleList, x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        """Return `x` at twice the size, after one level's upsampling and steered blocks."""
        x = level[0](x)
        for block in list(level)[1:]:
            x = block(x, gamma, beta)
        return x


def load(weights: Mapping[str, Any]) -> KnownQuality:
    """Build the network from a checkpoint of colour FBCNN.

    Raises ValueError: weights of another architecture.
    """
    return KnownQuality(from_spandrel(FBCNNArch(), weights).model).eval()
