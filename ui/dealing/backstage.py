"""Results are made behind the stage, before anyone asks: then the next pair is there at once.

One thread makes one result at a time, lowers its own priority, and waits while a visitor's run is on.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from models.card import RESTORING, Card, Task
from models.checkpoints import State
from models.errors import ModelsError
from ratings.errors import RatingsError
from ratings.stimuli import Stimulus
from ui.dealing.dealer import Dealer
from ui.dealing.staging import Stage, contestant_of, grid_name
from ui.errors import PageError
from ui.gallery import Example, Gallery
from ui.keeping.readiness import runnable

GRID_SEEDS = (1, 10, 19, 28, 37, 46)
"""First seeds of the grids by which generators are judged."""

OWN_KEPT_FOR = timedelta(days=1)
"""Own photos that nobody agreed to keep are there for the votes on them, and no longer."""

TENDED_EVERY_SECONDS = 3600.0

NICENESS = 3
"""Half of what others get where they want all; not less, since a person may wait for a first pair."""

_PATIENCE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Job:
    """A result that is wanted: of an example by a model, or a grid from a first seed."""

    card: Card
    of: Example | int


class Backstage:
    """Makes the stimuli that are missing; `begin` starts it, once.

    `busy` tells whether a visitor's run is on. `tell` hears a line for each model that cannot be used.
    """

    def __init__(
        self,
        stage: Stage,
        dealer: Dealer,
        gallery: Gallery,
        busy: Callable[[], bool],
        tell: Callable[[str], object],
    ) -> None:
        self._stage = stage
        self._dealer = dealer
        self._gallery = gallery
        self._busy = busy
        self._tell = tell
        self._begun = threading.Lock()
        self._begun_at = -TENDED_EVERY_SECONDS
        self._failed = set[str]()
        self.wanted = 0
        self.made = 0

    def tend(self) -> None:
        """Begin anew if the last time lies an hour back: models come and go, and own photos expire."""
        if time.monotonic() - self._begun_at > TENDED_EVERY_SECONDS:
            self._failed.clear()
            self.begin()

    def begin(self) -> None:
        """Begin to make what is missing, unless that is going on; return at once."""
        if self._begun.acquire(blocking=False):
            self._begun_at = time.monotonic()
            threading.Thread(target=self._work, daemon=True, name="backstage").start()

    def missing(self) -> list[Job]:
        """Return what is still to be made; retire what was made by models as they are no longer.

        Models that failed within the last hour are left in peace.
        """
        jobs: list[Job] = []
        for task in (*RESTORING, Task.GENERATE):
            cards = [each.card for each in runnable(task, self._stage.workshop) if each.state is State.READY]
            there = self._there(str(task), cards)
            jobs += [
                Job(card, of)
                for of, card in self._pieces(task, cards)
                if (card.id, _name(card, of)) not in there and card.id not in self._failed
            ]
        return jobs

    def _pieces(self, task: Task, cards: list[Card]) -> Iterator[tuple[Example | int, Card]]:
        """Yield what every model of `task` should be seen on, quick methods first.

        Two of them on every input come first: then there is something to compare at once, and not always on
        the same picture. The others follow one by one.
        """
        inputs = GRID_SEEDS if task is Task.GENERATE else self._gallery.by_task(task)
        simplest_first = cards[::-1]
        quick_first = sorted(simplest_first, key=lambda card: card.method != "classical")
        for together in (quick_first[:2], *([card] for card in quick_first[2:])):
            for of in inputs:
                for card in together:
                    yield of, card

    def _there(self, task: str, cards: list[Card]) -> set[tuple[str, str | None]]:
        current = {contestant_of(card) for card in cards}
        kept = self._stage.stimuli.of_task(task)
        stale = [each.id for each in kept if each.contestant not in current or self._lost(each)]
        if stale:
            self._stage.stimuli.retire(stale)
        return {(each.contestant.model, each.input_name) for each in kept if each.id not in stale}

    def _lost(self, stimulus: Stimulus) -> bool:
        """Tell whether a picture's file is gone."""
        needed = (stimulus.shown_sha256, stimulus.original_sha256)
        try:
            for sha256 in needed:
                if sha256:
                    self._stage.pictures.file(sha256)
        except PageError:
            return True
        return False

    def _work(self) -> None:
        _lower_own_priority()
        try:
            jobs = _by_turns(self.missing())
            self.wanted, self.made = len(jobs), 0
            self._sweep()
            self._dealer.changed()
            for job in jobs:
                if job.card.id not in self._failed:
                    self._wait_for_quiet()
                    self._make(job)
                self.made += 1
                self._dealer.changed()
        except (RatingsError, PageError) as error:  # the disk or the database: visitors will hear of it, too
            self._tell(f"The Arena's results could not all be made. {error}")
        finally:
            self._begun.release()

    def _sweep(self) -> None:
        """Take away deals that nobody answered, and own photos that nobody agreed to keep."""
        self._dealer.arena.sweep()
        self._stage.stimuli.expire_own(OWN_KEPT_FOR, self._stage.pictures.drop)

    def _make(self, job: Job) -> None:
        try:
            if isinstance(job.of, int):
                self._stage.grid(job.card, job.of)
            else:
                self._stage.restored(job.card, job.of.file, example=job.of)
        except ModelsError as error:
            self._failed.add(job.card.id)
            self._tell(f"{job.card.id} does not stand in the Arena. {error}")

    def _wait_for_quiet(self) -> None:
        while self._busy():
            time.sleep(_PATIENCE_SECONDS)


def _name(card: Card, of: Example | int) -> str:
    return grid_name(card, of) if isinstance(of, int) else of.id


def _by_turns(jobs: list[Job]) -> list[Job]:
    """Return `jobs` so that every task gets on: one of each in turn."""
    by_task: dict[Task, list[Job]] = {}
    for job in jobs:
        by_task.setdefault(job.card.task, []).append(job)
    longest = max(map(len, by_task.values()), default=0)
    return [
        task_jobs[turn] for turn in range(longest) for task_jobs in by_task.values() if turn < len(task_jobs)
    ]


def _lower_own_priority() -> None:
    """On Linux each thread has a priority of its own; elsewhere there is nothing to lower."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
