"""What makes a rater doubtful, said with the figure behind it: nothing is ever taken away for it."""

from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    "one side",
    "only ties",
    "one grade",
    "like chance",
    "trap missed",
    "gold missed",
    "little variance",
    "far from the others",
]


@dataclass(frozen=True, slots=True)
class Flag:
    """One doubt about one rater: `figure` is what was found, `limit` what it was held against.

    Votes of a flagged rater stay stored; whoever shows a score says by which flags votes were left out, and
    how many.
    """

    rater: int
    reason: Reason
    figure: float
    limit: float
