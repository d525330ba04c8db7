"""Ratings get a name that is the same in every database, a revision, and whether it is published."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and name the rows that are there."""
    for column in (
        sa.Column("uid", sa.String(32), nullable=False, server_default=""),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
        sa.Column("published", sa.Boolean, nullable=False, server_default=sa.false()),
    ):
        op.add_column("ratings", column)
    _name_rows(op.get_bind())
    op.create_index("ix_ratings_uid", "ratings", ["uid"], unique=True)
    op.create_index("ix_ratings_rater", "ratings", ["rater"])
    op.create_index(
        "ix_ratings_unpublished",
        "ratings",
        ["id"],
        sqlite_where=sa.text("NOT published"),
        postgresql_where=sa.text("NOT published"),
    )


def _name_rows(connection: sa.Connection) -> None:
    ratings = sa.table("ratings", sa.column("id", sa.Integer), sa.column("uid", sa.String))
    name = sa.update(ratings).where(ratings.c.id == sa.bindparam("row")).values(uid=sa.bindparam("name"))
    rows = [
        {"row": row, "name": secrets.token_hex(16)} for row in connection.scalars(sa.select(ratings.c.id))
    ]
    if rows:
        connection.execute(name, rows)
