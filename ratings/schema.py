"""Bring a database to the newest schema, whole or not at all.

Alembic is imported only when a step is missing: opening a database that is up to date stays quick.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from ratings.database import Database
from ratings.errors import StoreError
from ratings.tables import SCHEMA, VERSION_TABLE, metadata

_STEPS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x706174696E61  # "patina"; any number will do that no other program in the database takes


def bring_up_to_date(database: Database) -> None:
    """Run the migrations that `database` lacks, in one transaction.

    Raises StoreError: the schema is newer than this program, or tables and schema version contradict each
    other (half migrated); the database is then left as it was.
    """
    with database.reading() as connection:
        revision = _revision(connection, database.place)
    if revision != SCHEMA:
        _upgrade(database)


def _revision(connection: Connection, place: str) -> str | None:
    """Return the revision the database says it has; None for one without our tables."""
    present = set(inspect(connection).get_table_names())
    revision = None
    if VERSION_TABLE in present:
        revision = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 — our name
    ours = set(metadata.tables)
    odd = (ours & present) if revision is None else (ours - present) if revision == SCHEMA else set[str]()
    if odd:
        found = "no schema version, but has" if revision is None else f"schema {revision}, but lacks"
        raise StoreError(
            f"{place} is half migrated: it has {found} {', '.join(sorted(odd))}. Restore a backup, "
            "or move it aside to start a new one."
        )
    return revision


def _upgrade(database: Database) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        revision = _revision(connection, database.place)  # again: another process may have been faster
        if revision is not None and revision not in known:
            raise StoreError(
                f"{database.place} was written by a newer Patina: its schema is {revision}, this one knows "
                f"up to {SCHEMA}. Update Patina, or name another database."
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
