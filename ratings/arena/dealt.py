"""Deals in the database: put there, found, and claimed by the one answer each may have.

Putting and claiming are one statement each, which does nothing where it may not; only then is it asked why.
Each statement is a journey to the server, and journeys are most of what a vote costs on PostgreSQL.
"""

from datetime import timedelta
from typing import Any, NoReturn

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from ratings.arena.records import Deal
from ratings.arena.suspicion import MINUTE, another
from ratings.errors import AnsweredError, ExpiredError, TooManyError, UnknownDealError
from ratings.rows import ago, now
from ratings.tables import deals
from ratings.tombstones import TOMBSTONE, require_not_forgotten

_Row = Row[*tuple[Any, ...]]
_DEAL = (deals.c.id, deals.c.token, deals.c.task, deals.c.left_id, deals.c.right_id, deals.c.rater)
_PUT = ("token", "task", "left_id", "right_id", "rater", "dealt_at", "answered")

# Built once: building them took longer than running them.
_REMEMBERED = ~TOMBSTONE.exists()
_FIND = select(*_DEAL, deals.c.dealt_at, deals.c.answered).where(deals.c.token == bindparam("dealt"))
_INSERT = (
    insert(deals)
    .from_select(
        _PUT,
        select(*(bindparam(name, type_=deals.c[name].type) for name in _PUT)).where(
            _REMEMBERED, ~another(deals.c.dealt_at).exists()
        ),
    )
    .returning(deals.c.id)
)
_CLAIM = (
    update(deals)
    .where(
        deals.c.token == bindparam("dealt"),
        deals.c.rater.is_not_distinct_from(bindparam("by")),
        ~deals.c.answered,
        deals.c.dealt_at >= bindparam("since"),
        _REMEMBERED,
    )
    .values(answered=True)
    .returning(*_DEAL)
)


def put(connection: Connection, deal: Deal, most: int) -> None:
    """Remember `deal`, unless its rater was dealt so many within the last minute.

    Raises TooManyError, ForgottenError.
    """
    dealt_at = now()
    row = {
        "token": deal.token,
        "task": deal.left.task,
        "left_id": deal.left.id,
        "right_id": deal.right.id,
        "rater": deal.rater,
        "dealt_at": dealt_at,
        "answered": False,
    }
    limits = {"by": deal.rater, "since": ago(MINUTE), "until": dealt_at, "skipped": most - 1}
    if connection.execute(_INSERT, {**row, **limits}).first() is None:
        require_not_forgotten(connection, deal.rater)
        raise TooManyError


def find(connection: Connection, token: object) -> _Row:
    """Return the deal of `token`. Raises UnknownDealError."""
    found = connection.execute(_FIND, {"dealt": _checked(token)}).one_or_none()
    if found is None:
        raise UnknownDealError
    return found


def claim(connection: Connection, token: object, rater: str | None, within: timedelta) -> _Row:
    """Return the deal of `token`, which from now on nobody else can answer.

    Raises UnknownDealError: there is none, or it is another's. AnsweredError, ExpiredError, ForgottenError.
    """
    asked = {"dealt": _checked(token), "by": rater, "since": ago(within)}
    claimed = connection.execute(_CLAIM, asked).one_or_none()
    return claimed or _refuse(connection, token, rater, within)


def _refuse(connection: Connection, token: object, rater: str | None, within: timedelta) -> NoReturn:
    require_not_forgotten(connection, rater)
    dealt = find(connection, token)
    if dealt.rater != rater:
        raise UnknownDealError
    raise ExpiredError if dealt.dealt_at < ago(within) and not dealt.answered else AnsweredError


def _checked(token: object) -> str:
    """Return a token that can be looked for."""
    if not isinstance(token, str) or len(token) > 64 or not token.isascii() or "\0" in token:
        raise UnknownDealError
    return token
