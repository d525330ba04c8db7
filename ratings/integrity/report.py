"""What is wrong with a database, and how many rows of each kind it has."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from ratings import tables
from ratings.arena import tally
from ratings.integrity.contradictions import ANSWERS, contradictions, missing_parents
from ratings.integrity.defaced import defaced
from ratings.store import Store
from ratings.tables import judgements, makings, marks, ratings, results, votes


@dataclass(frozen=True, slots=True)
class Report:
    """One sentence for each problem, and how many rows there are of each kind, by what they are."""

    problems: tuple[str, ...]
    counts: Mapping[str, int]


def check(store: Store) -> Report:
    """Return what is wrong with the open database; its schema version was checked when it was opened.

    It reads every row that holds JSON or a picture: a million votes take some seconds.

    Raises StoreError: the database cannot be read.
    """
    with store.database.reading() as connection:
        suspects = {**missing_parents(), **contradictions()}
        numbers = {what: _number(connection, query) for what, query in suspects.items()}
        found = (*numbers.items(), *defaced(connection), *_tallies(connection))
        problems = (*_damage(connection), *(f"{number:,} {what}." for what, number in found if number))
        return Report(problems, _counts(connection))


def repair(store: Store) -> int:
    """Make the tallies anew from the votes; return how many there are. Nothing else can be known anew."""
    with store.database.writing() as connection:
        return tally.recount(connection)


def _damage(connection: Connection) -> list[str]:
    """Return what SQLite says of its own file; PostgreSQL has no such question."""
    if connection.dialect.name != "sqlite":
        return []
    lines = connection.exec_driver_sql("PRAGMA integrity_check").scalars()
    return [f"SQLite finds: {' '.join(line.split())}" for line in lines if line != "ok"]


def _tallies(connection: Connection) -> Iterator[tuple[str, int]]:
    """Yield how many tallies differ from the votes that count."""
    kept, counted = tables.tallies, tally.counted_votes()
    pair, numbers = ("task", "first_id", "second_id"), ("first_wins", "second_wins", "ties", "both_bad")
    sums = select(
        *(counted.c[name] for name in pair), *(func.sum(counted.c[name]) for name in numbers)
    ).group_by(*(counted.c[name] for name in pair))
    here = select(*(kept.c[name] for name in (*pair, *numbers)))
    right = {tuple(row) for row in connection.execute(sums)}
    found = {tuple(row) for row in connection.execute(here) if any(row[len(pair) :])}
    wrong = {row[: len(pair)] for row in right ^ found}
    yield "tallies that differ from the votes (`check --repair` counts anew)", len(wrong)


def _counts(connection: Connection) -> dict[str, int]:
    counts = {
        "results": _number(connection, select(results.c.id)),
        "makings": _number(connection, select(makings.c.id)),
        "ratings": _number(connection, select(ratings.c.id)),
        "ratings current": _number(connection, select(ratings.c.id).where(ratings.c.current)),
        "ratings superseded": _number(connection, select(ratings.c.id).where(~ratings.c.current)),
    }
    others = (tables.stimuli, votes, tables.studies, tables.sittings, judgements, marks, tables.forgotten)
    counts |= {table.name: _number(connection, select(table.c.id)) for table in others}
    for table in ANSWERS:
        counts |= _by_flag(connection, table)
    return counts


def _by_flag(connection: Connection, table: Table) -> dict[str, int]:
    by_flag = select(table.c.flag, func.count()).group_by(table.c.flag).order_by(table.c.flag)
    return {
        f"{table.name} {f'flagged {flag}' if flag else 'without a flag'}": number
        for flag, number in connection.execute(by_flag)
    }


def _number(connection: Connection, query: Select[*tuple[Any, ...]]) -> int:
    return connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
