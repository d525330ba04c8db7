"""What stands in a database as text or bytes that only a program can read: defect tags, JSON, masks."""

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import Column, Connection, select

from ratings.errors import BadMarkError
from ratings.marks.mask import check
from ratings.records import Defect
from ratings.tables import judgements, marks, ratings, results, sittings, studies, votes

_ROWS_AT_ONCE = 1000

_JSON: tuple[tuple[Column[Any], type], ...] = (
    (results.c.settings, dict),
    (votes.c.viewing, dict),
    (judgements.c.viewing, dict),
    (sittings.c.checks, dict),
    (studies.c.design, dict),
)

Found = Iterator[tuple[str, int]]


def defaced(connection: Connection) -> Found:
    """Yield what is wrong, and how many rows there are of it; every such row is read."""
    connection = connection.execution_options(yield_per=_ROWS_AT_ONCE)
    yield _unknown_defects(connection)
    for column, form in _JSON:
        what = f"{column.table.name} whose {column.name} cannot be read"
        yield what, _number(connection, column, lambda text, form=form: isinstance(_parsed(text), form))
    yield "judgements outside of their sitting's plan", _outside_plan(connection)
    yield from _masks(connection)


def _unknown_defects(connection: Connection) -> tuple[str, int]:
    stored = connection.scalars(select(ratings.c.defects).distinct())
    unknown = sorted({slug for slugs in stored for slug in slugs.split()} - set(Defect))
    return f"defect tags that this Patina does not know: {', '.join(unknown)}", len(unknown)


def _number(connection: Connection, column: Column[Any], sound: Callable[[str], bool]) -> int:
    return sum(not sound(text) for text in connection.scalars(select(column)))


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _outside_plan(connection: Connection) -> int:
    """Count answers to trials that their sitting's plan has not; a sitting that was imported has no plan."""
    lengths = {
        row.id: len(plan)
        for row in connection.execute(select(sittings.c.id, sittings.c.plan))
        if isinstance(plan := _parsed(row.plan), list) and plan
    }
    answers = connection.execute(select(judgements.c.sitting_id, judgements.c.trial))
    return sum(row.trial >= lengths.get(row.sitting_id, row.trial + 1) for row in answers)


def _masks(connection: Connection) -> Found:
    columns = (marks.c.mask, marks.c.mask_sha256, marks.c.width, marks.c.height)
    broken, other = 0, 0
    for mask, digest, width, height in connection.execute(select(*columns)):
        broken += not _is_mask(mask, width, height)
        other += sha256(mask).hexdigest() != digest
    yield "marks whose mask is no PNG of their picture's size", broken
    yield "marks whose mask is another than its hash says", other


def _is_mask(png: bytes, width: int, height: int) -> bool:
    try:
        check(png, width, height)
    except BadMarkError:
        return False
    return True
