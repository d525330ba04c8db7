"""Studies, marks on pictures, and who asked to be forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_UNPUBLISHED = sa.text("NOT published")


def upgrade() -> None:
    """Make the tables."""
    _make_studies()
    _make_sittings()
    _make_judgements()
    _make_marks()
    _make_forgotten()
    _make_datasets()
    _make_failed_logins()
    _make_ended_sessions()


def _make_studies() -> None:
    op.create_table(
        "studies",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("uid", sa.String(32), nullable=False, unique=True),
        sa.Column("token", sa.String(64), nullable=False, unique=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("design", sa.Text, nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
        sa.Column("published", sa.Boolean, nullable=False, server_default=sa.false()),
        sqlite_autoincrement=True,
    )


def _make_sittings() -> None:
    op.create_table(
        "sittings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("uid", sa.String(32), nullable=False, unique=True),
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id"), nullable=False),
        sa.Column("rater", sa.String(64), nullable=False),
        sa.Column("participant", sa.String(64)),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("pilot", sa.Boolean, nullable=False),
        sa.Column("checks", sa.Text, nullable=False),
        sa.Column("flag", sa.String(32)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("started_at", sa.String(32), nullable=False),
        sa.Column("session_began_at", sa.String(32), nullable=False),
        sa.Column("rests_until", sa.String(32)),
        sa.Column("finished_at", sa.String(32)),
        sa.UniqueConstraint("study_id", "rater", name="one_sitting_a_person"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sittings_rater", "sittings", ["rater"])


def _make_judgements() -> None:
    op.create_table(
        "judgements",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sitting_id", sa.Integer, sa.ForeignKey("sittings.id"), nullable=False),
        sa.Column("trial", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("stimulus_id", sa.Integer, sa.ForeignKey("stimuli.id"), nullable=False),
        sa.Column("other_id", sa.Integer, sa.ForeignKey("stimuli.id")),
        sa.Column("rater", sa.String(64), nullable=False),
        sa.Column("grade", sa.SmallInteger),
        sa.Column("choice", sa.String(16)),
        sa.Column("response_ms", sa.Integer),
        sa.Column("viewing", sa.Text, nullable=False),
        sa.Column("judged_at", sa.String(32), nullable=False),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("licence", sa.String(64), nullable=False),
        sa.Column("flag", sa.String(32)),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
        sa.Column("published", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.CheckConstraint("choice IN ('left', 'right', 'tie', 'both-bad')", name="choice_known"),
        sa.CheckConstraint("grade BETWEEN 1 AND 5", name="grade_in_range"),
        sa.UniqueConstraint("sitting_id", "trial", name="one_judgement_a_trial"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_judgements_other_id", "judgements", ["other_id"])
    op.create_index("ix_judgements_rater", "judgements", ["rater"])
    op.create_index("ix_judgements_stimulus_id", "judgements", ["stimulus_id"])
    op.create_index("ix_judgements_uid", "judgements", ["uid"], unique=True)
    op.create_index(
        "ix_judgements_unpublished",
        "judgements",
        ["id"],
        sqlite_where=_UNPUBLISHED,
        postgresql_where=_UNPUBLISHED,
    )


def _make_marks() -> None:
    op.create_table(
        "marks",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("stimulus_id", sa.Integer, sa.ForeignKey("stimuli.id")),
        sa.Column("image_sha256", sa.String(64), nullable=False),
        sa.Column("image_name", sa.Text),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("consent", sa.Boolean, nullable=False),
        sa.Column("rater", sa.String(64)),
        sa.Column("label", sa.String(32), nullable=False),
        sa.Column("tool", sa.String(16), nullable=False),
        sa.Column("mask", sa.LargeBinary, nullable=False),
        sa.Column("mask_sha256", sa.String(64), nullable=False),
        sa.Column("share", sa.Float, nullable=False),
        sa.Column("marked_at", sa.String(32), nullable=False),
        sa.Column("withdrawn_at", sa.String(32)),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("licence", sa.String(64), nullable=False),
        sa.Column("flag", sa.String(32)),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
        sa.Column("published", sa.Boolean, nullable=False, server_default=sa.false()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_marks_image_sha256", "marks", ["image_sha256"])
    op.create_index("ix_marks_rater", "marks", ["rater"])
    op.create_index("ix_marks_stimulus_id", "marks", ["stimulus_id"])
    op.create_index("ix_marks_uid", "marks", ["uid"], unique=True)
    op.create_index(
        "ix_marks_unpublished", "marks", ["id"], sqlite_where=_UNPUBLISHED, postgresql_where=_UNPUBLISHED
    )


def _make_forgotten() -> None:
    op.create_table(
        "forgotten",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("rater", sa.String(64), nullable=False, unique=True),
        sa.Column("forgotten_at", sa.String(32), nullable=False),
        sa.Column("published", sa.Boolean, nullable=False, server_default=sa.false()),
        sqlite_autoincrement=True,
    )


def _make_datasets() -> None:
    op.create_table(
        "datasets",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("repo", sa.Text, nullable=False, unique=True),
        sa.Column("revision", sa.String(40)),
        sa.Column("begun_at", sa.String(32), nullable=False),
        sqlite_autoincrement=True,
    )


def _make_failed_logins() -> None:
    op.create_table(
        "failed_logins",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("failed_at", sa.String(32), nullable=False),
        sa.Column("browser", sa.String(32)),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_failed_logins_failed_at", "failed_logins", ["failed_at"])


def _make_ended_sessions() -> None:
    op.create_table(
        "ended_sessions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("session", sa.String(32), nullable=False, unique=True),
        sa.Column("expires_at", sa.String(32), nullable=False),
        sqlite_autoincrement=True,
    )
