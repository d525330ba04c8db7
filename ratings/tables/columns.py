"""What every table is built of: its number, references, and the columns of a row that can be published."""

from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, false

metadata = MetaData()


def identifier() -> Column[int]:
    """Return the column of a row's own number, which no other database knows."""
    return Column("id", Integer, primary_key=True)


def refers(name: str, to: str, *, nullable: bool = False, index: bool = False) -> Column[Any]:
    """Return a column that holds the number of a row of the table `to`."""
    return Column(name, Integer, ForeignKey(f"{to}.id"), nullable=nullable, index=index)


def publishable(uid: str | None = None) -> list[Column[Any]]:
    """Return the columns of a row that can leave this database, and be left out of what counts.

    `uid` is what rows have that are older than the column.
    """
    return [
        Column("uid", String(32), nullable=False, server_default=uid),
        Column("licence", String(64), nullable=False),
        Column("flag", String(32)),
        Column("reason", Text, nullable=False, server_default=""),
        Column("revision", Integer, nullable=False, server_default="1"),
        Column("published", Boolean, nullable=False, server_default=false()),
    ]


def index_publishable(table: Table) -> None:
    """Let rows of `table` be found by their `uid`, and those that wait to be published at once."""
    Index(f"ix_{table.name}_uid", table.c.uid, unique=True)
    waiting = ~table.c.published
    Index(f"ix_{table.name}_unpublished", table.c.id, sqlite_where=waiting, postgresql_where=waiting)
