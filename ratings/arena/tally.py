"""How the votes that count came out, by pair of contestants: kept with every vote, read by every board."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Executable, Table, case, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from ratings.judging import Choice
from ratings.tables import deals, stimuli, tallies, votes

_COUNTERS = ("first_wins", "second_wins", "ties", "both_bad")


def _adding(insert: Callable[[Table], sqlite.Insert] | Callable[[Table], postgresql.Insert]) -> Executable:
    row = insert(tallies)
    return row.on_conflict_do_update(
        index_elements=[tallies.c.task, tallies.c.first_id, tallies.c.second_id],
        set_={name: tallies.c[name] + row.excluded[name] for name in _COUNTERS},
    )


_ADD = {"sqlite": _adding(sqlite.insert), "postgresql": _adding(postgresql.insert)}


@dataclass(frozen=True, slots=True)
class Tally:
    """How often the votes on two contestants came out each way; `first` and `second` are contestants' ids."""

    first: int
    second: int
    first_wins: int
    second_wins: int
    ties: int
    both_bad: int

    @property
    def votes(self) -> int:
        """Return how many votes there are."""
        return self.first_wins + self.second_wins + self.ties + self.both_bad


def count(connection: Connection, task: str, left: int, right: int, choice: Choice, by: int) -> None:
    """Add `by` (1, or −1 for a vote that no longer counts) to the tally of contestants `left` and `right`.

    Both sides may show the same contestant with other settings: such a vote says nothing of it, and is
    not tallied.
    """
    if left == right:
        return
    first, second = sorted((left, right))
    changed = dict.fromkeys(_COUNTERS, 0) | {_counter(choice, swapped=left != first): by}
    pair = {"task": task, "first_id": first, "second_id": second}
    connection.execute(_ADD[connection.dialect.name], pair | changed)


def read(connection: Connection, task: str) -> tuple[Tally, ...]:
    """Return the tallies of `task`, those without votes left out."""
    query = (
        select(*(tallies.c[name] for name in ("first_id", "second_id", *_COUNTERS)))
        .where(tallies.c.task == task)
        .order_by(tallies.c.id)
    )
    found = (Tally(*row) for row in connection.execute(query))
    return tuple(each for each in found if each.votes)


def hold_votes(connection: Connection) -> None:
    """Let nobody vote, or take a vote back, until this transaction ends: what is counted stays what it is.

    SQLite has one writer anyhow. Call it before anything else is written: two who wait for each other are
    both refused.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE votes IN SHARE ROW EXCLUSIVE MODE")


def recount(connection: Connection) -> int:
    """Make all tallies anew from the votes that count; return how many there are."""
    hold_votes(connection)
    connection.execute(delete(tallies))
    counted = counted_votes()
    connection.execute(
        insert(tallies).from_select(
            ["task", "first_id", "second_id", *_COUNTERS],
            select(
                counted.c.task,
                counted.c.first_id,
                counted.c.second_id,
                *(func.sum(counted.c[name]) for name in _COUNTERS),
            ).group_by(counted.c.task, counted.c.first_id, counted.c.second_id),
        )
    )
    return connection.execute(select(func.count()).select_from(tallies)).scalar_one()


def counted_votes():  # noqa: ANN201 — a subquery's type tells nobody anything
    """Return each vote that counts as a row of `first_id`, `second_id` and a one under how it came out."""
    left, right = stimuli.alias("left"), stimuli.alias("right")
    swapped = left.c.contestant_id > right.c.contestant_id
    one = {name: case((votes.c.choice == name, 1), else_=0) for name in Choice}
    return (
        select(
            votes.c.task,
            case((swapped, right.c.contestant_id), else_=left.c.contestant_id).label("first_id"),
            case((swapped, left.c.contestant_id), else_=right.c.contestant_id).label("second_id"),
            case((swapped, one[Choice.RIGHT]), else_=one[Choice.LEFT]).label("first_wins"),
            case((swapped, one[Choice.LEFT]), else_=one[Choice.RIGHT]).label("second_wins"),
            one[Choice.TIE].label("ties"),
            one[Choice.BOTH_BAD].label("both_bad"),
        )
        .join(deals, deals.c.id == votes.c.deal_id)
        .join(left, left.c.id == deals.c.left_id)
        .join(right, right.c.id == deals.c.right_id)
        .where(votes.c.flag.is_(None), votes.c.withdrawn_at.is_(None))
        .where(left.c.contestant_id != right.c.contestant_id)
        .subquery()
    )


def _counter(choice: Choice, *, swapped: bool) -> str:
    if choice in (Choice.TIE, Choice.BOTH_BAD):
        return "ties" if choice is Choice.TIE else "both_bad"
    return "first_wins" if (choice is Choice.LEFT) != swapped else "second_wins"
