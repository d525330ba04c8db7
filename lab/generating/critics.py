"""The critics that generators learn against: judges of images, which are not shipped.

Each takes images (n, channels, side, side) in [0, 1], and returns its judgements (n, 1), higher for what it
takes for real. `features` are what it judges by.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, leaky_relu

_SLOPE = 0.2


class Critic(nn.Module):
    """What all critics share: features, then one number.

    With `deviation`, a map of how much the features of a batch differ from each other stands beside them
    (Karras et al. 2018, https://arxiv.org/abs/1710.10196, after Salimans et al. 2016): a generator that makes
    the same image again and again is found out.
    """

    def __init__(self, body: nn.Module, features: int, *, deviation: bool) -> None:
        super().__init__()
        self.body, self.deviation = body, deviation
        self.judge = nn.Linear(features + deviation, 1)

    def features(self, images: Tensor) -> Tensor:
        """Return what the critic judges by, (n, features)."""
        return self.body(2 * images - 1).flatten(1)

    def forward(self, images: Tensor) -> Tensor:
        """Return the judgements, (n, 1)."""
        features = self.features(images)
        if self.deviation:
            spread = (features.var(0, correction=0) + 1e-8).sqrt().mean()
            features = torch.cat((features, spread.expand(len(features), 1)), 1)
        return self.judge(features)


class MLPCritic(Critic):
    """Layers of plain neurons, `widths` wide: the first GAN's, without its maxout and dropout."""

    def __init__(
        self, *, side: int, channels: int = 1, widths: Sequence[int], deviation: bool = False
    ) -> None:
        sizes = [channels * side * side, *widths]
        layers: list[nn.Module] = [nn.Flatten()]
        for inputs, outputs in pairwise(sizes):
            layers += [nn.Linear(inputs, outputs), nn.LeakyReLU(_SLOPE)]
        super().__init__(nn.Sequential(*layers), sizes[-1], deviation=deviation)


class ConvCritic(Critic):
    """DCGAN's: convolutions that halve the sides `halvings` times, batch normalised if `normalised`.

    `width` are the feature maps of the first; they double with each. WGAN-GP's critic must not be normalised
    by batches: its penalty is one of single images.
    """

    def __init__(
        self,
        *,
        side: int,
        channels: int,
        width: int,
        halvings: int,
        normalised: bool,
        deviation: bool = False,
    ) -> None:
        widths = [channels, *(width << level for level in range(halvings))]
        layers: list[nn.Module] = []
        for level, (inputs, outputs) in enumerate(pairwise(widths)):
            layers.append(nn.Conv2d(inputs, outputs, 4, stride=2, padding=1))
            if normalised and level:
                layers.append(nn.BatchNorm2d(outputs))
            layers.append(nn.LeakyReLU(_SLOPE))
        super().__init__(nn.Sequential(*layers), widths[-1] * (side >> halvings) ** 2, deviation=deviation)


class Falling(nn.Module):
    """Adds what two convolutions make of the features, then halves the sides."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, inputs, 3, padding=1)
        self.second = nn.Conv2d(inputs, inputs, 3, padding=1)
        self.skip = nn.Conv2d(inputs, outputs, 1, bias=False)
        nn.init.zeros_(self.second.weight)

    def forward(self, features: Tensor) -> Tensor:
        """Return the features at half the size."""
        inner = self.second(leaky_relu(self.first(leaky_relu(features, _SLOPE)), _SLOPE))
        return self.skip(avg_pool2d(features + inner, 2))


class ResNetCritic(Critic):
    """The residual generator's mirror image, without normalisation."""

    def __init__(
        self,
        *,
        side: int,
        channels: int,
        width: int,
        halvings: int,
        widest: int = 256,
        deviation: bool = False,
    ) -> None:
        widths = [min(widest, width << level) for level in range(halvings + 1)]
        body = nn.Sequential(
            nn.Conv2d(channels, width, 3, padding=1),
            *(Falling(inputs, outputs) for inputs, outputs in pairwise(widths)),
            nn.LeakyReLU(_SLOPE),
        )
        super().__init__(body, widths[-1] * (side >> halvings) ** 2, deviation=deviation)
