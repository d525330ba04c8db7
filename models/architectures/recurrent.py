"""What recurrent networks keep in mind from one step to the next."""

import torch
from torch import Tensor, nn


class ConvGRU(nn.Module):
    """A gated recurrent unit of 3 × 3 convolutions: keeps, forgets and adds, at each place for itself.

    (Ballas et al. 2016, https://arxiv.org/abs/1511.06432)
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gates = nn.Conv2d(2 * width, 2 * width, 3, padding=1)
        self.candidate = nn.Conv2d(2 * width, width, 3, padding=1)

    def forward(self, features: Tensor, memory: Tensor) -> Tensor:
        """Return the new memory; all are (n, width, height, width)."""
        update, reset = self.gates(torch.cat((features, memory), 1)).sigmoid().chunk(2, 1)
        candidate = torch.tanh(self.candidate(torch.cat((features, reset * memory), 1)))
        return memory + update * (candidate - memory)
