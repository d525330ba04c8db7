"""Votes that nobody can have given in earnest: stored like all others, with a flag and the reason."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

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


def crowded(connection: Connection, when: Any, rater: str | None, most: int) -> bool:
    """Tell whether `rater`, or whoever has no token, has `most` rows within the last minute by `when`.

    It looks at no more rows than that.
    """
    query = select(1).where(when.table.c.rater == rater, when > ago(_MINUTE), when <= now()).limit(most)
    return len(connection.execute(query).all()) >= most
