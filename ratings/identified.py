"""Rows that are one for all who name the same thing: results, contestants and stimuli, by their identity.

Two servers of one PostgreSQL may come with the same new thing at once: the first makes the row, and the other
finds it.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.exc import IntegrityError

from ratings.records import Contestant, Result
from ratings.rows import canonical, identity
from ratings.tables import contestants, results


def result_id(connection: Connection, result: Result) -> int:
    """Return the row of `result`, made now if it is the first of its kind."""
    return found_or_made(
        connection,
        results,
        {
            "identity": identity(result),
            "task": result.task,
            "model": result.model,
            "version": result.version,
            "weights_sha256": result.weights_sha256,
            "settings": canonical(result.settings),
            "input_sha256": result.input_sha256,
            "output_sha256": result.output_sha256,
        },
    )


def contestant_id(connection: Connection, contestant: Contestant) -> int:
    """Return the row of `contestant`, made now if it is new."""
    parts = (contestant.task, contestant.model, contestant.version, contestant.weights_sha256)
    return found_or_made(
        connection,
        contestants,
        {
            "identity": sha256(repr(parts).encode()).hexdigest(),
            "task": contestant.task,
            "model": contestant.model,
            "version": contestant.version,
            "weights_sha256": contestant.weights_sha256,
        },
    )


def found_or_made(connection: Connection, table: Table, values: Mapping[str, Any]) -> int:
    """Return the row of `table` that has the identity in `values`, made of them if there is none."""
    found = find(connection, table, values["identity"])
    return make(connection, table, values) if found is None else found


def find(connection: Connection, table: Table, identity: str) -> int | None:
    """Return the row of `table` that has this identity, None if there is none."""
    return connection.scalar(select(table.c.id).where(table.c.identity == identity))


def make(connection: Connection, table: Table, values: Mapping[str, Any]) -> int:
    """Return a row made of `values`, or the one that another server has just made of the same identity."""
    try:
        with connection.begin_nested():
            return connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
    except IntegrityError:  # on PostgreSQL another server may have been faster
        found = find(connection, table, values["identity"])
        if found is None:
            raise
        return found
