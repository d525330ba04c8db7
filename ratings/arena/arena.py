"""Where blind pairs are dealt and answered: the server remembers what it dealt, the page knows a token.

An answer is taken once, from the browser it was dealt to, within a day; it is stored in one transaction
together with the tally it changes, and is on the disk before it is acknowledged.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from ratings.answer import check_licence, check_rater
from ratings.arena import tally
from ratings.arena.dealt import claim, find, put
from ratings.arena.records import Deal, Vote
from ratings.arena.suspicion import suspicion
from ratings.arena.tally import Tally
from ratings.database import Database
from ratings.errors import BadRatingError, NotLastError, UnknownDealError
from ratings.judging import Choice, Viewing
from ratings.records import Contestant
from ratings.rows import ago, new_uid, now
from ratings.stimuli import STIMULUS, Stimulus, to_stimulus
from ratings.tables import contestants, deals, stimuli, votes
from ratings.tombstones import require_not_forgotten

EXPIRES_AFTER = timedelta(days=1)
UNDO_WITHIN = timedelta(hours=1)

REFUSED_A_MINUTE = 300
"""More pairs of one browser within a minute are refused."""

_TOKEN_BYTES = 24
_MOST_KNOWN = 2000
_Row = Row[*tuple[Any, ...]]


class Arena:
    """Deals pairs and keeps votes; every thread may use it. Methods raise StoreError as `Store`'s do."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: Mapping[int, Stimulus] = {}  # replaced, never changed: threads look while others add

    def deal(self, left: Stimulus, right: Stimulus, rater: str | None) -> Deal:
        """Put a pair before `rater`, and remember it.

        Raises TooManyError: this rater was dealt more than any person can look at. BadRatingError: no
        pseudonym. ForgottenError: the rater asked to be forgotten.
        """
        check_rater(rater)
        deal = Deal(secrets.token_urlsafe(_TOKEN_BYTES), left, right, rater)
        with self._database.writing_a_little() as connection:
            put(connection, deal, REFUSED_A_MINUTE)
        return deal

    def look(self, token: str) -> Deal:
        """Return what was dealt under `token`, answered or not.

        Raises UnknownDealError.
        """
        with self._database.reading() as connection:
            return self._deal(connection, find(connection, token))

    def vote(
        self,
        token: str,
        rater: str | None,
        choice: object,
        *,
        accepted_licence: object,
        viewing: Viewing | None = None,
        response_ms: int | None = None,
    ) -> Vote:
        """Keep an answer to what was dealt under `token`; return it as stored, once it is on the disk.

        `response_ms` is how long the pair was looked at, None if unknown. A vote that nobody can have given
        in earnest is stored with a flag.

        Raises UnknownDealError: nothing was dealt under `token`, or not to `rater`. AnsweredError,
        ExpiredError. BadRatingError: another choice, or another licence. ForgottenError.
        """
        chosen, licence = check_choice(choice), check_licence(accepted_licence)
        with self._database.writing_a_little() as connection:
            dealt = claim(connection, token, rater, EXPIRES_AFTER)
            flag, reason = suspicion(connection, rater, response_ms)
            voted_at = now()
            row = {
                "deal_id": dealt.id,
                "task": dealt.task,
                "rater": rater,
                "choice": chosen,
                "response_ms": response_ms,
                "viewing": (viewing or Viewing()).as_text(),
                "voted_at": voted_at,
                "uid": new_uid(),
                "licence": licence,
                "flag": flag,
                "reason": reason,
            }
            connection.execute(_INSERT_VOTE, row)
            deal = self._deal(connection, dealt)
            if flag is None:
                _count(connection, deal, chosen, by=1)
        return Vote(deal, chosen, flag, reason, datetime.fromisoformat(voted_at))

    def withdraw(self, token: str, rater: str) -> None:
        """Take back the last vote of `rater`, given under `token`: it stays as history, and counts no more.

        Its pair is not dealt anew: the names were told, and another answer would not be blind. Asked once
        more, since the answer was lost, this does nothing.

        Raises UnknownDealError, NotLastError, ForgottenError.
        """
        with self._database.writing_a_little() as connection:
            require_not_forgotten(connection, rater)
            dealt = find(connection, token)
            if dealt.rater is None or dealt.rater != rater:
                raise UnknownDealError
            if connection.scalar(_TAKEN_BACK, {"deal": dealt.id}) is not None:
                return
            vote = connection.execute(_LAST_VOTE, {"by": rater}).first()
            if vote is None or vote.deal_id != dealt.id or _older(vote.voted_at, UNDO_WITHIN):
                raise NotLastError
            taken = connection.execute(_TAKE_BACK, {"vote": vote.id, "at": now()}).one_or_none()
            if taken is not None and taken.flag is None:
                _count(connection, self._deal(connection, dealt), Choice(taken.choice), by=-1)

    def tallies(self, task: str) -> tuple[Tally, ...]:
        """Return how the votes that count came out, by pair of contestants."""
        with self._database.reading() as connection:
            return tally.read(connection, task)

    def contestants(self, task: str) -> dict[int, Contestant]:
        """Return the contestants of `task` by their ids in tallies and stimuli."""
        query = select(contestants).where(contestants.c.task == task)
        with self._database.reading() as connection:
            return {
                row.id: Contestant(row.task, row.model, row.version, row.weights_sha256)
                for row in connection.execute(query)
            }

    def seen(self, rater: str, task: str, most: int) -> tuple[tuple[int, int], ...]:
        """Return the last pairs dealt to `rater`, latest first, at most so many: (left, right) stimuli."""
        asked = {"by": rater, "of": task, "most": most}
        with self._database.reading() as connection:
            return tuple((left, right) for left, right in connection.execute(_SEEN, asked))

    def sweep(self) -> int:
        """Forget deals that nobody answered in time; return how many."""
        old = deals.c.dealt_at < ago(2 * EXPIRES_AFTER)
        with self._database.writing() as connection:
            return connection.execute(delete(deals).where(~deals.c.answered, old)).rowcount

    def _deal(self, connection: Connection, dealt: _Row) -> Deal:
        left, right = dealt.left_id, dealt.right_id
        known = self._known
        if not {left, right} <= known.keys():
            found = map(to_stimulus, connection.execute(_SHOWN, {"left": left, "right": right}))
            kept = known if len(known) < _MOST_KNOWN else {}
            self._known = known = {**kept, **{each.id: each for each in found}}
        return Deal(dealt.token, known[left], known[right], dealt.rater)


# Built once: building them took longer than running them.
_INSERT_VOTE = insert(votes)
_SHOWN = STIMULUS.where(stimuli.c.id.in_([bindparam("left"), bindparam("right")]))
_SEEN = (
    select(deals.c.left_id, deals.c.right_id)
    .where(deals.c.rater == bindparam("by"), deals.c.task == bindparam("of"))
    .order_by(deals.c.dealt_at.desc())
    .limit(bindparam("most"))
)
_LAST_VOTE = (
    select(votes.c.id, votes.c.deal_id, votes.c.voted_at)
    .where(votes.c.rater == bindparam("by"), votes.c.withdrawn_at.is_(None))
    .order_by(votes.c.id.desc())
    .limit(1)
)
_TAKEN_BACK = select(votes.c.withdrawn_at).where(votes.c.deal_id == bindparam("deal"))
_TAKE_BACK = (  # nobody's, where somebody was faster; with the flag as it is then, whoever has changed it
    update(votes)
    .where(votes.c.id == bindparam("vote"), votes.c.withdrawn_at.is_(None))
    .values(withdrawn_at=bindparam("at"), revision=votes.c.revision + 1, published=False)
    .returning(votes.c.choice, votes.c.flag)
)


def check_choice(choice: object) -> Choice:
    """Return `choice` as one of those there are; raises BadRatingError."""
    try:
        return Choice(choice)  # pyright: ignore[reportArgumentType] — anything else raises: the check
    except ValueError:
        raise BadRatingError(f"A choice is one of {', '.join(Choice)}; got {ascii(choice)[:60]}.") from None


def _count(connection: Connection, deal: Deal, choice: Choice, *, by: int) -> None:
    left, right = deal.left.contestant_id, deal.right.contestant_id
    tally.count(connection, deal.left.task, left, right, choice, by)


def _older(when: str, than: timedelta) -> bool:
    return when < ago(than)
