"""Look through a database for what should never be there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Select, and_, func, or_, select

from ratings.records import Defect, Flag
from ratings.store import Store
from ratings.tables import makings, ratings, results


@dataclass(frozen=True, slots=True)
class Report:
    """One sentence for each problem, and how many rows there are of each kind, by what they are."""

    problems: tuple[str, ...]
    counts: Mapping[str, int]


def check(store: Store) -> Report:
    """Return what is wrong with the open database; its schema version was checked when it was opened.

    Raises StoreError: the database cannot be read.
    """
    with store.database.reading() as connection:
        problems = (*_damage(connection), *_contradictions(connection), *_unknown_defects(connection))
        return Report(problems, _counts(connection))


def _damage(connection: Connection) -> list[str]:
    """Return what SQLite says of its own file; PostgreSQL has no such question."""
    if connection.dialect.name != "sqlite":
        return []
    lines = connection.exec_driver_sql("PRAGMA integrity_check").scalars()
    return [f"SQLite finds: {' '.join(line.split())}" for line in lines if line != "ok"]


def _contradictions(connection: Connection) -> list[str]:
    rating = select(ratings.c.id)
    twice = (
        select(ratings.c.result_id)
        .where(ratings.c.current, ratings.c.rater.is_not(None))
        .group_by(ratings.c.result_id, ratings.c.rater)
        .having(func.count() > 1)
    )
    flagged = ratings.c.flag == Flag.API
    suspects = {
        "ratings without their making": _orphans(ratings.c.making_id, makings.c.id),
        "ratings without their result": _orphans(ratings.c.result_id, results.c.id),
        "makings without their result": _orphans(makings.c.result_id, results.c.id),
        "ratings whose making is of another result": rating.join(
            makings, makings.c.id == ratings.c.making_id
        ).where(makings.c.result_id != ratings.c.result_id),
        "grades outside 1 to 5": rating.where(or_(ratings.c.grade < 1, ratings.c.grade > 5)),
        "persons with two current ratings of one result": twice,
        "ratings without a rater that lack the flag 'api'": rating.where(
            ratings.c.rater.is_(None), or_(ratings.c.flag.is_(None), ~flagged)
        ),
        "ratings by a rater that have the flag 'api'": rating.where(
            and_(ratings.c.rater.is_not(None), flagged)
        ),
    }
    numbers = {what: _number(connection, query) for what, query in suspects.items()}
    return [f"{number:,} {what}." for what, number in numbers.items() if number]


def _unknown_defects(connection: Connection) -> list[str]:
    stored = connection.scalars(select(ratings.c.defects).distinct())
    unknown = {slug for slugs in stored for slug in slugs.split()} - set(Defect)
    return [f"Defect tags that this Patina does not know: {', '.join(sorted(unknown))}."] if unknown else []


def _counts(connection: Connection) -> dict[str, int]:
    rating = select(ratings.c.id)
    by_flag = select(ratings.c.flag, func.count()).where(ratings.c.flag.is_not(None)).group_by(ratings.c.flag)
    flagged = {f"ratings flagged {flag}": number for flag, number in connection.execute(by_flag)}
    return {
        "results": _number(connection, select(results.c.id)),
        "makings": _number(connection, select(makings.c.id)),
        "ratings": _number(connection, rating),
        "ratings current": _number(connection, rating.where(ratings.c.current)),
        "ratings superseded": _number(connection, rating.where(~ratings.c.current)),
        "ratings without a flag": _number(connection, rating.where(ratings.c.flag.is_(None))),
        **flagged,
    }


def _orphans(child: Column[int], parent: Column[int]) -> Select[*tuple[Any, ...]]:
    return select(child).outerjoin(parent.table, parent == child).where(parent.is_(None))


def _number(connection: Connection, query: Select[*tuple[Any, ...]]) -> int:
    return connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
