"""Regions that people painted on pictures, each with its mask."""

from sqlalchemy import Boolean, Column, Float, Integer, LargeBinary, String, Table, Text

from ratings.tables.columns import identifier, index_publishable, metadata, publishable, refers

marks = Table(
    "marks",
    metadata,
    identifier(),
    refers("stimulus_id", "stimuli", nullable=True, index=True),
    Column("image_sha256", String(64), nullable=False, index=True),
    Column("image_name", Text),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("consent", Boolean, nullable=False),
    Column("rater", String(64), index=True),
    Column("label", String(32), nullable=False),
    Column("tool", String(16), nullable=False),
    Column("mask", LargeBinary, nullable=False),
    Column("mask_sha256", String(64), nullable=False),
    Column("share", Float, nullable=False),
    Column("marked_at", String(32), nullable=False),
    Column("withdrawn_at", String(32)),
    *publishable(),
    sqlite_autoincrement=True,
)
index_publishable(marks)
