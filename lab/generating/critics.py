"""The critics that generators learn against: judges of images, which are not shipped.

Each takes images (n, channels, side, side) in [0, 1], and returns its judgements (n, 1), higher for what it
takes for real. `features` are what it judges by.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from models.architectures.resnet_gan import SLOPE, Residual


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
    """Layers of plain neurons, `widths` wide: the first GAN's, leaky instead of maxout.

    `dropout` of them are left out by chance while it learns, as the first GAN's were.
    """

    def __init__(
        self,
        *,
        side: int,
        channels: int = 1,
        widths: Sequence[int],
        dropout: float = 0.0,
        deviation: bool = False,
    ) -> None:
        sizes = [channels * side * side, *widths]
        layers: list[nn.Module] = [nn.Flatten()]
        for inputs, outputs in pairwise(sizes):
            layers += [nn.Linear(inputs, outputs), nn.LeakyReLU(SLOPE), nn.Dropout(dropout)]
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
            layers.append(nn.LeakyReLU(SLOPE))
        super().__init__(nn.Sequential(*layers), widths[-1] * (side >> halvings) ** 2, deviation=deviation)


class Falling(nn.Module):
    """Halves the sides of the features, and changes their number."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.skip = nn.Conv2d(inputs, outputs, 1, bias=False)
        nn.init.kaiming_normal_(self.skip.weight, nonlinearity="linear")

    def forward(self, features: Tensor) -> Tensor:
        """Return the features at half the size."""
        return self.skip(avg_pool2d(features, 2))


class ResNetCritic(Critic):
    """The residual generator's mirror image: it reads four pixels at once, and is not normalised.

    `widths` are the numbers of feature maps, at half the image's `side` first; with `blocks` residual blocks
    each.
    """

    def __init__(
        self, *, side: int, channels: int, widths: Sequence[int], blocks: int = 1, deviation: bool = False
    ) -> None:
        layers: list[nn.Module] = [nn.PixelUnshuffle(2), nn.Conv2d(4 * channels, widths[0], 3, padding=1)]
        for level, width in enumerate(widths):
            if level:
                layers.append(Falling(widths[level - 1], width))
            layers += [Residual(width) for _ in range(blocks)]
        layers.append(nn.LeakyReLU(SLOPE))
        super().__init__(nn.Sequential(*layers), widths[-1] * (side >> len(widths)) ** 2, deviation=deviation)
