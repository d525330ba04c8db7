"""Blind comparisons: what is shown of which contestant, pairs, votes on them, and how they came out."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ratings.tables.columns import identifier, index_publishable, metadata, publishable, refers

contestants = Table(
    "contestants",
    metadata,
    identifier(),
    Column("identity", String(64), nullable=False, unique=True),
    Column("task", Text, nullable=False, index=True),
    Column("model", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("weights_sha256", String(64)),
    sqlite_autoincrement=True,
)

stimuli = Table(
    "stimuli",
    metadata,
    identifier(),
    Column("identity", String(64), nullable=False, unique=True),
    refers("making_id", "makings", index=True),
    refers("contestant_id", "contestants", index=True),
    Column("task", Text, nullable=False),
    Column("input_sha256", String(64), nullable=False),
    Column("input_name", Text),
    Column("shown_sha256", String(64), nullable=False),
    Column("original_sha256", String(64)),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("psnr", Float),
    Column("ssim", Float),
    Column("owner", String(64)),
    Column("consent", Boolean, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("made_at", String(32), nullable=False),
    Index("ix_stimuli_task_input_sha256", "task", "input_sha256"),
    sqlite_autoincrement=True,
)

deals = Table(
    "deals",
    metadata,
    identifier(),
    Column("token", String(64), nullable=False, unique=True),
    Column("task", Text, nullable=False),
    refers("left_id", "stimuli", index=True),
    refers("right_id", "stimuli", index=True),
    Column("rater", String(64)),
    Column("dealt_at", String(32), nullable=False),
    Column("answered", Boolean, nullable=False),
    Index("ix_deals_rater_dealt_at", "rater", "dealt_at"),
    sqlite_autoincrement=True,
)

votes = Table(
    "votes",
    metadata,
    identifier(),
    Column("deal_id", Integer, ForeignKey("deals.id"), nullable=False, unique=True),
    Column("task", Text, nullable=False),
    Column("rater", String(64)),
    Column("choice", String(16), nullable=False),
    Column("response_ms", Integer),
    Column("viewing", Text, nullable=False),
    Column("voted_at", String(32), nullable=False),
    Column("withdrawn_at", String(32)),
    *publishable(),
    Index("ix_votes_rater_voted_at", "rater", "voted_at"),
    Index("ix_votes_task_voted_at", "task", "voted_at"),
    CheckConstraint("choice IN ('left', 'right', 'tie', 'both-bad')", name="choice_known"),
    sqlite_autoincrement=True,
)
index_publishable(votes)
_FLAGGED, _WITHDRAWN = votes.c.flag.is_not(None), votes.c.withdrawn_at.is_not(None)
Index("ix_votes_flagged", votes.c.task, votes.c.flag, sqlite_where=_FLAGGED, postgresql_where=_FLAGGED)
Index("ix_votes_withdrawn", votes.c.task, sqlite_where=_WITHDRAWN, postgresql_where=_WITHDRAWN)

tallies = Table(
    "tallies",
    metadata,
    identifier(),
    Column("task", Text, nullable=False),
    refers("first_id", "contestants"),
    refers("second_id", "contestants"),
    Column("first_wins", Integer, nullable=False),
    Column("second_wins", Integer, nullable=False),
    Column("ties", Integer, nullable=False),
    Column("both_bad", Integer, nullable=False),
    UniqueConstraint("task", "first_id", "second_id", name="one_tally_a_pair"),
    CheckConstraint("first_id < second_id", name="first_before_second"),
    sqlite_autoincrement=True,
)

standings = Table(
    "standings",
    metadata,
    identifier(),
    Column("board", String(64), nullable=False, unique=True),
    Column("votes", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("counted_at", String(32), nullable=False),
    sqlite_autoincrement=True,
)
