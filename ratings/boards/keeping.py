"""Boards that are kept: what changes with every vote is exact, the intervals are those of the last count.

Counting anew is linear in votes. Below SOON votes it is done whenever someone looks; above, when the votes
have grown by a share, so that looking costs the same however many votes there are.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock, Thread

import numpy as np
from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, insert, select

from ratings.arena import tally
from ratings.arena.tally import Tally
from ratings.arena.wins import pair_wins
from ratings.boards.counting import Uncounted, count
from ratings.boards.reading import count_flags, read_votes
from ratings.boards.records import Board, Reach, Standing
from ratings.database import Database
from ratings.errors import StoreError
from ratings.filters import Filters
from ratings.rows import now
from ratings.statistics.bradley_terry import elo, strengths_from_wins
from ratings.statistics.connectivity import groups
from ratings.tables import standings

SOON = 5000
"""Up to so many votes a count takes less than half a second."""

GROWN_BY = 0.02
"""By this share may the votes grow before the intervals are counted anew."""

_BOARD = TypeAdapter(Board)


def board(
    database: Database,
    task: str,
    *,
    filters: Filters | None = None,
    reach: Reach = "these images",
    later: Callable[[str], object] | None = None,
) -> Board:
    """Return the leaderboard of `task`: kept, or counted anew where that is quick or asked for.

    If `later` is given, it is told the task whose many votes should be counted anew, and the kept board is
    returned meanwhile.

    Raises StoreError.
    """
    chosen = filters or Filters()
    if chosen.any or reach != "these images":
        return counted(database, task, chosen, reach)
    with database.reading() as connection:
        kept, tallies = _kept(connection, task), tally.read(connection, task)
        flags, withdrawn = count_flags(connection, task)
    if kept is None or not _good_enough(kept, tallies):
        if kept is None or later is None or kept.counted_votes <= SOON:
            return recount(database, task)
        later(task)
        return replace(kept, flags=flags, withdrawn=withdrawn)
    return replace(_with_new_votes(kept, tallies), flags=flags, withdrawn=withdrawn)


def counted(database: Database, task: str, filters: Filters, reach: Reach) -> Board:
    """Count the votes that pass `filters` anew; nothing is kept. Raises StoreError."""
    with database.reading() as connection:
        uncounted = Uncounted(*count_flags(connection, task, filters.study))
        return count(task, read_votes(connection, task, filters), uncounted, now(), reach=reach)


def recount(database: Database, task: str) -> Board:
    """Count all votes of `task` anew, and keep the board. Raises StoreError."""
    fresh = counted(database, task, Filters(), "these images")
    with database.writing() as connection:
        connection.execute(delete(standings).where(standings.c.board == _name(task)))
        connection.execute(
            insert(standings).values(
                board=_name(task),
                votes=fresh.votes,
                body=_BOARD.dump_json(fresh).decode(),
                counted_at=fresh.counted_at,
            )
        )
    return fresh


class Recounter:
    """Counts boards anew in the background, one at a time; every thread may use it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: set[str] = set()
        self._lock = Lock()
        self._turn = Lock()

    def later(self, task: str) -> None:
        """Count the board of `task` soon, unless that is waiting already; return at once."""
        with self._lock:
            if task in self._waiting:
                return
            self._waiting.add(task)
        Thread(target=self._recount, args=(task,), daemon=True, name=f"recount {task}").start()

    def _recount(self, task: str) -> None:
        with self._turn:
            with self._lock:
                self._waiting.discard(task)
            try:
                recount(self._database, task)
            except StoreError:  # the kept board stays; whoever looks next asks again
                return


def _good_enough(kept: Board, tallies: Sequence[Tally]) -> bool:
    """Tell whether the intervals of a kept board still hold."""
    total, counted = sum(each.votes for each in tallies), kept.counted_votes
    grown = abs(total - counted)
    if grown and (counted <= SOON or grown > GROWN_BY * counted):
        return False
    known = [each.id for each in kept.standings]
    if {*known} != {contestant for each in tallies for contestant in (each.first, each.second)}:
        return False
    return len(groups(pair_wins(tallies, known))) == len({each.group for each in kept.standings})


def _kept(connection: Connection, task: str) -> Board | None:
    body = connection.scalar(select(standings.c.body).where(standings.c.board == _name(task)))
    return _BOARD.validate_json(body) if body else None


def _with_new_votes(kept: Board, tallies: Sequence[Tally]) -> Board:
    """Return a kept board with the scores of all votes; its intervals move along, as wide as they were."""
    wins = pair_wins(tallies, [each.id for each in kept.standings])
    outcomes = {each.id: _outcomes(each.id, tallies) for each in kept.standings}
    moved: list[Standing] = []
    for group in dict.fromkeys(each.group for each in kept.standings):
        places = [place for place, each in enumerate(kept.standings) if each.group == group]
        scores = elo(strengths_from_wins(wins[np.ix_(places, places)]))
        moved += [
            _moved(kept.standings[place], float(score), outcomes[kept.standings[place].id])
            for place, score in zip(places, scores, strict=True)
        ]
    order = sorted(range(len(moved)), key=lambda place: (moved[place].group, -moved[place].score))
    return replace(
        kept,
        standings=tuple(moved[place] for place in order),
        wins=tuple(tuple(row) for row in wins[np.ix_(order, order)].tolist()),
        votes=sum(each.votes for each in tallies),
    )


def _moved(standing: Standing, score: float, outcomes: tuple[int, int, int, int]) -> Standing:
    by = score - standing.score
    wins, losses, ties, both_bad = outcomes
    return replace(
        standing,
        score=score,
        low=None if standing.low is None else standing.low + by,
        high=None if standing.high is None else standing.high + by,
        votes=sum(outcomes),
        wins=wins,
        losses=losses,
        ties=ties,
        both_bad=both_bad,
    )


def _outcomes(contestant: int, tallies: Sequence[Tally]) -> tuple[int, int, int, int]:
    mine = [each for each in tallies if contestant in (each.first, each.second)]
    first = [each for each in mine if each.first == contestant]
    second = [each for each in mine if each.second == contestant]
    return (
        sum(each.first_wins for each in first) + sum(each.second_wins for each in second),
        sum(each.second_wins for each in first) + sum(each.first_wins for each in second),
        sum(each.ties for each in mine),
        sum(each.both_bad for each in mine),
    )


def _name(task: str) -> str:
    return f"arena:{task}"
