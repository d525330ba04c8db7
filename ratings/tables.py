"""The tables as the newest migration leaves them, in SQL that SQLite and PostgreSQL share.

    results      a picture, by what it is: the same model, settings and pixels are one row
    makings      each time a result was made: the token it was dealt under, and what may differ between runs
    ratings      a person's opinion of one result; `current` falls when the person answers again

    contestants  what boards rank: a model, a version of its method, its weights
    stimuli      a making as it is shown to be judged: the very PNG, of which contestant
    deals        a blind pair that was put before someone, and the token it may be answered with, once
    votes        the answers to deals; one that was taken back stays as history
    tallies      by pair of contestants, how the votes that count came out: kept with every vote
    standings    the last full count of a board, with its intervals

    studies      what an administrator asks, in which order, of whom
    sittings     one person's way through a study
    judgements   each answer in a sitting
    marks        regions that a person painted on a picture: defects, rust

    forgotten      raters who asked to be forgotten: their rows never come back, whatever file is read
    datasets       which dataset is read back into this database, and whether that is done
    failed_logins  when somebody gave a wrong administrator's password, and from which known browser
    ended_sessions administrators' sessions that were logged out before they expired

Times are text, UTC, ISO 8601 with microseconds: both databases keep and sort them alike. What can be
published has a `uid` that is the same in every database, a `revision` that rises when it changes, and
`published`, which falls then. What does not count has a `flag` and the `reason`. A study of revision 0 is
known from its answers alone: a file had them, and not what it asked.
"""

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

SCHEMA = "0004"
"""The newest migration's revision. A test holds it against ratings/migrations."""

VERSION_TABLE = "ratings_schema"
"""Where Alembic keeps a database's revision; its own name, so that the database can be shared."""

metadata = MetaData()


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _refers(name: str, to: str, *, nullable: bool = False, index: bool = False) -> Column[Any]:
    return Column(name, Integer, ForeignKey(f"{to}.id"), nullable=nullable, index=index)


def _publishable(uid: str | None = None) -> list[Column[Any]]:
    """Return the columns of a row that can leave this database, and be left out of what counts."""
    return [
        Column("uid", String(32), nullable=False, server_default=uid),
        Column("licence", String(64), nullable=False),
        Column("flag", String(32)),
        Column("reason", Text, nullable=False, server_default=""),
        Column("revision", Integer, nullable=False, server_default="1"),
        Column("published", Boolean, nullable=False, server_default=false()),
    ]


def _index_publishable(table: Table) -> None:
    Index(f"ix_{table.name}_uid", table.c.uid, unique=True)
    waiting = ~table.c.published
    Index(f"ix_{table.name}_unpublished", table.c.id, sqlite_where=waiting, postgresql_where=waiting)


results = Table(
    "results",
    metadata,
    _id(),
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
    _id(),
    Column("token", String(64), nullable=False, unique=True),
    _refers("result_id", "results", index=True),
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
    _id(),
    _refers("making_id", "makings", index=True),
    _refers("result_id", "results", index=True),
    Column("rater", String(64), index=True),
    Column("grade", SmallInteger, nullable=False),
    Column("defects", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("current", Boolean, nullable=False),
    Column("rated_at", String(32), nullable=False),
    *_publishable(uid=""),
    CheckConstraint("grade BETWEEN 1 AND 5", name="grade_in_range"),
    sqlite_autoincrement=True,
)
_index_publishable(ratings)
Index(
    "one_current_rating_a_person",
    ratings.c.result_id,
    ratings.c.rater,
    unique=True,
    sqlite_where=ratings.c.current,
    postgresql_where=ratings.c.current,
)

contestants = Table(
    "contestants",
    metadata,
    _id(),
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
    _id(),
    Column("identity", String(64), nullable=False, unique=True),
    _refers("making_id", "makings", index=True),
    _refers("contestant_id", "contestants", index=True),
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
    _id(),
    Column("token", String(64), nullable=False, unique=True),
    Column("task", Text, nullable=False),
    _refers("left_id", "stimuli", index=True),
    _refers("right_id", "stimuli", index=True),
    Column("rater", String(64)),
    Column("dealt_at", String(32), nullable=False),
    Column("answered", Boolean, nullable=False),
    Index("ix_deals_rater_dealt_at", "rater", "dealt_at"),
    sqlite_autoincrement=True,
)

votes = Table(
    "votes",
    metadata,
    _id(),
    Column("deal_id", Integer, ForeignKey("deals.id"), nullable=False, unique=True),
    Column("task", Text, nullable=False),
    Column("rater", String(64)),
    Column("choice", String(16), nullable=False),
    Column("response_ms", Integer),
    Column("viewing", Text, nullable=False),
    Column("voted_at", String(32), nullable=False),
    Column("withdrawn_at", String(32)),
    *_publishable(),
    Index("ix_votes_rater_voted_at", "rater", "voted_at"),
    Index("ix_votes_task_voted_at", "task", "voted_at"),
    CheckConstraint("choice IN ('left', 'right', 'tie', 'both-bad')", name="choice_known"),
    sqlite_autoincrement=True,
)
_index_publishable(votes)
_FLAGGED, _WITHDRAWN = votes.c.flag.is_not(None), votes.c.withdrawn_at.is_not(None)
Index("ix_votes_flagged", votes.c.task, votes.c.flag, sqlite_where=_FLAGGED, postgresql_where=_FLAGGED)
Index("ix_votes_withdrawn", votes.c.task, sqlite_where=_WITHDRAWN, postgresql_where=_WITHDRAWN)

tallies = Table(
    "tallies",
    metadata,
    _id(),
    Column("task", Text, nullable=False),
    _refers("first_id", "contestants"),
    _refers("second_id", "contestants"),
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
    _id(),
    Column("board", String(64), nullable=False, unique=True),
    Column("votes", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("counted_at", String(32), nullable=False),
    sqlite_autoincrement=True,
)

studies = Table(
    "studies",
    metadata,
    _id(),
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
    _id(),
    Column("uid", String(32), nullable=False, unique=True),
    _refers("study_id", "studies"),
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
    _id(),
    _refers("sitting_id", "sittings"),
    Column("trial", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    _refers("stimulus_id", "stimuli", index=True),
    _refers("other_id", "stimuli", nullable=True, index=True),
    Column("rater", String(64), nullable=False, index=True),
    Column("grade", SmallInteger),
    Column("choice", String(16)),
    Column("response_ms", Integer),
    Column("viewing", Text, nullable=False),
    Column("judged_at", String(32), nullable=False),
    *_publishable(),
    UniqueConstraint("sitting_id", "trial", name="one_judgement_a_trial"),
    CheckConstraint("grade BETWEEN 1 AND 5", name="grade_in_range"),
    CheckConstraint("choice IN ('left', 'right', 'tie', 'both-bad')", name="choice_known"),
    sqlite_autoincrement=True,
)
_index_publishable(judgements)

marks = Table(
    "marks",
    metadata,
    _id(),
    _refers("stimulus_id", "stimuli", nullable=True, index=True),
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
    *_publishable(),
    sqlite_autoincrement=True,
)
_index_publishable(marks)

forgotten = Table(
    "forgotten",
    metadata,
    _id(),
    Column("rater", String(64), nullable=False, unique=True),
    Column("forgotten_at", String(32), nullable=False),
    Column("published", Boolean, nullable=False, server_default=false()),
    sqlite_autoincrement=True,
)

datasets = Table(
    "datasets",
    metadata,
    _id(),
    Column("repo", Text, nullable=False, unique=True),
    Column("revision", String(40)),
    Column("begun_at", String(32), nullable=False),
    sqlite_autoincrement=True,
)

failed_logins = Table(
    "failed_logins",
    metadata,
    _id(),
    Column("failed_at", String(32), nullable=False, index=True),
    Column("browser", String(32)),
    sqlite_autoincrement=True,
)

ended_sessions = Table(
    "ended_sessions",
    metadata,
    _id(),
    Column("session", String(32), nullable=False, unique=True),
    Column("expires_at", String(32), nullable=False),
    sqlite_autoincrement=True,
)
