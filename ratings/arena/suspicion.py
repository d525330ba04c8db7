"""Votes that nobody can have given in earnest: stored like all others, with a flag and the reason."""

from datetime import timedelta
from functools import cache

from sqlalchemy import Column, Connection, Select, bindparam, select

from ratings.records import Flag
from ratings.rows import ago, now
from ratings.tables import votes

FASTEST_MS = 400
"""Milliseconds from the pair's appearing; a quicker answer was not looked at: reacting alone takes 250."""

MOST_A_MINUTE = 40
"""More votes of one browser within a minute are stored and flagged."""

MINUTE = timedelta(minutes=1)


def suspicion(connection: Connection, rater: str | None, response_ms: int | None) -> tuple[Flag | None, str]:
    """Return why a vote that `rater` gives now would not count, and the sentence that says so."""
    if rater is None:
        return Flag.API, "It came without a browser's token."
    if response_ms is not None and response_ms < FASTEST_MS:
        return Flag.TOO_FAST, f"Answered after {response_ms} ms; nobody looks at two pictures in that time."
    if crowded(connection, votes.c.voted_at, rater, MOST_A_MINUTE):
        return Flag.TOO_MANY, f"More than {MOST_A_MINUTE} votes of one browser within a minute."
    return None, ""


def crowded(connection: Connection, when: Column[str], rater: str | None, most: int) -> bool:
    """Tell whether `rater`, or whoever has no token, has `most` rows within the last minute by `when`.

    It looks at no more rows than that.
    """
    asked = {"since": ago(MINUTE), "until": now(), "skipped": most - 1}
    named = {} if rater is None else {"by": rater}
    return connection.execute(another(when, nameless=rater is None), {**asked, **named}).first() is not None


@cache  # building it took longer than running it
def another(when: Column[str], *, nameless: bool = False) -> Select[str]:
    """Return the query for one row more than those `skipped` of the rater `by`, or of who has no token.

    The rows are those whose `when` lies after `since`, and not after `until`.
    """
    rater = when.table.c.rater
    theirs = rater.is_(None) if nameless else rater == bindparam("by")
    lately = (when > bindparam("since"), when <= bindparam("until"))
    return select(when).where(theirs, *lately).offset(bindparam("skipped")).limit(1)
