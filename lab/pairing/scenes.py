"""Simulated contestants whose strengths are known, and people who judge them."""

from dataclasses import dataclass

import numpy as np

from ratings.pairing import Pairs
from ratings.statistics.posterior import Floats

TIES = 0.3
"""The share of ties between equals."""

OLD_VOTES = 100
"""Votes for each contestant of a board that a newcomer joins, dealt at random."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Contestants, the weakest first, and for how many votes they are watched.

    `strengths`, shape (k,), in logits. Where there is a `newcomer`, the others have `OLD_VOTES` votes each
    and only its place among them is asked for.
    """

    name: str
    strengths: Floats
    votes: int
    newcomer: int | None = None

    @property
    def size(self) -> int:
        """How many contestants there are."""
        return len(self.strengths)


def even(size: int, reach: float, votes: int) -> Scene:
    """Return `size` contestants at equal distances, `reach` logits from the weakest to the strongest."""
    return Scene("even", np.linspace(-reach / 2, reach / 2, size), votes)


def clustered(size: int, votes: int) -> Scene:
    """Return groups of four that are 0.1 apart within; the groups' means are 0.6 apart."""
    within = np.array([-0.15, -0.05, 0.05, 0.15])
    groups = 0.6 * np.arange(size // 4, dtype=np.float64)
    strengths = np.add.outer(groups - groups.mean(), within).ravel()
    return Scene("clustered", strengths, votes)


def joined(size: int, reach: float, votes: int) -> Scene:
    """Return evenly spread contestants, of whom the one above three quarters of the others is new."""
    return Scene("joined", even(size, reach, votes).strengths, votes, newcomer=3 * size // 4)


SCENES = (
    even(8, 3.0, 800),
    even(16, 3.5, 2000),
    even(40, 4.0, 4000),
    clustered(8, 3200),
    clustered(16, 2400),
    clustered(40, 4000),
    joined(8, 3.0, 800),
    joined(16, 3.5, 1440),
    joined(40, 4.0, 3200),
)


def judged(strengths: Floats, pairs: Pairs, random: np.random.Generator) -> Floats:
    """Return what people say of `pairs`, shape (n,): 1 for the first, 0 for the second, 0.5 for a tie.

    The mean is Bradley and Terry's chance p, so that the model holds; a tie has the chance
    `TIES` · 4 p (1 - p), largest between equals.
    """
    first, second = pairs.T
    chances = 1 / (1 + np.exp(strengths[second] - strengths[first]))
    ties = TIES * 4 * chances * (1 - chances)
    drawn = random.random(len(chances))
    return np.where(drawn < chances - ties / 2, 1.0, np.where(drawn < chances + ties / 2, 0.5, 0.0))
