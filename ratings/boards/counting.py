"""Arrays of votes → a leaderboard with intervals, group by group of contestants that can be compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from ratings.boards.reading import Read
from ratings.boards.records import ENOUGH_VOTES, Board, Reach, Standing
from ratings.records import Flag
from ratings.statistics.bradley_terry import elo
from ratings.statistics.clusters import strengths_beyond_images
from ratings.statistics.connectivity import groups
from ratings.statistics.strengths import RESAMPLES, Strengths, strengths
from ratings.statistics.votes import Votes, pair_totals, votes


@dataclass(frozen=True, slots=True)
class Uncounted:
    """The votes that do not count: by flag, and how many were taken back."""

    flags: Mapping[Flag, int]
    withdrawn: int


def count(
    task: str,
    read: Read | None,
    uncounted: Uncounted,
    at: str,
    *,
    reach: Reach = "these images",
    resamples: int = RESAMPLES,
) -> Board:
    """Return the board of `read`, None for no votes; `at` is the time (UTC, ISO 8601).

    Intervals that speak of these images resample the raters; those of images like these take both raters and
    images as drawn (`statistics.clusters`).
    """
    if read is None:
        return Board(
            task=task,
            standings=(),
            wins=(),
            votes=0,
            raters=0,
            votes_by_day={},
            flags=uncounted.flags,
            withdrawn=uncounted.withdrawn,
            counted_votes=0,
            counted_at=at,
            reach=reach,
        )
    totals = pair_totals(read.given)
    outcomes = _outcomes(read)
    standings: list[Standing] = []
    order: list[int] = []
    for number, members in enumerate(groups(totals)):
        found = _strengths(_among(read.given, members), reach, resamples)
        best_first = np.argsort(-found.score, kind="stable")
        ranks = _ranks(read.given, totals, members, found, reach, resamples)
        standings += [
            _standing(read, outcomes, number, int(members[place]), found, int(place), ranks)
            for place in best_first
        ]
        order += members[best_first].tolist()
    days, counts = np.unique(read.day, return_counts=True)
    return Board(
        task=task,
        standings=tuple(standings),
        wins=tuple(tuple(row) for row in totals[np.ix_(order, order)].tolist()),
        votes=read.given.left.size,
        raters=read.given.raters,
        votes_by_day=dict(zip(days.tolist(), counts.tolist(), strict=True)),
        flags=uncounted.flags,
        withdrawn=uncounted.withdrawn,
        counted_votes=read.given.left.size,
        counted_at=at,
        reach=reach,
    )


def _strengths(given: Votes, reach: Reach, resamples: int) -> Strengths:
    if reach == "images like these":
        return strengths_beyond_images(given)
    return strengths(given, resamples=resamples)


def _ranks(
    given: Votes,
    totals: NDArray[np.float64],
    members: NDArray[np.intp],
    found: Strengths,
    reach: Reach,
    resamples: int,
) -> dict[int, tuple[int, int]]:
    """Return the best and the worst rank of each of `members` that has enough votes.

    They are ranked among themselves: who has few votes may stand anywhere, and would open everyone's range.
    """
    enough = members[found.votes >= ENOUGH_VOTES]
    few = enough.size < 2 or len(groups(totals[np.ix_(enough, enough)])) > 1
    if few or enough.size == members.size:
        ranked, who = found, members
    else:
        ranked, who = _strengths(_among(given, enough), reach, resamples), enough
    ranges = zip(ranked.best_rank.tolist(), ranked.worst_rank.tolist(), strict=True)
    known = dict(zip(who.tolist(), ranges, strict=True))
    return {contestant: known[contestant] for contestant in enough.tolist()}


def _among(given: Votes, members: NDArray[np.intp]) -> Votes:
    """Return the votes on `members` alone, who are numbered anew from 0."""
    place = np.full(given.contestants, -1, dtype=np.intp)
    place[members] = np.arange(members.size)
    chosen = (place[given.left] >= 0) & (place[given.right] >= 0)
    return votes(
        place[given.left[chosen]],
        place[given.right[chosen]],
        given.outcome[chosen],
        given.rater[chosen],
        given.image[chosen],
        contestants=members.size,
    )


def _outcomes(read: Read) -> NDArray[np.intp]:
    """Return, shape (contestants, 4), how often each won, lost, tied, and was called bad with the other."""
    given, size = read.given, read.given.contestants
    tied = (given.outcome == 0.5) & ~read.both_bad
    kinds = (
        (given.outcome == 1, given.outcome == 0),
        (given.outcome == 0, given.outcome == 1),
        (tied, tied),
        (read.both_bad, read.both_bad),
    )
    return np.stack(
        [
            np.bincount(given.left[ours], minlength=size) + np.bincount(given.right[theirs], minlength=size)
            for ours, theirs in kinds
        ],
        axis=1,
    )


def _standing(
    read: Read,
    outcomes: NDArray[np.intp],
    group: int,
    contestant: int,
    found: Strengths,
    place: int,
    ranks: dict[int, tuple[int, int]],
) -> Standing:
    identifier = list(read.contestants)[contestant]
    wins, losses, ties, both_bad = outcomes[contestant].tolist()
    best_rank, worst_rank = ranks.get(contestant, (None, None))
    return Standing(
        id=identifier,
        contestant=read.contestants[identifier],
        group=group,
        score=_on_scale(found.score, place),
        low=_known(_on_scale(found.low, place)),
        high=_known(_on_scale(found.high, place)),
        best_rank=best_rank,
        worst_rank=worst_rank,
        votes=int(found.votes[place]),
        raters=int(found.raters[place]),
        wins=wins,
        losses=losses,
        ties=ties,
        both_bad=both_bad,
    )


def _on_scale(values: NDArray[np.float64], place: int) -> float:
    return float(elo(values[place]))


def _known(value: float) -> float | None:
    return value if isfinite(value) else None
