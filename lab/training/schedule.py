"""How long to train, and how fast to learn at each moment of it."""

from dataclasses import dataclass
from math import cos, pi


@dataclass(frozen=True, slots=True)
class Budget:
    """The end of a training: after `steps`, or, without them, after `minutes` of computing.

    Minutes count from the beginning and go on counting after a pause, but not during it.
    """

    minutes: float
    steps: int | None = None

    def progress(self, step: int, seconds: float) -> float:
        """Return how much of the budget is used, from 0 to 1.

        >>> Budget(10).progress(7, 300), Budget(10, steps=14).progress(7, 9999)
        (0.5, 0.5)
        """
        used = step / self.steps if self.steps else seconds / (60 * self.minutes)
        return min(1.0, used)


def learning_rate(highest: float, step: int, warm_up: int, progress: float) -> float:
    """Return `highest`, rising in a line over the first `warm_up` steps, falling along a cosine to 0.

    >>> learning_rate(1.0, 0, 10, 0.0), learning_rate(1.0, 50, 10, 0.5), learning_rate(1.0, 99, 10, 1.0)
    (0.1, 0.5, 0.0)
    """
    rise = min(1.0, (step + 1) / max(1, warm_up))
    return highest * rise * round(0.5 * (1 + cos(pi * progress)), 12)
