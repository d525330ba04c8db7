"""Who asked to be forgotten: a tombstone stays in `forgotten`, and nobody writes a row for that rater again.

Whoever writes a row for a rater calls `require_not_forgotten` before anything else in its transaction;
whoever reads rows from a file leaves out those of the forgotten. `ratings.administration.forgetting` sets
the tombstones.
"""

from sqlalchemy import Connection, bindparam, select

from ratings.database import Database
from ratings.errors import ForgottenError
from ratings.tables import forgotten

# Built once, since every vote asks for it: building it took longer than running it.
TOMBSTONE = select(forgotten.c.id).where(forgotten.c.rater == bindparam("by"))
"""The query for the tombstone of the rater `by`; a statement that has it in its condition does as
`require_not_forgotten` does: whoever forgets waits for its transaction."""


def is_forgotten(database: Database, rater: str) -> bool:
    """Tell whether `rater` asked to be forgotten."""
    with database.reading() as connection:
        return has_tombstone(connection, rater)


def require_not_forgotten(connection: Connection, rater: str | None) -> None:
    """Do nothing for a rater who may answer; call it first in a transaction that writes a rater's row.

    Raises ForgottenError: the rater asked to be forgotten.
    """
    if rater is not None and has_tombstone(connection, rater):
        raise ForgottenError


def has_tombstone(connection: Connection, rater: str) -> bool:
    """Tell whether `rater` asked to be forgotten, as this transaction sees it."""
    return connection.scalar(TOMBSTONE, {"by": rater}) is not None
