"""The Arena without its page: what is dealt, what an answer tells, as plain JSON values."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from models.card import RESTORING, Task
from ratings.arena.arena import Arena
from ratings.arena.records import Deal
from ratings.errors import (
    AllSeenError,
    BadRatingError,
    NoPairError,
    NotBlindError,
    RatingsError,
    UnknownDealError,
)
from ratings.judging import read_response, read_viewing
from ratings.stimuli import Stimuli
from ui import words
from ui.dealing.backstage import Backstage
from ui.dealing.dealer import Dealer
from ui.dealing.reveal import RunningScores, told
from ui.dealing.staging import Stage
from ui.gallery import Gallery
from ui.keeping.desk import Desk
from ui.keeping.pictures import StimulusShelf

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Ring:
    """What the Arena works with."""

    arena: Arena
    dealer: Dealer
    scores: RunningScores
    stage: Stage
    backstage: Backstage
    secret: bytes

    def deal(self, rater: str | None, asked: dict[str, Any]) -> dict[str, Any]:
        """Deal the next pair; or tell that an own photo has no more, or how far the results needed are.

        Raises RatingsError, such as NoPairError: an own photo's results are no longer kept. NotBlindError:
        it was restored openly since.
        """
        task, own = _task(asked.get("task")), _text(asked.get("own"))
        self.backstage.tend()
        if own:
            try:
                return dealt(self._deal_own(task, rater, own))
            except AllSeenError:
                return {"done": True}
        try:
            return dealt(self.dealer.deal(task, rater))
        except NoPairError:
            self.backstage.begin()
            return {"waiting": True, "made": self.backstage.made, "wanted": self.backstage.wanted}

    def vote(self, rater: str | None, asked: dict[str, Any]) -> dict[str, Any]:
        """Keep a vote, tell what the pair was, and deal another if one is asked for; raises RatingsError."""
        vote = self.arena.vote(
            _text(asked.get("token")),
            rater,
            asked.get("choice"),
            accepted_licence=asked.get("licence"),
            viewing=read_viewing(asked.get("viewing")),
            response_ms=read_response(asked.get("response_ms")),
        )
        said = words.load("zh" if asked.get("language") == "zh" else "en")
        return {"revealed": told(vote, self.scores, said), "next": self._next(rater, asked.get("next"))}

    def undo(self, rater: str | None, asked: dict[str, Any]) -> dict[str, Any]:
        """Take back the last vote; raises RatingsError."""
        if rater is None:
            raise UnknownDealError
        self.arena.withdraw(_text(asked.get("token")), rater)
        return {"undone": True}

    def _deal_own(self, task: str, rater: str | None, own: str) -> Deal:
        if not _SHA256.fullmatch(own):
            raise NoPairError(task)
        if self.stage.stimuli.restored_openly(own):
            raise NotBlindError
        return self.dealer.deal(task, rater, own)

    def _next(self, rater: str | None, asked: object) -> dict[str, Any] | None:
        """Deal one more; a vote that is stored is acknowledged even if there is none."""
        if not isinstance(asked, dict):
            return None
        try:
            return self.deal(rater, cast("dict[str, Any]", asked))
        except RatingsError:
            return None


def dealt(deal: Deal) -> dict[str, Any]:
    """Return what the page may know of a deal."""
    return {
        "token": deal.token,
        "task": deal.left.task,
        "width": deal.left.width,
        "height": deal.left.height,
        "original": deal.left.original_sha256 is not None,
    }


def open_ring(
    desk: Desk, gallery: Gallery, pictures: StimulusShelf, secret: bytes, tell: Callable[[str], object]
) -> Ring:
    """Return the Arena over the database and the models of `desk`; nothing is made yet."""
    database = desk.store.database
    arena, stimuli = Arena(database), Stimuli(database)
    stage = Stage(desk.store, stimuli, pictures, desk.workshop, desk.restore)
    dealer = Dealer(arena, stimuli)
    backstage = Backstage(stage, dealer, gallery, desk.busy, tell)
    return Ring(arena, dealer, RunningScores(arena), stage, backstage, secret)


def _task(told: object) -> str:
    """Return `told` as one of the tasks that are judged; raises BadRatingError."""
    known = [str(task) for task in (*RESTORING, Task.GENERATE)]
    if told not in known:
        raise BadRatingError(f"A task is one of {', '.join(known)}; got {ascii(told)[:60]}.")
    return str(told)


def _text(told: object) -> str:
    return told if isinstance(told, str) else ""
