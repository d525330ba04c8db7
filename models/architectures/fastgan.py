"""FastGAN's generator: what small feature maps found switches channels of the large ones.

Source: Liu et al. 2021, https://arxiv.org/abs/2101.04775, section 3.1 and its appendix. Written anew. Layers
stand in the order that the authors' implementation and the one behind the `huggan` checkpoints share; both
ways of naming them are read (`_NAMES`). The checkpoints themselves have not been opened.
"""

import re
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from models.architectures.state import filled, shape_of, tensors_in, without_spectral_norm

_SHARES = {4: 16, 8: 8, 16: 4, 32: 2, 64: 2, 128: 1, 256: 1 / 2, 512: 1 / 4, 1024: 1 / 8}
"""Side → channels, in units of `width`."""

_EXCITED = {64: 4, 128: 8, 256: 16, 512: 32}
"""Side of the map whose channels are switched → side of the map that switches them."""

_NAMES = (
    (r"\._(layers|conv)\b", ""),
    (r"\.(main|init)\.", "."),
    (r"\._weight$", ".weight"),
    (r"^_?init\.", "first."),
    (r"^(_upsample|feat)_", "up_"),
    (r"^(_sle|se)_", "sle_"),
    (r"^(_out_1024\.0|to_big)\.", "to_rgb."),
)
"""Patterns of either naming, and what stands for them here."""


class FixedNoise(nn.Module):
    """Adds the same noise map to every image, at a learned strength.

    In training it is drawn anew each time; here it is fixed, so that the same latent gives the same image.
    """

    noise: Tensor

    def __init__(self, side: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        noise = torch.randn(1, 1, side, side, generator=torch.Generator().manual_seed(side))
        self.register_buffer("noise", noise, persistent=False)

    def forward(self, features: Tensor) -> Tensor:
        """Return the features, same shape."""
        return features + self.weight * self.noise


def _gated(inputs: int, outputs: int, noise: list[nn.Module]) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, 2 * outputs, 3, padding=1, bias=False)
    return [convolution, *noise, nn.BatchNorm2d(2 * outputs), nn.GLU(dim=1)]


def _doubling(inputs: int, outputs: int, side: int) -> nn.Sequential:
    """Return what leads to a map of `side`: two noisy convolutions at 8, 32, 128, 512, else a plain one."""
    upsampling = nn.Upsample(scale_factor=2, mode="nearest")
    if side not in (8, 32, 128, 512):
        return nn.Sequential(upsampling, *_gated(inputs, outputs, []))
    first = _gated(inputs, outputs, [FixedNoise(side)])
    return nn.Sequential(upsampling, *first, *_gated(outputs, outputs, [FixedNoise(side)]))


def _excitation(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.AdaptiveAvgPool2d(4),
        nn.Conv2d(inputs, outputs, 4, bias=False),
        nn.SiLU(),
        nn.Conv2d(outputs, outputs, 1, bias=False),
        nn.Sigmoid(),
    )


class FastGAN(nn.Module):
    """Makes images of `side` pixels (256, 512 or 1024) from latents of `latent` numbers.

    `width` is the number of feature maps at 128 pixels, a multiple of 8. Takes (n, latent), standard normal;
    returns (n, 3, side, side) RGB in [0, 1].
    """

    def __init__(self, *, latent: int = 256, width: int = 64, side: int = 1024) -> None:
        super().__init__()
        channels = {size: int(share * width) for size, share in _SHARES.items() if size <= side}
        self.first = nn.Sequential(
            nn.ConvTranspose2d(latent, 2 * channels[4], 4, bias=False),
            nn.BatchNorm2d(2 * channels[4]),
            nn.GLU(dim=1),
        )
        self.sides = [size for size in channels if size > 4]
        for size in self.sides:
            self.add_module(f"up_{size}", _doubling(channels[size // 2], channels[size], size))
        for size in _EXCITED.keys() & channels.keys():
            self.add_module(f"sle_{size}", _excitation(channels[_EXCITED[size]], channels[size]))
        self.to_rgb = nn.Conv2d(channels[side], 3, 3, padding=1, bias=False)

    def forward(self, latent: Tensor) -> Tensor:
        """Return the images."""
        features = self.first(latent[:, :, None, None])
        maps = {4: features}
        for side in self.sides:
            features = self.get_submodule(f"up_{side}")(features)
            if side in _EXCITED:
                features = features * self.get_submodule(f"sle_{side}")(maps[_EXCITED[side]])
            maps[side] = features
        return self.to_rgb(features).tanh() / 2 + 0.5


def load(weights: Mapping[str, Any]) -> FastGAN:
    """Build the generator from a checkpoint; its sizes are read from the weights.

    Raises ValueError: weights of another architecture.
    """
    tensors = {_own_name(name): tensor for name, tensor in tensors_in(weights).items()}
    needed = {name: tensor for name, tensor in tensors.items() if not name.startswith(("_out_128", "to_128"))}
    folded = without_spectral_norm(needed, transposed=("first.0",))
    latent, outputs = shape_of(folded, "first.0.weight", 4, "FastGAN")[:2]
    side = max((size for size in _SHARES if f"up_{size}.1.weight" in folded), default=0)
    if side not in (256, 512, 1024) or outputs < 256 or outputs % 256:
        raise ValueError(
            f"expected weights of FastGAN for 256, 512 or 1024 pixels with a multiple of 256 first channels, "
            f"found {side} pixels with {outputs}"
        )
    return filled(FastGAN(latent=latent, width=outputs // 32, side=side), folded, "FastGAN")


def _own_name(name: str) -> str:
    for pattern, replacement in _NAMES:
        name = re.sub(pattern, replacement, name)
    return name
