"""Whole groups of votes put into the tallies or taken out, when they begin or cease to count."""

from sqlalchemy import ColumnElement, Connection, func, select

from ratings.arena.tally import count, hold_votes
from ratings.judging import Choice
from ratings.tables import deals, stimuli, votes

_left, _right = stimuli.alias("left_stimuli"), stimuli.alias("right_stimuli")


def tally(connection: Connection, chosen: ColumnElement[bool], by: int) -> None:
    """Add the `chosen` votes to their tallies (`by` 1) or take them out (−1); withdrawn ones are in none.

    The caller's condition says which flags the votes have, for the tallies hold those without one. No vote
    changes from then until the transaction ends.
    """
    hold_votes(connection)
    came_out = (votes.c.task, _left.c.contestant_id, _right.c.contestant_id, votes.c.choice)
    query = (
        select(*came_out, func.count())
        .join(deals, deals.c.id == votes.c.deal_id)
        .join(_left, _left.c.id == deals.c.left_id)
        .join(_right, _right.c.id == deals.c.right_id)
        .where(votes.c.withdrawn_at.is_(None), chosen)
        .group_by(*came_out)
        .order_by(*came_out)  # in the same order everywhere: servers never wait for each other in a circle
    )
    for task, left, right, choice, number in connection.execute(query).all():
        count(connection, task, left, right, Choice(choice), by * number)
