"""Put one row into the database: as a new answer, or in the place of an older revision of it.

A revision changes what a person answered and whether it counts, never of what it speaks.
"""

import secrets
from base64 import b64decode
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from ratings.errors import BadRowError
from ratings.sharing.columns import OTHER, STIMULUS, Kind, Row
from ratings.sharing.placing import Places
from ratings.sharing.rows import ANSWERED_AT, TABLES
from ratings.store import TOKEN_BYTES
from ratings.studies.design import Item
from ratings.tables import deals, judgements, ratings, stimuli, votes

_SHARED = ("licence", "flag", "reason", "revision")
_OWN = {
    Kind.RATING: ("grade", "comment"),
    Kind.VOTE: ("choice", "response_ms", "viewing", "withdrawn_at"),
    Kind.JUDGEMENT: ("grade", "choice", "response_ms", "viewing"),
    Kind.MARK: ("label", "tool", "mask_sha256", "share", "withdrawn_at"),
}

# Built once: building them takes longer than running them.
_left, _right = stimuli.alias("left_stimuli"), stimuli.alias("right_stimuli")
_COUNTED = (
    select(votes.c.task, _left.c.contestant_id, _right.c.contestant_id, votes.c.choice)
    .join(deals, deals.c.id == votes.c.deal_id)
    .join(_left, _left.c.id == deals.c.left_id)
    .join(_right, _right.c.id == deals.c.right_id)
    .where(votes.c.uid == bindparam("name"), votes.c.flag.is_(None), votes.c.withdrawn_at.is_(None))
)
_OTHER_CURRENT = select(ratings.c.uid, ratings.c.rated_at).where(
    ratings.c.result_id == bindparam("of"),
    ratings.c.rater == bindparam("by"),
    ratings.c.uid != bindparam("name"),
    ratings.c.current,
)
_ANSWER_TO = select(judgements.c.id).where(
    judgements.c.sitting_id == bindparam("of"), judgements.c.trial == bindparam("place")
)
_INSERT_DEAL = insert(deals).returning(deals.c.id)
_INSERTS = {kind: insert(table) for kind, table in TABLES.items()}


def add(connection: Connection, places: Places, row: Row, *, published: bool) -> None:
    """Keep a row whose uid is new. Raises BadRowError: it contradicts what is stored."""
    kind = Kind(row["kind"])
    values = {"uid": row["uid"], "rater": row["rater"], "published": published, **_values(row)}
    if kind is Kind.RATING:
        making, result = places.making(row, STIMULUS)
        values |= {"making_id": making, "result_id": result, "current": _current(connection, row, result)}
    elif kind is Kind.VOTE:
        values |= {"task": row["task"], "deal_id": _deal(connection, places, row)}
    elif kind is Kind.JUDGEMENT:
        values |= _asked(connection, places, row)
    else:
        values |= _painted(places, row)
    connection.execute(_INSERTS[kind], values)


def replace(connection: Connection, places: Places, row: Row, *, published: bool) -> None:
    """Keep a row in the place of an older revision."""
    kind = Kind(row["kind"])
    table, values = TABLES[kind], {"published": published, **_values(row)}
    if kind is Kind.RATING:
        result = connection.scalar(select(ratings.c.result_id).where(ratings.c.uid == row["uid"]))
        values["current"] = _current(connection, row, result)
    if kind is Kind.VOTE:
        _count(connection, places, row["uid"], by=-1)
    connection.execute(update(table).where(table.c.uid == row["uid"]).values(values))
    if kind is Kind.VOTE:
        _count(connection, places, row["uid"], by=1)


def _values(row: Row) -> dict[str, Any]:
    """Return what a revision may change, as the row's table has it."""
    kind = Kind(row["kind"])
    values = {name: row[name] for name in (*_SHARED, *_OWN[kind])}
    values[ANSWERED_AT[kind]] = row["answered_at"]
    if kind is Kind.RATING:
        values["defects"] = " ".join(row["defects"])
    if kind is Kind.MARK:
        values["mask"] = b64decode(row["mask"])
    return values


def _current(connection: Connection, row: Row, result: int | None) -> bool:
    """Tell whether a rating is its rater's current one of `result`: of several that say so, the latest is.

    Files may come in any order; the others' newer revisions say the same when they come.
    """
    if not row["current"] or row["rater"] is None:
        return row["current"]
    mine = {"of": result, "by": row["rater"], "name": row["uid"]}
    other = connection.execute(_OTHER_CURRENT, mine).one_or_none()
    if other is None:
        return True
    if (other.rated_at, other.uid) > (row["answered_at"], row["uid"]):
        return False
    connection.execute(update(ratings).where(ratings.c.uid == other.uid).values(current=False))
    return True


def _deal(connection: Connection, places: Places, row: Row) -> int:
    """Make the pair that a vote is on, and count the vote if it counts."""
    left, first = places.stimulus(row, STIMULUS)
    right, second = places.stimulus(row, OTHER)
    if row["flag"] is None and row["withdrawn_at"] is None:
        places.count(row["task"], first, second, row["choice"], by=1)
    deal = {
        "token": secrets.token_urlsafe(TOKEN_BYTES),
        "task": row["task"],
        "left_id": left,
        "right_id": right,
        "rater": row["rater"],
        "dealt_at": row["answered_at"],
        "answered": True,
    }
    return connection.execute(_INSERT_DEAL, deal).scalar_one()


def _asked(connection: Connection, places: Places, row: Row) -> dict[str, Any]:
    stimulus, _ = places.stimulus(row, STIMULUS)
    other = None if row["other_model"] is None else places.stimulus(row, OTHER)[0]
    sitting = places.sitting(row, Item(stimulus=stimulus, other=other))
    if connection.scalar(_ANSWER_TO, {"of": sitting, "place": row["trial"]}) is not None:
        raise BadRowError(f"a trial must have one answer; found another to trial {row['trial']}")
    return {
        "sitting_id": sitting,
        "trial": row["trial"],
        "kind": row["trial_kind"],
        "stimulus_id": stimulus,
        "other_id": other,
    }


def _painted(places: Places, row: Row) -> dict[str, Any]:
    return {
        "stimulus_id": None if row["stimulus_model"] is None else places.stimulus(row, STIMULUS)[0],
        "image_sha256": row["image_sha256"],
        "image_name": row["image_name"],
        "width": row["image_width"],
        "height": row["image_height"],
        "consent": False,
    }


def _count(connection: Connection, places: Places, uid: str, *, by: int) -> None:
    """Put a vote into its tally, or take it out; one that does not count is in none."""
    vote = connection.execute(_COUNTED, {"name": uid}).one_or_none()
    if vote is not None:
        places.count(*vote, by=by)
