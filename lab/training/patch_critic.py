"""A critic that tells restored photos from true ones, patch by patch, beside the damaged photo.

Its shape is that of pix2pix's discriminator (Isola et al. 2017, https://arxiv.org/abs/1611.07004), narrower,
and with the kernels of the last two layers chosen so that each judgement sees 70 × 70 pixels of photos of any
size. Spectral normalisation (Miyato et al. 2018, https://arxiv.org/abs/1802.05957) keeps it from running
ahead of what it judges; other than batch normalisation, it lets each photo be judged alone, however a batch
is cut.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

_HALVINGS = 3


class PatchCritic(nn.Module):
    """Damaged photo and candidate in; for each place, how true the candidate looks: 1 true, 0 made up.

    `width` are the channels of the first layer, twice as many in each further one. The sides of photos are
    multiples of 8.
    """

    def __init__(self, *, width: int) -> None:
        super().__init__()
        widths = [6, *(width * 2**number for number in range(_HALVINGS))]
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [spectral_norm(nn.Conv2d(before, after, 4, stride=2, padding=1)), nn.LeakyReLU(0.2)]
        layers += [spectral_norm(nn.Conv2d(widths[-1], 2 * widths[-1], 3, padding=1)), nn.LeakyReLU(0.2)]
        layers.append(spectral_norm(nn.Conv2d(2 * widths[-1], 1, 5, padding=2)))
        self.layers = nn.Sequential(*layers)

    def forward(self, damaged: Tensor, candidate: Tensor) -> Tensor:
        """Return the judgements, (n, 1, height / 8, width / 8).

        Both photos are (n, 3, height, width) in [0, 1].
        """
        return self.layers(2 * torch.cat((damaged, candidate), 1) - 1)
