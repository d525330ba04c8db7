"""Votes that nobody can have given in earnest: stored like all others, with a flag and the reason."""

from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Select, bindparam, select

from ratings.records import Flag
from ratings.rows import ago, now
from ratings.tables import votes

FASTEST_MS = 400
"""Milliseconds from the pair's appearing; a quicker answer was not looked at: reacting alone takes 250."""

MOST_A_MINUTE = 40
"""More votes of one browser within a minute are stored and flagged."""

_MINUTE = timedelta(minutes=1)


def suspicion(connection: Connection, rater: str | None, response_ms: int | None) -> tuple[Flag | None, str]:
    """Return why a vote that `rater` gives now would not count, and the sentence that says so."""
    if rater is None:
        return Flag.API, "It came without a browser's token."
    if response_ms is not None and response_ms < FASTEST_MS:
        return Flag.TOO_FAST, f"Answered after {response_ms} ms; nobody looks at two pictures in that time."
    if crowded(connection, votes.c.voted_at, rater, MOST_A_MINUTE):
        return Flag.TOO_MANY, f"More than {MOST_A_MINUTE} votes of one browser within a minute."
    return None, ""


def crowded(connection: Connection, when: Column[Any], rater: str | None, most: int) -> bool:
    """Tell whether `rater`, or whoever has no token, has `most` rows within the last minute by `when`.

    It looks at no more rows than that.
    """
    query = _of_someone(when) if rater is not None else _of_nobody(when)
    asked = {"by": rater, "since": ago(_MINUTE), "until": now(), "before": most - 1}
    return connection.execute(query, asked).first() is not None


@cache
def _of_someone(when: Column[Any]) -> Select[Any]:
    """Return the query for the row of a rater after so many others; built once, for it is asked often."""
    return _lately(when).where(when.table.c.rater == bindparam("by"))


@cache
def _of_nobody(when: Column[Any]) -> Select[Any]:
    return _lately(when).where(when.table.c.rater.is_(None))


def _lately(when: Column[Any]) -> Select[Any]:
    within = (when > bindparam("since"), when <= bindparam("until"))
    return select(1).select_from(when.table).where(*within).limit(1).offset(bindparam("before"))
