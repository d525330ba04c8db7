"""Whether a generator has learnt images by heart: how near what it makes lies to what it learnt from.

As far as images that are new to it lie from those that it learnt from, so far should what it makes. Nearest
neighbours are how GANs have been checked from the start (Goodfellow et al. 2014, figure 2); held-out images
beside them are what Meehan et al. 2020, https://arxiv.org/abs/2004.05675, compare with.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lab.measuring.features import Eye, Features
from lab.measuring.images import Images, mirrored
from lab.measuring.nearest import Nearest, Vectors, nearest_of_two

MOST = 1000
"""Made images, and held-out ones, whose nearest neighbours are looked for."""

NEAR = 0.01
"""Held-out images that lie nearer than what counts as near: one in a hundred."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Images whose neighbours are looked for, and what is seen in them, as they are and mirrored.

    Trainings may mirror what they learn from, so a copy may be a mirrored one.
    """

    images: Images
    features: tuple[Features, Features]

    @property
    def pixels(self) -> tuple[Vectors, Vectors]:
        """The levels of each image in a row, (n, side² · channels), as they are and mirrored."""
        return flat(self.images), flat(mirrored(self.images))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is nearest to each of some images among those that were learnt from.

    By features, the distances Euclidean; by pixels, the root of the mean square in levels of 255.
    """

    by_features: Nearest
    by_pixels: Nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """Distances to the nearest image that was learnt from.

    `made` and `held_out` are medians, over made and over held-out images; `nearer` is the share of made
    images that lie nearer than all but a hundredth of the held-out ones: about 0.01 for images that are new,
    and towards 1 for images known by heart. Smooth images lie near without being copies.
    """

    made: float
    held_out: float
    nearer: float

    @property
    def ratio(self) -> float:
        """How far made images lie, in units of how far held-out ones do."""
        return self.made / self.held_out if self.held_out else float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Nearness by features and by pixels, in the units of `Found`.

    `count` made images and `held_out_count` held-out ones were looked for.
    """

    features: Nearness
    pixels: Nearness
    count: int
    held_out_count: int


def asked(images: Images, features: Features, eye: Eye) -> Asked:
    """Return `images`, in which `features` are seen, ready to be looked for; at most the first 1,000."""
    images = images[:MOST]
    return Asked(images, (features[:MOST], eye.look(mirrored(images))))


def found(images: Asked, learnt: Images, learnt_features: Features) -> Found:
    """Return what is nearest to `images` among those that were `learnt` from."""
    by_pixels = nearest_of_two(images.pixels, flat(learnt))
    levels = by_pixels.distances / np.sqrt(learnt[0].size)
    return Found(
        by_features=nearest_of_two(images.features, learnt_features),
        by_pixels=Nearest(levels, by_pixels.places),
    )


def neighbours(made: Found, held_out: Found) -> Neighbours:
    """Return how near made images lie to those that were learnt from, beside held-out ones."""
    return Neighbours(
        features=nearness(made.by_features.distances, held_out.by_features.distances),
        pixels=nearness(made.by_pixels.distances, held_out.by_pixels.distances),
        count=len(made.by_pixels.places),
        held_out_count=len(held_out.by_pixels.places),
    )


def nearness(made: NDArray[np.float64], held_out: NDArray[np.float64]) -> Nearness:
    """Return what the distances of `made` images, (n,), and of `held_out` ones, (m,), say together.

    >>> nearness(np.array([0.0, 0.5, 2.0, 3.0]), np.linspace(1, 2, 101))
    Nearness(made=1.25, held_out=1.5, nearer=0.5)
    """
    near = np.quantile(held_out, NEAR)
    return Nearness(
        made=float(np.median(made)),
        held_out=float(np.median(held_out)),
        nearer=float((made < near).mean()),
    )


def flat(images: Images) -> Vectors:
    """Return the levels of each image in a row, (n, side² · channels)."""
    return images.reshape(len(images), -1)
