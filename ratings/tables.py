"""The tables as the newest migration leaves them, in SQL that SQLite and PostgreSQL share.

    results   a picture, by what it is: the same model, settings and pixels are one row
    makings   each time a result was made: the token it was dealt under, and what may differ between runs
    ratings   each answer, never changed but for `current`, which falls when its rater answers again

Times are text, UTC, ISO 8601 with microseconds: both databases keep and sort them alike.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)

SCHEMA = "0001"
"""The newest migration's revision. A test holds it against ratings/migrations."""

VERSION_TABLE = "ratings_schema"
"""Where Alembic keeps a database's revision; its own name, so that the database can be shared."""

metadata = MetaData()

results = Table(
    "results",
    metadata,
    Column("id", Integer, primary_key=True),
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
    Column("id", Integer, primary_key=True),
    Column("token", String(64), nullable=False, unique=True),
    Column("result_id", Integer, ForeignKey("results.id"), nullable=False, index=True),
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
    Column("id", Integer, primary_key=True),
    Column("making_id", Integer, ForeignKey("makings.id"), nullable=False),
    Column("result_id", Integer, ForeignKey("results.id"), nullable=False),
    Column("rater", String(64)),
    Column("grade", SmallInteger, nullable=False),
    Column("defects", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("licence", String(64), nullable=False),
    Column("flag", String(32)),
    Column("current", Boolean, nullable=False),
    Column("rated_at", String(32), nullable=False),
    CheckConstraint("grade BETWEEN 1 AND 5", name="grade_in_range"),
    sqlite_autoincrement=True,
)

Index("ix_ratings_making_id", ratings.c.making_id)
Index("ix_ratings_result_id", ratings.c.result_id)
Index(
    "one_current_rating_a_person",
    ratings.c.result_id,
    ratings.c.rater,
    unique=True,
    sqlite_where=ratings.c.current,
    postgresql_where=ratings.c.current,
)
