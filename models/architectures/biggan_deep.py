"""BigGAN-deep's generator.

Source: Brock et al. 2019, https://arxiv.org/abs/1809.11096, appendix B. Layers are laid out and called as in
Hugging Face's port (https://github.com/huggingface/pytorch-pretrained-BigGAN, MIT), read there and written
anew, so that its checkpoints fit. The checkpoints themselves have not been opened.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.functional import relu

from models.architectures.state import filled, shape_of, tensors_in, without_spectral_norm

_EPSILON = 1e-4
_NAME = "BigGAN-deep"
_STATISTICS = 51  # means and variances for truncations of 0, 0.02, …, 1


class Normalisation(nn.Module):
    """Batch normalisation whose scale and offset follow the class and the latent (`condition`)."""

    running_means: Tensor
    running_vars: Tensor

    def __init__(self, channels: int, condition: int) -> None:
        super().__init__()
        self.register_buffer("running_means", torch.zeros(channels))
        self.register_buffer("running_vars", torch.ones(channels))
        self.scale = nn.Linear(condition, channels, bias=False)
        self.offset = nn.Linear(condition, channels, bias=False)

    def forward(self, features: Tensor, condition: Tensor) -> Tensor:
        """Return the features, same shape."""
        plain = functional.batch_norm(features, self.running_means, self.running_vars, eps=_EPSILON)
        scale, offset = 1 + self.scale(condition), self.offset(condition)
        return plain * scale[..., None, None] + offset[..., None, None]


class LastNormalisation(nn.Module):
    """Batch normalisation with learned scale and offset."""

    running_means: Tensor
    running_vars: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer("running_means", torch.zeros(channels))
        self.register_buffer("running_vars", torch.ones(channels))
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, features: Tensor) -> Tensor:
        """Return the features, same shape."""
        return functional.batch_norm(
            features, self.running_means, self.running_vars, self.weight, self.bias, eps=_EPSILON
        )


class Block(nn.Module):
    """A bottleneck of four convolutions beside a shortcut that drops channels; it may double the sides."""

    def __init__(self, inputs: int, outputs: int, condition: int, *, doubles: bool) -> None:
        super().__init__()
        middle = inputs // 4
        self.doubles = doubles
        self.outputs = outputs
        self.bn_0, self.conv_0 = Normalisation(inputs, condition), nn.Conv2d(inputs, middle, 1)
        self.bn_1, self.conv_1 = Normalisation(middle, condition), nn.Conv2d(middle, middle, 3, padding=1)
        self.bn_2, self.conv_2 = Normalisation(middle, condition), nn.Conv2d(middle, middle, 3, padding=1)
        self.bn_3, self.conv_3 = Normalisation(middle, condition), nn.Conv2d(middle, outputs, 1)

    def forward(self, features: Tensor, condition: Tensor) -> Tensor:
        """Return the features with `outputs` channels, at twice the size if the block doubles."""
        x = self.conv_0(relu(self.bn_0(features, condition)))
        x = self.conv_1(self._resized(relu(self.bn_1(x, condition))))
        x = self.conv_2(relu(self.bn_2(x, condition)))
        x = self.conv_3(relu(self.bn_3(x, condition)))
        return x + self._resized(features[:, : self.outputs])

    def _resized(self, features: Tensor) -> Tensor:
        return functional.interpolate(features, scale_factor=2.0) if self.doubles else features


class Attention(nn.Module):
    """Adds to each place what similar places, at half the resolution, found."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.snconv1x1_theta = nn.Conv2d(channels, channels // 8, 1, bias=False)
        self.snconv1x1_phi = nn.Conv2d(channels, channels // 8, 1, bias=False)
        self.snconv1x1_g = nn.Conv2d(channels, channels // 2, 1, bias=False)
        self.snconv1x1_o_conv = nn.Conv2d(channels // 2, channels, 1, bias=False)
        self.gamma = nn.Parameter(torch.zeros(1))

    def forward(self, features: Tensor, _condition: Tensor) -> Tensor:
        """Return the features, same shape."""
        query = self.snconv1x1_theta(features).flatten(2)
        key = functional.max_pool2d(self.snconv1x1_phi(features), 2).flatten(2)
        value = functional.max_pool2d(self.snconv1x1_g(features), 2).flatten(2)
        weights = (query.transpose(1, 2) @ key).softmax(dim=-1)
        found = (value @ weights.transpose(1, 2)).unflatten(2, features.shape[2:])
        return features + self.gamma * self.snconv1x1_o_conv(found)


class BigGANDeep(nn.Module):
    """Makes images from latents and classes.

    `blocks` are the (inputs, outputs) of the blocks, of which every second doubles the sides from 4;
    `attention` is the place of the attention layer among the layers. Takes (n, latent), standard normal, and
    class numbers (n,); returns (n, 3, side, side) RGB in [0, 1], where each doubling makes the side twice 4.
    Latents are multiplied by `truncation`: the lower, the more typical and the less varied are the images.
    """

    def __init__(
        self,
        *,
        blocks: tuple[tuple[int, int], ...],
        attention: int,
        latent: int = 128,
        classes: int = 1000,
        truncation: float = 1.0,
    ) -> None:
        super().__init__()
        condition, last = 2 * latent, blocks[-1][1]
        self.truncation = truncation
        self.embeddings = nn.Linear(classes, latent, bias=False)
        layers: list[nn.Module] = [
            Block(inputs, outputs, condition, doubles=place % 2 == 1)
            for place, (inputs, outputs) in enumerate(blocks)
        ]
        layers.insert(attention, Attention(blocks[attention][0]))
        self.generator = nn.ModuleDict(
            {
                "gen_z": nn.Linear(condition, 16 * blocks[0][0]),
                "layers": nn.ModuleList(layers),
                "bn": LastNormalisation(last),
                "conv_to_rgb": nn.Conv2d(last, last, 3, padding=1),
            }
        )

    def forward(self, latent: Tensor, classes: Tensor) -> Tensor:
        """Return the images."""
        parts = self.generator
        # The original draws numbers beyond ±2 again; drawing them in to ±2 keeps a seed's image the same.
        drawn = self.truncation * latent.clamp(-2, 2)
        condition = torch.cat([drawn, self.embeddings.weight.T[classes]], dim=1)
        features = parts["gen_z"](condition).unflatten(1, (4, 4, -1)).permute(0, 3, 1, 2)
        for layer in parts["layers"].children():
            features = layer(features, condition)
        colours = parts["conv_to_rgb"](relu(parts["bn"](features)))[:, :3]
        return colours.tanh() / 2 + 0.5


def load(weights: Mapping[str, Any], *, truncation: float = 0.5) -> BigGANDeep:
    """Build the generator from a checkpoint; its sizes are read from the weights.

    `truncation` is above 0 and at most 1, in steps of 0.02: the checkpoint keeps statistics for those.

    Raises ValueError: weights of another architecture, or a truncation out of range.
    """
    if not 0.02 <= truncation <= 1:
        raise ValueError(f"expected a truncation from 0.02 to 1, found {truncation}")
    tensors = _at_truncation(without_spectral_norm(tensors_in(weights)), truncation)
    latent, classes = shape_of(tensors, "embeddings.weight", 2, _NAME)
    blocks, attention = _layout(tensors)
    module = BigGANDeep(
        blocks=blocks, attention=attention, latent=latent, classes=classes, truncation=truncation
    )
    return filled(module, tensors, _NAME)


def _at_truncation(tensors: Mapping[str, Tensor], truncation: float) -> dict[str, Tensor]:
    """Return `tensors` with only the statistics for `truncation` left of each table of 51."""
    row = round(truncation * (_STATISTICS - 1))
    tables = {name for name in tensors if name.endswith((".running_means", ".running_vars"))}
    for name in tables:
        if shape_of(tensors, name, 2, _NAME)[0] != _STATISTICS:
            raise ValueError(
                f"expected weights of {_NAME} with {_STATISTICS} rows in '{name}', "
                f"found {tensors[name].shape[0]}"
            )
    return {name: tensor[row] if name in tables else tensor for name, tensor in tensors.items()}


def _layout(tensors: Mapping[str, Tensor]) -> tuple[tuple[tuple[int, int], ...], int]:
    """Return the (inputs, outputs) of each block, and the place of the attention layer."""
    numbers = {int(name.split(".")[2]) for name in tensors if name.startswith("generator.layers.")}
    attention = [n for n in numbers if f"generator.layers.{n}.gamma" in tensors]
    if len(attention) != 1 or len(numbers) < 3 or numbers != set(range(len(numbers))):
        raise ValueError(
            f"expected weights of {_NAME} with layers from 0 on, one of them attention, "
            f"found {len(numbers)} with {len(attention)}"
        )
    sizes = [
        (
            shape_of(tensors, f"generator.layers.{n}.conv_0.weight", 4, _NAME)[1],
            shape_of(tensors, f"generator.layers.{n}.conv_3.weight", 4, _NAME)[0],
        )
        for n in sorted(numbers - set(attention))
    ]
    if attention[0] >= len(sizes):
        raise ValueError(f"expected weights of {_NAME} with blocks after the attention layer, found none")
    return tuple(sizes), attention[0]
