"""Deal pairs: what is ready, what tells most, what this person has not seen.

Everything a deal asks of the database is small and the same however many votes there are: what everybody
needs is read every few seconds, not at every deal.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from threading import Lock

import numpy as np

from ratings.arena.arena import Arena
from ratings.arena.records import Deal
from ratings.arena.tally import Tally
from ratings.arena.wins import pair_wins
from ratings.errors import AllSeenError, NoPairError
from ratings.pairing import Pair, Plan, choose_input, choose_pair, plan
from ratings.stimuli import Stimuli, Stimulus

READ_ANEW_SECONDS = 3.0
"""So often are the votes and the stimuli that are ready read anew."""

REMEMBERED = 300
"""So many of a person's last pairs are not put before the same person again, as long as there are others."""

_LATELY = 12


@dataclass(frozen=True, slots=True)
class _Pool:
    """What can be dealt of a task: by input, then by contestant; contestants are numbered from 0."""

    contestants: tuple[int, ...]
    inputs: tuple[dict[int, Stimulus], ...]
    allowed: tuple[Pair, ...]
    planned: Plan
    shows: dict[int, tuple[int, int]]
    """By a stimulus' id, its contestant's number and its input's."""

    def common(self, pair: Pair) -> list[int]:
        """Return the inputs that both contestants of `pair` have results of."""
        first, second = pair
        return [number for number, on in enumerate(self.inputs) if first in on and second in on]


@dataclass(slots=True)
class _Kept:
    """A pool, when it was read, and how often each pair was dealt on each input."""

    pool: _Pool
    read_at: float
    dealt: Counter[tuple[Pair, int]] = field(default_factory=Counter[tuple[Pair, int]])


class Dealer:
    """Chooses pairs and deals them; every thread may use it.

    `seed` fixes what is left to chance, for tests.
    """

    def __init__(self, arena: Arena, stimuli: Stimuli, seed: int | None = None) -> None:
        self.arena = arena
        self.stimuli = stimuli
        self._random = np.random.default_rng(seed)
        self._kept: dict[str, _Kept] = {}
        self._lock = Lock()

    def deal(self, task: str, rater: str | None, own_input: str | None = None) -> Deal:
        """Deal `rater` a pair of `task`; of the own photo with the SHA-256 `own_input` if one is given.

        An own photo's pairs are dealt once each: they are few, and their names are told after each.

        Raises NoPairError: no input has two results. AllSeenError: all pairs of an own photo were dealt.
        TooManyError, StoreError.
        """
        kept = self._own(task, rater, own_input) if own_input else self._current(task)
        seen = self._seen(kept.pool, rater, task)
        with self._lock:
            left, right = self._choose(kept, seen, task, again=own_input is None)
        return self.arena.deal(left, right, rater)

    def ready(self, task: str) -> int:
        """Return how many stimuli of `task` can be dealt."""
        return len(self._current(task).pool.shows)

    def changed(self) -> None:
        """Read anew what is ready at the next deal."""
        for kept in list(self._kept.values()):
            kept.read_at = 0.0

    def _choose(
        self, kept: _Kept, seen: Sequence[tuple[Pair, int]], task: str, *, again: bool
    ) -> tuple[Stimulus, Stimulus]:
        pool = kept.pool
        judged: dict[Pair, set[int]] = defaultdict(set)
        for pair, on in seen:
            judged[pair].add(on)
        exhausted = [pair for pair, on in judged.items() if on.issuperset(pool.common(pair))]
        if not again and pool.allowed and len(exhausted) == len(pool.allowed):
            raise AllSeenError(task)
        chosen = choose_pair(pool.planned, pool.allowed, self._random, exhausted)
        if chosen is None:
            raise NoPairError(task)
        pair = _ordered(chosen)
        on = self._input(kept, pair, judged[pair], [each for _, each in reversed(seen[:_LATELY])])
        kept.dealt[pair, on] += 1
        left, right = chosen
        return pool.inputs[on][left], pool.inputs[on][right]

    def _input(self, kept: _Kept, pair: Pair, judged: set[int], lately: Sequence[int]) -> int:
        common = kept.pool.common(pair)
        places = {each: place for place, each in enumerate(common)}
        votes = [kept.dealt[pair, each] for each in common]
        seen = {places[each] for each in judged if each in places}
        recent = [places[each] for each in lately if each in places]
        chosen = choose_input(votes, seen, recent, self._random)
        if chosen is None:  # all were judged: better once more than nothing
            chosen = choose_input(votes, (), recent, self._random)
        assert chosen is not None, "an allowed pair has an input"
        return common[chosen]

    def _seen(self, pool: _Pool, rater: str | None, task: str) -> list[tuple[Pair, int]]:
        """Return the pairs `rater` was dealt last, and on which input, the latest first."""
        if rater is None:
            return []
        dealt = self.arena.seen(rater, task, REMEMBERED)
        known = [
            (pool.shows[left], pool.shows[right])
            for left, right in dealt
            if {left, right} <= pool.shows.keys()
        ]
        return [(_ordered((left[0], right[0])), left[1]) for left, right in known]

    def _current(self, task: str) -> _Kept:
        kept = self._kept.get(task)
        if kept and time.monotonic() - kept.read_at < READ_ANEW_SECONDS:
            return kept
        pool = _pool(self.stimuli.of_task(task), self.arena.tallies(task))
        same = kept is not None and kept.pool.shows == pool.shows
        fresh = _Kept(pool, time.monotonic(), kept.dealt if kept and same else Counter())
        self._kept[task] = fresh
        return fresh

    def _own(self, task: str, rater: str | None, own_input: str) -> _Kept:
        owned = self.stimuli.of_task(task, owner=rater) if rater else ()
        mine = [each for each in owned if each.input_sha256 == own_input]
        return _Kept(_pool(mine, ()), time.monotonic())


def _pool(stimuli: Sequence[Stimulus], tallies: Sequence[Tally]) -> _Pool:
    contestants = tuple(dict.fromkeys(each.contestant_id for each in stimuli))
    number = {contestant: place for place, contestant in enumerate(contestants)}
    by_input: dict[str, dict[int, Stimulus]] = defaultdict(dict)
    for each in stimuli:
        by_input[each.input_sha256][number[each.contestant_id]] = each
    inputs = tuple(on for on in by_input.values() if len(on) > 1)
    return _Pool(
        contestants=contestants,
        inputs=inputs,
        allowed=tuple(dict.fromkeys(pair for on in inputs for pair in combinations(sorted(on), 2))),
        planned=plan(pair_wins(tallies, contestants)),
        shows={each.id: (mine, place) for place, on in enumerate(inputs) for mine, each in on.items()},
    )


def _ordered(pair: Pair) -> Pair:
    first, second = sorted(pair)
    return first, second
