"""What does not count, by whom, and why; an administrator leaves answers out and takes them in again.

Nothing is deleted here: an answer that is left out stays stored, with the flag `excluded` and the reason, and
is published as such. One that has another flag does not count anyway, and keeps it.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Column, ColumnElement, Connection, Table, func, select, true, update

from ratings.arena.tallied import tally
from ratings.arena.tally import hold_still
from ratings.database import Database
from ratings.errors import BadReasonError
from ratings.records import Flag
from ratings.tables import judgements, marks, ratings, votes

REASON_LIMIT = 500
"""The longest reason, in characters."""


class Kind(StrEnum):
    """The kinds of answers that can be left out; each has its table."""

    RATING = "ratings"
    VOTE = "votes"
    JUDGEMENT = "judgements"
    MARK = "marks"


_TABLES: dict[Kind, Table] = {
    Kind.RATING: ratings,
    Kind.VOTE: votes,
    Kind.JUDGEMENT: judgements,
    Kind.MARK: marks,
}
_STANDING: dict[Kind, ColumnElement[bool]] = {
    Kind.RATING: ratings.c.current,
    Kind.VOTE: votes.c.withdrawn_at.is_(None),
    Kind.JUDGEMENT: true(),
    Kind.MARK: marks.c.withdrawn_at.is_(None),
}


@dataclass(frozen=True, slots=True)
class Count:
    """How many answers of a kind have a flag, None being those that count; history is not in it."""

    kind: Kind
    flag: Flag | None
    number: int


def counts(database: Database) -> tuple[Count, ...]:
    """Return the counts that are not 0: by kind, those that count first, then flag by flag."""
    with database.reading() as connection:
        return tuple(count for kind in Kind for count in _counts(connection, kind))


def history(database: Database) -> dict[Kind, int]:
    """Return how many answers of each kind were taken back or replaced; no flag is asked."""
    with database.reading() as connection:
        return {
            kind: connection.execute(
                select(func.count()).select_from(table).where(~_STANDING[kind])
            ).scalar_one()
            for kind, table in _TABLES.items()
        }


def exclude(database: Database, rater: str, reason: str) -> dict[Kind, int]:
    """Leave out all that `rater` has answered until now; return how many answers of each kind changed.

    Raises BadReasonError: the reason is empty, too long or no storable text.
    """
    because = _checked(reason)
    with database.writing() as connection:
        hold_still(connection)
        return {
            kind: _turn(connection, kind, table.c.rater == rater, Flag.EXCLUDED, because)
            for kind, table in _TABLES.items()
        }


def include(database: Database, rater: str) -> dict[Kind, int]:
    """Take in again what was left out of `rater`'s; return how many answers of each kind changed."""
    with database.writing() as connection:
        hold_still(connection)
        return {
            kind: _turn(connection, kind, table.c.rater == rater, None, "") for kind, table in _TABLES.items()
        }


def exclude_answer(database: Database, kind: Kind, uid: str, reason: str) -> bool:
    """Leave out the one answer with this `uid`; tell whether it was there, and counted until now.

    Raises BadReasonError: see `exclude`.
    """
    because = _checked(reason)
    with database.writing() as connection:
        return bool(_turn(connection, kind, _TABLES[kind].c.uid == uid, Flag.EXCLUDED, because))


def include_answer(database: Database, kind: Kind, uid: str) -> bool:
    """Take in again the one answer with this `uid`; tell whether it was there, and left out until now."""
    with database.writing() as connection:
        return bool(_turn(connection, kind, _TABLES[kind].c.uid == uid, None, ""))


def _counts(connection: Connection, kind: Kind) -> list[Count]:
    flag: Column[str] = _TABLES[kind].c.flag
    query = select(flag, func.count()).where(_STANDING[kind]).group_by(flag)
    numbers = dict(connection.execute(query).all())
    order = (None, *Flag)
    return [Count(kind, each, numbers[each]) for each in order if each in numbers]


def _turn(
    connection: Connection, kind: Kind, chosen: ColumnElement[bool], flag: Flag | None, reason: str
) -> int:
    """Turn the chosen rows that have no flag to `flag`, or those that are left out to none."""
    table = _TABLES[kind]
    before = table.c.flag.is_(None) if flag else table.c.flag == Flag.EXCLUDED
    if kind is Kind.VOTE:
        tally(connection, chosen & before, -1 if flag else 1)
    changed = {"flag": flag, "reason": reason, "revision": table.c.revision + 1, "published": False}
    return connection.execute(update(table).where(chosen, before).values(changed)).rowcount


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not 1 <= len(reason) <= REASON_LIMIT or not reason.isprintable():
        raise BadReasonError(
            "Answers are left out for a reason, which is kept and published: "
            f"expected one line of 1 to {REASON_LIMIT} characters."
        )
    return reason
