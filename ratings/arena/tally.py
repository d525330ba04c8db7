"""How votes that count came out, by pair of contestants; kept in the transaction that changes a vote.

So the cost of a vote does not grow with the number of votes, and a board reads as many rows as there are
pairs of contestants.
"""

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from ratings.judging import Choice
from ratings.tables import tallies

_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_COLUMNS = {
    Choice.LEFT: "first_wins",
    Choice.RIGHT: "second_wins",
    Choice.TIE: "ties",
    Choice.BOTH_BAD: "both_bad",
}
_TURNED = {Choice.LEFT: Choice.RIGHT, Choice.RIGHT: Choice.LEFT}


def count(connection: Connection, task: str, left: int, right: int, choice: Choice, by: int) -> None:
    """Add `by` votes for `choice` to the tally of two contestants: 1 counts a vote, −1 takes it out again.

    `left` and `right` are the contestants' ids as they were shown; the tally has the lower id first.
    """
    assert left != right, "nobody is compared with itself"
    first, second = sorted((left, right))
    seen = choice if left == first else _TURNED.get(choice, choice)
    added = {column: by if column == _COLUMNS[seen] else 0 for column in _COLUMNS.values()}
    row = _INSERTS[connection.dialect.name](tallies).values(
        task=task, first_id=first, second_id=second, **added
    )
    connection.execute(
        row.on_conflict_do_update(
            index_elements=["task", "first_id", "second_id"],
            set_={column: tallies.c[column] + number for column, number in added.items()},
        )
    )
