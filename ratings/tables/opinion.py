"""What was made, and what people think of it while they try models."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
)

from ratings.tables.columns import identifier, index_publishable, metadata, publishable, refers

results = Table(
    "results",
    metadata,
    identifier(),
    Column("identity", String(64), nullable=False, unique=True),
    Column("task", Text, nullable=False, index=True),
    Column("model", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("weights_sha256", String(64)),
    Column("settings", Text, nullable=False),
    Column("input_sha256", String(64), nullable=False),
    Column("output_sha256", String(64), nullable=False),
    sqlite_autoincrement=True,
)

makings = Table(
    "makings",
    metadata,
    identifier(),
    Column("token", String(64), nullable=False, unique=True),
    refers("result_id", "results", index=True),
    Column("default_settings", Boolean, nullable=False),
    Column("input_name", Text),
    Column("app_version", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("made_at", String(32), nullable=False),
    sqlite_autoincrement=True,
)

ratings = Table(
    "ratings",
    metadata,
    identifier(),
    refers("making_id", "makings", index=True),
    refers("result_id", "results", index=True),
    Column("rater", String(64), index=True),
    Column("grade", SmallInteger, nullable=False),
    Column("defects", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("current", Boolean, nullable=False),
    Column("rated_at", String(32), nullable=False),
    *publishable(uid=""),
    CheckConstraint("grade BETWEEN 1 AND 5", name="grade_in_range"),
    sqlite_autoincrement=True,
)
index_publishable(ratings)
Index(
    "one_current_rating_a_person",
    ratings.c.result_id,
    ratings.c.rater,
    unique=True,
    sqlite_where=ratings.c.current,
    postgresql_where=ratings.c.current,
)
