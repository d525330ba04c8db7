"""The frozen records of a leaderboard of blind votes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ratings.records import Contestant, Flag

ENOUGH_VOTES = 30
"""Contestants with fewer votes are shown, and not ranked."""

ENOUGH_RATERS = 15
"""ITU-R BT.500 calls a test with fewer observers informal."""

Reach = Literal["these images", "images like these"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one contestant stands.

    `id` is this database's own. `score` is on Elo's scale, 1000 the mean of its group; `low` and `high` are
    its 95 % interval, None where the votes bound nothing: fewer than three people voted, or it only won, or
    only lost.
    `best_rank` and `worst_rank` count within the group; both are None with fewer than ENOUGH_VOTES votes.
    `ties` and `both_bad` are told apart, and count half a win each.
    """

    id: int
    contestant: Contestant
    group: int
    score: float
    low: float | None
    high: float | None
    best_rank: int | None
    worst_rank: int | None
    votes: int
    raters: int
    wins: int
    losses: int
    ties: int
    both_bad: int

    @property
    def ranked(self) -> bool:
        """Tell whether there are enough votes for a rank."""
        return self.best_rank is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A leaderboard: groups of contestants that were compared with each other, each with the best first.

    `wins[i][j]` is how often standing i was preferred to standing j, ties half. `votes_by_day` maps days in
    UTC (ISO 8601) to how many votes were counted. `flags` counts the votes that do not count, by why;
    `withdrawn` those that were taken back. `counted_votes` is how many votes the intervals were counted from,
    `counted_at` when (UTC, ISO 8601). `reach` tells of which images the intervals speak.
    """

    task: str
    standings: tuple[Standing, ...]
    wins: tuple[tuple[float, ...], ...]
    votes: int
    raters: int
    votes_by_day: Mapping[str, int]
    flags: Mapping[Flag, int]
    withdrawn: int
    counted_votes: int
    counted_at: str
    reach: Reach = "these images"

    @property
    def formal(self) -> bool:
        """Tell whether enough people voted for more than informal opinion."""
        return self.raters >= ENOUGH_RATERS
