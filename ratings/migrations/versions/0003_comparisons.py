"""What is put before people blindly, and how they answer."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_UNPUBLISHED = sa.text("NOT published")


def upgrade() -> None:
    """Make the tables."""
    _make_contestants()
    _make_stimuli()
    _make_deals()
    _make_votes()
    _make_tallies()
    _make_standings()


def _make_contestants() -> None:
    op.create_table(
        "contestants",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("identity", sa.String(64), nullable=False, unique=True),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("weights_sha256", sa.String(64)),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_contestants_task", "contestants", ["task"])


def _make_stimuli() -> None:
    op.create_table(
        "stimuli",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("identity", sa.String(64), nullable=False, unique=True),
        sa.Column("making_id", sa.Integer, sa.ForeignKey("makings.id"), nullable=False),
        sa.Column("contestant_id", sa.Integer, sa.ForeignKey("contestants.id"), nullable=False),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("input_sha256", sa.String(64), nullable=False),
        sa.Column("input_name", sa.Text),
        sa.Column("shown_sha256", sa.String(64), nullable=False),
        sa.Column("original_sha256", sa.String(64)),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("psnr", sa.Float),
        sa.Column("ssim", sa.Float),
        sa.Column("owner", sa.String(64)),
        sa.Column("consent", sa.Boolean, nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_stimuli_contestant_id", "stimuli", ["contestant_id"])
    op.create_index("ix_stimuli_making_id", "stimuli", ["making_id"])
    op.create_index("ix_stimuli_task_input_sha256", "stimuli", ["task", "input_sha256"])


def _make_deals() -> None:
    op.create_table(
        "deals",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("token", sa.String(64), nullable=False, unique=True),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("left_id", sa.Integer, sa.ForeignKey("stimuli.id"), nullable=False),
        sa.Column("right_id", sa.Integer, sa.ForeignKey("stimuli.id"), nullable=False),
        sa.Column("rater", sa.String(64)),
        sa.Column("dealt_at", sa.String(32), nullable=False),
        sa.Column("answered", sa.Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deals_left_id", "deals", ["left_id"])
    op.create_index("ix_deals_rater_dealt_at", "deals", ["rater", "dealt_at"])
    op.create_index("ix_deals_right_id", "deals", ["right_id"])


def _make_votes() -> None:
    op.create_table(
        "votes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("deal_id", sa.Integer, sa.ForeignKey("deals.id"), nullable=False, unique=True),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("rater", sa.String(64)),
        sa.Column("choice", sa.String(16), nullable=False),
        sa.Column("response_ms", sa.Integer),
        sa.Column("viewing", sa.Text, nullable=False),
        sa.Column("voted_at", sa.String(32), nullable=False),
        sa.Column("withdrawn_at", sa.String(32)),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("licence", sa.String(64), nullable=False),
        sa.Column("flag", sa.String(32)),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
        sa.Column("published", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.CheckConstraint("choice IN ('left', 'right', 'tie', 'both-bad')", name="choice_known"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_votes_rater_voted_at", "votes", ["rater", "voted_at"])
    op.create_index("ix_votes_task_voted_at", "votes", ["task", "voted_at"])
    for name, columns, where in (
        ("ix_votes_flagged", ["task", "flag"], sa.text("flag IS NOT NULL")),
        ("ix_votes_withdrawn", ["task"], sa.text("withdrawn_at IS NOT NULL")),
    ):
        op.create_index(name, "votes", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_votes_uid", "votes", ["uid"], unique=True)
    op.create_index(
        "ix_votes_unpublished", "votes", ["id"], sqlite_where=_UNPUBLISHED, postgresql_where=_UNPUBLISHED
    )


def _make_tallies() -> None:
    op.create_table(
        "tallies",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("first_id", sa.Integer, sa.ForeignKey("contestants.id"), nullable=False),
        sa.Column("second_id", sa.Integer, sa.ForeignKey("contestants.id"), nullable=False),
        sa.Column("first_wins", sa.Integer, nullable=False),
        sa.Column("second_wins", sa.Integer, nullable=False),
        sa.Column("ties", sa.Integer, nullable=False),
        sa.Column("both_bad", sa.Integer, nullable=False),
        sa.CheckConstraint("first_id < second_id", name="first_before_second"),
        sa.UniqueConstraint("task", "first_id", "second_id", name="one_tally_a_pair"),
        sqlite_autoincrement=True,
    )


def _make_standings() -> None:
    op.create_table(
        "standings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("board", sa.String(64), nullable=False, unique=True),
        sa.Column("votes", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("counted_at", sa.String(32), nullable=False),
        sqlite_autoincrement=True,
    )
