"""Forgetting a rater: every row goes, and a tombstone stays, so that none comes back from a file.

A rater's pseudonym stands in `forgotten` from then on. Whoever writes a row for a rater calls
`require_not_forgotten` before anything else in its transaction; whoever reads rows from a file leaves out
those of the forgotten.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.exc import IntegrityError

from ratings import raters
from ratings.arena.tallied import tally
from ratings.database import Database
from ratings.errors import ForgottenError, UnknownRaterError
from ratings.rows import now
from ratings.tables import (
    deals,
    forgotten,
    judgements,
    makings,
    marks,
    ratings,
    results,
    sittings,
    stimuli,
    votes,
)

_PSEUDONYM = re.compile(r"[0-9a-f]{64}")

# Built once, since every vote asks for it: building it took longer than running it.
TOMBSTONE = select(forgotten.c.id).where(forgotten.c.rater == bindparam("by"))
"""The query for the tombstone of the rater `by`; a statement that has it in its condition does as
`require_not_forgotten` does: `forget` waits for its transaction."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted: how many rows of each table, and which pictures nothing refers to any more.

    `pictures` are the SHA-256 of own photos and of what was made of them.
    """

    counts: Mapping[str, int]
    pictures: tuple[str, ...]


def find_rater(secret: bytes, named: str) -> str:
    """Return the pseudonym that `named` is, or the one of the browser whose token it is.

    Raises UnknownRaterError: it is neither.
    """
    named = named.strip()
    found = named if _PSEUDONYM.fullmatch(named) else raters.rater_id(secret, named)
    if found is None:
        raise UnknownRaterError
    return found


def kept(database: Database, rater: str) -> dict[str, int]:
    """Return how many rows of each table `forget` would delete, by the table's name."""
    with database.reading() as connection:
        return {
            table.name: connection.execute(
                select(func.count()).select_from(table).where(condition)
            ).scalar_one()
            for table, condition in _rows(rater)
        }


def is_forgotten(database: Database, rater: str) -> bool:
    """Tell whether `rater` asked to be forgotten."""
    with database.reading() as connection:
        return _has_tombstone(connection, rater)


def require_not_forgotten(connection: Connection, rater: str | None) -> None:
    """Do nothing for a rater who may answer; call it first in a transaction that writes a rater's row.

    Raises ForgottenError: the rater asked to be forgotten.
    """
    if rater is not None and _has_tombstone(connection, rater):
        raise ForgottenError


def _keep_file(_sha256: str) -> None:
    """Leave a picture's file to the caller."""


def forget(database: Database, rater: str, drop_file: Callable[[str], object] = _keep_file) -> Forgotten:
    """Delete everything of `rater` in one transaction, and leave a tombstone; twice is harmless.

    `drop_file` is called with each picture's SHA-256 before the transaction ends: a kill, or a disk that
    fails, leaves no file that no row speaks of any more, and forgetting can be repeated.

    Own photos' stimuli go with everything that refers to them, and so do the traces of how their results were
    made, unless somebody else's answer needs them. Votes that counted are taken out of the tallies.
    """
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            # Waits for whoever asked `require_not_forgotten` and has not committed; SQLite has one writer.
            connection.exec_driver_sql("LOCK TABLE forgotten IN ACCESS EXCLUSIVE MODE")
        if not _has_tombstone(connection, rater):
            connection.execute(insert(forgotten).values(rater=rater, forgotten_at=now()))
        pictures = _own_pictures(connection, rater)
        made = _own_makings(connection, rater)
        tally(connection, votes.c.flag.is_(None) & _votes_of(rater), -1)
        counts = {
            table.name: connection.execute(delete(table).where(condition)).rowcount
            for table, condition in _rows(rater)
        }
        _delete_unneeded(connection, made)
        unneeded = tuple(sorted(pictures - _needed(connection, pictures)))
        for sha256 in unneeded:
            drop_file(sha256)
        return Forgotten(counts, unneeded)


def _has_tombstone(connection: Connection, rater: str) -> bool:
    return connection.scalar(TOMBSTONE, {"by": rater}) is not None


def _rows(rater: str) -> tuple[tuple[Table, ColumnElement[bool]], ...]:
    """Return which rows of which table belong to `rater`, in an order in which they can be deleted."""
    own = _own_stimuli(rater)
    sat = select(sittings.c.id).where(sittings.c.rater == rater)
    judged = (judgements.c.stimulus_id.in_(own), judgements.c.other_id.in_(own))
    return (
        (ratings, ratings.c.rater == rater),
        (votes, _votes_of(rater)),
        (deals, _deals_of(rater)),
        (judgements, or_(judgements.c.rater == rater, judgements.c.sitting_id.in_(sat), *judged)),
        (sittings, sittings.c.rater == rater),
        (marks, or_(marks.c.rater == rater, marks.c.stimulus_id.in_(own))),
        (stimuli, stimuli.c.owner == rater),
    )


def _own_stimuli(rater: str) -> Select[tuple[int]]:
    return select(stimuli.c.id).where(stimuli.c.owner == rater)


def _deals_of(rater: str) -> ColumnElement[bool]:
    own = _own_stimuli(rater)
    return or_(deals.c.rater == rater, deals.c.left_id.in_(own), deals.c.right_id.in_(own))


def _votes_of(rater: str) -> ColumnElement[bool]:
    return or_(votes.c.rater == rater, votes.c.deal_id.in_(select(deals.c.id).where(_deals_of(rater))))


def _own_pictures(connection: Connection, rater: str) -> set[str]:
    """Return the hashes of own photos, of what was made of them, and of own pictures that were painted on."""
    own = stimuli.c.owner == rater
    hashes = (
        select(stimuli.c.shown_sha256).where(own),
        select(stimuli.c.original_sha256).where(own, stimuli.c.original_sha256.is_not(None)),
        select(marks.c.image_sha256).where(marks.c.rater == rater, marks.c.image_name.is_(None)),
    )
    return {found for query in hashes for found in connection.scalars(query)}


def _needed(connection: Connection, pictures: set[str]) -> set[str]:
    """Return those of `pictures` that a row still refers to."""
    columns = (stimuli.c.shown_sha256, stimuli.c.original_sha256, marks.c.image_sha256)
    return {
        picture
        for picture in pictures
        if any(connection.scalar(select(column).where(column == picture).limit(1)) for column in columns)
    }


def _own_makings(connection: Connection, rater: str) -> list[dict[str, int]]:
    """Return the makings, and their results, that `rater` rated or had kept of own photos."""
    rated = select(ratings.c.making_id).where(ratings.c.rater == rater)
    shown = select(stimuli.c.making_id).where(stimuli.c.owner == rater)
    query = select(makings.c.id, makings.c.result_id).where(
        makings.c.input_name.is_(None), or_(makings.c.id.in_(rated), makings.c.id.in_(shown))
    )
    return [{"making": making, "result": result} for making, result in connection.execute(query)]


def _delete_unneeded(connection: Connection, made: list[dict[str, int]]) -> None:
    if not made:
        return
    unused_making = ~exists().where(ratings.c.making_id == makings.c.id)
    unused_making &= ~exists().where(stimuli.c.making_id == makings.c.id)
    unused_result = ~exists().where(makings.c.result_id == results.c.id)
    unused_result &= ~exists().where(ratings.c.result_id == results.c.id)
    of_results = delete(results).where(results.c.id == bindparam("result"), unused_result)
    of_makings = delete(makings).where(makings.c.id == bindparam("making"), unused_making)
    # On PostgreSQL another server may just have come to need one of them; then they stay.
    with suppress(IntegrityError), connection.begin_nested():
        connection.execute(of_makings, made)
        connection.execute(of_results, made)
