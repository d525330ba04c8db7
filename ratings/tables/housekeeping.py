"""What the house remembers for itself: whom it forgot, what it read back, who tried to log in."""

from sqlalchemy import Boolean, Column, String, Table, Text, false

from ratings.tables.columns import identifier, metadata

forgotten = Table(
    "forgotten",
    metadata,
    identifier(),
    Column("rater", String(64), nullable=False, unique=True),
    Column("forgotten_at", String(32), nullable=False),
    Column("published", Boolean, nullable=False, server_default=false()),
    sqlite_autoincrement=True,
)

datasets = Table(
    "datasets",
    metadata,
    identifier(),
    Column("repo", Text, nullable=False, unique=True),
    Column("revision", String(40)),
    Column("begun_at", String(32), nullable=False),
    sqlite_autoincrement=True,
)

failed_logins = Table(
    "failed_logins",
    metadata,
    identifier(),
    Column("failed_at", String(32), nullable=False, index=True),
    Column("browser", String(32)),
    sqlite_autoincrement=True,
)

ended_sessions = Table(
    "ended_sessions",
    metadata,
    identifier(),
    Column("session", String(32), nullable=False, unique=True),
    Column("expires_at", String(32), nullable=False),
    sqlite_autoincrement=True,
)
