"""How unlike two sets of images are, without a trained network: to watch a training, and choose its weights.

It is the Fréchet distance of features that a small random network sees: random filters of two scales, as a
fixed seed gives them. It is no FID, and says little of what people see.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

_SEED = 1
_FILTERS = 24


def distance(one: NDArray[np.floating[Any]], other: NDArray[np.floating[Any]]) -> float:
    """Return the distance of two sets (n, channels, side, side) in [0, 1], 0 for the same one.

    >>> grey = np.random.default_rng(0).uniform(size=(64, 1, 28, 28))
    >>> round(distance(grey, grey), 3), distance(grey, grey / 2) > 1
    (0.0, True)
    """
    return frechet(features(one), features(other))


def features(images: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Return what the random network sees of `images`, (n, 72) float64."""
    chance = torch.Generator().manual_seed(_SEED)
    channels = images.shape[1]
    fine = torch.randn(_FILTERS, channels, 5, 5, generator=chance) / (channels * 25) ** 0.5
    coarse = torch.randn(2 * _FILTERS, _FILTERS, 5, 5, generator=chance) / (_FILTERS * 25) ** 0.5
    with torch.no_grad():
        seen = torch.from_numpy(np.ascontiguousarray(images, dtype=np.float32)) * 4 - 2
        first = functional.relu(functional.conv2d(seen, fine, stride=2, padding=2))
        second = functional.relu(functional.conv2d(first, coarse, stride=2, padding=2))
        pooled = torch.cat((first.mean((2, 3)), second.mean((2, 3))), 1)
    return 10 * pooled.double().numpy()


def frechet(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2·(Σ₁Σ₂)^½) of two sets of features (n, d).

    Dowson and Landau 1982; as in Heusel et al. 2017, https://arxiv.org/abs/1706.08500.
    """
    means = one.mean(0) - other.mean(0)
    first, second = (np.cov(each, rowvar=False) for each in (one, other))
    values, vectors = np.linalg.eigh(first)
    root = vectors * np.sqrt(np.clip(values, 0, None)) @ vectors.T
    shared = np.sqrt(np.clip(np.linalg.eigvalsh(root @ second @ root), 0, None)).sum()  # tr (Σ₁Σ₂)^½
    return max(0.0, float(means @ means + np.trace(first + second) - 2 * shared))
