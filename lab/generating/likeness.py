"""How unlike two sets of images are, without a trained network: to watch a training, and choose its weights.

It is the Fréchet distance of features that a small random network sees: random filters of two scales, as a
fixed seed gives them, averaged over each field of a coarse grid, so that it matters where something is. It is
no FID, and says little of what people see.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import adaptive_avg_pool2d, conv2d, relu

_SEED = 1
_FILTERS = 24
_GRID = 4
_FEATURES = 48


def distance(one: NDArray[np.floating[Any]], other: NDArray[np.floating[Any]]) -> float:
    """Return the distance of two sets (n, channels, side, side) in [0, 1], 0 for the same one.

    >>> grey = np.random.default_rng(0).uniform(size=(64, 1, 28, 28))
    >>> round(distance(grey, grey), 3), distance(grey, grey / 2) > 1
    (0.0, True)
    """
    return frechet(features(one), features(other))


def features(images: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Return what the random network sees of `images`, (n, 48) float64."""
    chance = torch.Generator().manual_seed(_SEED)
    channels = images.shape[1]
    fine = torch.randn(_FILTERS, channels, 5, 5, generator=chance) / (channels * 25) ** 0.5
    coarse = torch.randn(2 * _FILTERS, _FILTERS, 5, 5, generator=chance) / (_FILTERS * 25) ** 0.5
    with torch.no_grad():
        seen = torch.from_numpy(np.ascontiguousarray(images, dtype=np.float32)) * 4 - 2
        first = relu(conv2d(seen, fine, stride=2, padding=2))
        second = relu(conv2d(first, coarse, stride=2, padding=2))
        fields = torch.cat([adaptive_avg_pool2d(each, _GRID).flatten(1) for each in (first, second)], 1)
        mixing = torch.randn(fields.shape[1], _FEATURES, generator=chance) / fields.shape[1] ** 0.5
    return 10 * (fields @ mixing).double().numpy()


def frechet(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2·(Σ₁Σ₂)^½) of two sets of features (n, d).

    Dowson and Landau 1982; as in Heusel et al. 2017, https://arxiv.org/abs/1706.08500.
    """
    means = one.mean(0) - other.mean(0)
    first, second = (_covariance(each) for each in (one, other))
    values, vectors = np.linalg.eigh(first)
    root = vectors * np.sqrt(np.clip(values, 0, None)) @ vectors.T
    shared = np.sqrt(np.clip(np.linalg.eigvalsh(root @ second @ root), 0, None)).sum()  # tr (Σ₁Σ₂)^½
    return max(0.0, float(means @ means + np.trace(first + second) - 2 * shared))


def _covariance(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the covariance of `features` (n, d), (d, d); of a single one nothing."""
    if len(features) < 2:
        return np.zeros((features.shape[1],) * 2)
    return np.cov(features, rowvar=False)
