"""Two ways to do the same, timed in turns."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Turns:
    """Seconds of each turn. What slows the machine for a while slows both sides of a ratio."""

    first: list[float]
    second: list[float]

    @property
    def ratio(self) -> float:
        """The median over the turns of second by first.

        >>> Turns([1.0, 1.0, 2.0], [2.0, 9.0, 4.0]).ratio
        2.0
        """
        return median(after / before for before, after in zip(self.first, self.second, strict=True))

    def as_json(self) -> dict[str, object]:
        """Return the turns, their medians and the ratio, rounded to 0.1 ms."""
        return {
            "turns": len(self.first),
            "ratio": round(self.ratio, 3),
            "first_median": round(median(self.first), 4),
            "second_median": round(median(self.second), 4),
            "first_seconds": [round(each, 4) for each in self.first],
            "second_seconds": [round(each, 4) for each in self.second],
        }


def in_turns(first: Callable[[], object], second: Callable[[], object], turns: int) -> Turns:
    """Call `first`, `second`, `first`, … after a turn that is not counted."""
    first()
    second()
    pairs = [(seconds(first), seconds(second)) for _ in range(turns)]
    return Turns([before for before, _ in pairs], [after for _, after in pairs])


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    began = perf_counter()
    work()
    return perf_counter() - began
