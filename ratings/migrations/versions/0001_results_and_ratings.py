"""Results, their makings, and the ratings of single results."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the first three tables."""
    _make_results()
    _make_makings()
    _make_ratings()


def _make_results() -> None:
    op.create_table(
        "results",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("identity", sa.String(64), nullable=False, unique=True),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("weights_sha256", sa.String(64)),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("input_sha256", sa.String(64), nullable=False),
        sa.Column("output_sha256", sa.String(64), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_results_task", "results", ["task"])


def _make_makings() -> None:
    op.create_table(
        "makings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("token", sa.String(64), nullable=False, unique=True),
        sa.Column("result_id", sa.Integer, sa.ForeignKey("results.id"), nullable=False),
        sa.Column("default_settings", sa.Boolean, nullable=False),
        sa.Column("input_name", sa.Text),
        sa.Column("app_version", sa.Text, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_makings_result_id", "makings", ["result_id"])


def _make_ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("making_id", sa.Integer, sa.ForeignKey("makings.id"), nullable=False),
        sa.Column("result_id", sa.Integer, sa.ForeignKey("results.id"), nullable=False),
        sa.Column("rater", sa.String(64)),
        sa.Column("grade", sa.SmallInteger, nullable=False),
        sa.Column("defects", sa.Text, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("licence", sa.String(64), nullable=False),
        sa.Column("flag", sa.String(32)),
        sa.Column("current", sa.Boolean, nullable=False),
        sa.Column("rated_at", sa.String(32), nullable=False),
        sa.CheckConstraint("grade BETWEEN 1 AND 5", name="grade_in_range"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ratings_making_id", "ratings", ["making_id"])
    op.create_index("ix_ratings_result_id", "ratings", ["result_id"])
    op.create_index(
        "one_current_rating_a_person",
        "ratings",
        ["result_id", "rater"],
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    )
