"""What is told once a vote is stored: which models these were, and how they stand."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from ratings.arena.arena import Arena
from ratings.arena.records import Vote
from ratings.arena.tally import Tally
from ratings.arena.wins import pair_wins
from ratings.errors import StoreError
from ratings.statistics.bradley_terry import elo, strengths_from_wins
from ratings.statistics.connectivity import groups
from ratings.stimuli import Stimulus
from ui.keeping.naming import settings_of, title_of
from ui.words import Words

RESTS = 20
"""So many times as long as counting took, the scores are told as they were counted last."""


@dataclass(frozen=True, slots=True)
class Running:
    """How a contestant stands just now: `score` on the scale of Elo, None while it cannot be told."""

    score: float | None
    votes: int


@dataclass(frozen=True, slots=True)
class _Counted:
    good_until: float
    standing: dict[int, Running]


class RunningScores:
    """The scores that are told after votes, counted anew as often as is cheap; every thread may use it."""

    def __init__(self, arena: Arena) -> None:
        self._arena = arena
        self._counted: dict[str, _Counted] = {}
        self._lock = Lock()

    def of(self, stimulus: Stimulus) -> Running:
        """Return how the contestant of `stimulus` stands.

        As last counted where the database fails just now: the vote of which this is told is stored, and must
        not be refused for it.
        """
        task = stimulus.task
        with self._lock:
            counted = self._counted.get(task)
            if counted is None or time.monotonic() > counted.good_until:
                begun = time.monotonic()
                standing = self._count(task) or (counted.standing if counted else {})
                counted = _Counted(begun + RESTS * (time.monotonic() - begun), standing)
                self._counted[task] = counted
        return counted.standing.get(stimulus.contestant_id, Running(None, 0))

    def _count(self, task: str) -> dict[int, Running] | None:
        try:
            return _standing(self._arena.tallies(task))
        except StoreError:
            return None


def _standing(tallies: Sequence[Tally]) -> dict[int, Running]:
    """Return how each contestant stands among those it can be compared with."""
    contestants = sorted({each for tally in tallies for each in (tally.first, tally.second)})
    wins = pair_wins(tallies, contestants)
    votes = (wins + wins.T).sum(axis=1)
    standing: dict[int, Running] = {}
    for group in groups(wins):
        scores = elo(strengths_from_wins(wins[np.ix_(group, group)]))
        standing |= {
            contestants[place]: Running(float(score), round(votes[place]))
            for place, score in zip(group, scores, strict=True)
        }
    return standing


def told(vote: Vote, scores: RunningScores, words: Words) -> dict[str, Any]:
    """Return what the page is told of a stored vote, as JSON."""
    return {
        "choice": str(vote.choice),
        "counts": vote.flag is None,
        "flag": vote.flag and words(f"arena.flag_{vote.flag}"),
        "left": _side(vote.deal.left, scores, words),
        "right": _side(vote.deal.right, scores, words),
    }


def _side(stimulus: Stimulus, scores: RunningScores, words: Words) -> dict[str, Any]:
    running = scores.of(stimulus)
    weights = stimulus.contestant.weights_sha256
    return {
        "model": stimulus.contestant.model,
        "title": title_of(stimulus.contestant, words),
        "weights": weights[:8] if weights else None,
        "version": stimulus.contestant.version,
        "settings": settings_of(stimulus, words),
        "score": None if running.score is None else round(running.score),
        "votes": running.votes,
    }
