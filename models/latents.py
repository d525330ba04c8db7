"""Latents: the random numbers that images are made from, and the ways between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

LARGEST_SEED = 2**64 - 1

DIRECTIONS = 4
"""How many directions an image can be nudged along."""

FARTHEST_NUDGE = 4.0
"""In standard deviations: beyond it hardly any image that was learnt from lies."""

Latent = NDArray[np.float32]
"""Standard normal numbers, (length,)."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where an image lies: the latent of `seed`, moved by `nudges` along the directions that vary most.

    Each nudge is in standard deviations, from −`FARTHEST_NUDGE` to `FARTHEST_NUDGE`.
    """

    seed: int
    nudges: tuple[float, ...] = ()


def effective(nudges: Sequence[float]) -> tuple[float, ...]:
    """Return `nudges` up to the last that moves something: the same image has the same ones.

    >>> effective([0.5, -0.0, 1.0, 0.0])
    (0.5, 0.0, 1.0)
    """
    moving = [number for number, nudge in enumerate(nudges, start=1) if nudge]
    return tuple(nudge + 0.0 for nudge in nudges[: max(moving, default=0)])


def latent(seed: int, length: int) -> Latent:
    """Return the `length` numbers that belong to `seed`.

    >>> latent(7, 3).round(3).tolist() == latent(7, 5)[:3].round(3).tolist()
    True
    """
    return np.random.default_rng(seed).standard_normal(length, dtype=np.float32)


def between(one: Latent, other: Latent, share: float) -> Latent:
    """Return the latent at `share` of the way, 0 is `one`, 1 is `other`; as likely as either all the way.

    A straight line between two latents comes near 0, where no latent lies; this one turns from one direction
    into the other, and its length goes evenly from one's to the other's (White 2016,
    https://arxiv.org/abs/1609.04468).
    """
    lengths = [float(np.linalg.norm(each)) for each in (one, other)]
    if not all(lengths):
        return (one * (1 - share) + other * share).astype(np.float32)
    first, second = one / lengths[0], other / lengths[1]
    angle = np.arccos(np.clip(np.dot(first, second), -1.0, 1.0))
    if np.sin(angle) < 1e-6:
        return (one * (1 - share) + other * share).astype(np.float32)
    turned = (np.sin((1 - share) * angle) * first + np.sin(share * angle) * second) / np.sin(angle)
    return (turned * (lengths[0] * (1 - share) + lengths[1] * share)).astype(np.float32)


def walk(stops: Sequence[Latent], frames: int) -> Iterator[Latent]:
    """Yield `frames` latents evenly along the way through `stops`, the first and the last among them."""
    legs = list(pairwise(stops))
    for frame in range(frames):
        place = len(legs) * frame / max(1, frames - 1)
        leg = min(int(place), len(legs) - 1)
        yield between(*legs[leg], place - leg)


def directions(first_layer: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return along what a generator's features vary most, (`DIRECTIONS`, latent), each of unit length.

    `first_layer` is the matrix W, (features, latent), that latents are multiplied by. Latents are standard
    normal, so the features' covariance is WWᵀ, and their principal components (GANSpace: Härkönen et al.
    2020, https://arxiv.org/abs/2004.02546) come from W's right singular vectors, found without any sample
    (Shen and Zhou 2021, https://arxiv.org/abs/2007.06600). Each points where its largest number is positive.
    """
    vectors = np.linalg.svd(np.asarray(first_layer, np.float64), full_matrices=False)[2][:DIRECTIONS]
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(1)[:, None], 1)
    return (vectors * np.sign(largest)).astype(np.float32)
