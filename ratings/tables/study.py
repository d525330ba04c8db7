"""Studies: what is asked, who sat down to answer, and each answer."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from ratings.tables.columns import identifier, index_publishable, metadata, publishable, refers

studies = Table(
    "studies",
    metadata,
    identifier(),
    Column("uid", String(32), nullable=False, unique=True),
    Column("token", String(64), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("task", Text, nullable=False),
    Column("method", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("design", Text, nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("changed_at", String(32), nullable=False),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("published", Boolean, nullable=False, server_default=false()),
    sqlite_autoincrement=True,
)

sittings = Table(
    "sittings",
    metadata,
    identifier(),
    Column("uid", String(32), nullable=False, unique=True),
    refers("study_id", "studies"),
    Column("rater", String(64), nullable=False, index=True),
    Column("participant", String(64)),
    Column("row", Integer, nullable=False),
    Column("plan", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("pilot", Boolean, nullable=False),
    Column("checks", Text, nullable=False),
    Column("flag", String(32)),
    Column("reason", Text, nullable=False),
    Column("started_at", String(32), nullable=False),
    Column("session_began_at", String(32), nullable=False),
    Column("rests_until", String(32)),
    Column("finished_at", String(32)),
    UniqueConstraint("study_id", "rater", name="one_sitting_a_person"),
    sqlite_autoincrement=True,
)

judgements = Table(
    "judgements",
    metadata,
    identifier(),
    refers("sitting_id", "sittings"),
    Column("trial", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    refers("stimulus_id", "stimuli", index=True),
    refers("other_id", "stimuli", nullable=True, index=True),
    Column("rater", String(64), nullable=False, index=True),
    Column("grade", SmallInteger),
    Column("choice", String(16)),
    Column("response_ms", Integer),
    Column("viewing", Text, nullable=False),
    Column("judged_at", String(32), nullable=False),
    *publishable(),
    UniqueConstraint("sitting_id", "trial", name="one_judgement_a_trial"),
    CheckConstraint("grade BETWEEN 1 AND 5", name="grade_in_range"),
    CheckConstraint("choice IN ('left', 'right', 'tie', 'both-bad')", name="choice_known"),
    sqlite_autoincrement=True,
)
index_publishable(judgements)
