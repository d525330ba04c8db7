"""The SQL of dealing and voting, built once: building it took longer than running it."""

from sqlalchemy import bindparam, delete, insert, select, update

from ratings.stimuli import STIMULUS
from ratings.tables import contestants, deals, stimuli, votes

FIND_DEAL = (
    select(deals.c.id, deals.c.token, deals.c.task, deals.c.left_id, deals.c.right_id)
    .add_columns(deals.c.rater, deals.c.dealt_at, deals.c.answered)
    .where(deals.c.token == bindparam("dealt"))
)
SHOWN = STIMULUS.where(stimuli.c.id.in_([bindparam("left"), bindparam("right")]))
INSERT_DEAL = insert(deals)
CLAIM = update(deals).where(deals.c.id == bindparam("deal"), ~deals.c.answered).values(answered=True)
"""Whoever changes a row by this may answer; nobody else can from then on."""

INSERT_VOTE = insert(votes)
LAST_VOTE = (
    select(votes.c.id, votes.c.deal_id, votes.c.choice, votes.c.flag, votes.c.voted_at)
    .where(votes.c.rater == bindparam("by"), votes.c.withdrawn_at.is_(None))
    .order_by(votes.c.id.desc())
    .limit(1)
)
TAKE_BACK = (
    update(votes)
    .where(votes.c.id == bindparam("vote"), votes.c.withdrawn_at.is_(None))
    .values(withdrawn_at=bindparam("at"), revision=votes.c.revision + 1, published=False)
)
SEEN = (
    select(deals.c.left_id, deals.c.right_id)
    .where(deals.c.rater == bindparam("by"), deals.c.task == bindparam("of"))
    .order_by(deals.c.dealt_at.desc())
    .limit(bindparam("most"))
)
CONTESTANTS = select(contestants).where(contestants.c.task == bindparam("of"))
SWEEP = delete(deals).where(~deals.c.answered, deals.c.dealt_at < bindparam("before"))
