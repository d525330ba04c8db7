"""Were the known items answered? Asked at each of them: who misses one may never come to the end.

What fails is flagged, never dropped.
"""

import json

from sqlalchemy import Connection, select, update

from ratings.judging import Choice
from ratings.records import Flag
from ratings.statistics.crowd import GOLD_WITHIN
from ratings.studies.design import Kind
from ratings.studies.order import Trial
from ratings.tables import judgements, sittings


def distrust(connection: Connection, sitting: int) -> Flag | None:
    """Flag a sitting and its answers so far if a trap, or more than half of all gold items, was missed.

    A gold grade is met within one grade; a trap, and a choice, exactly (P.910's practice for crowds). Answers
    that have a flag already keep it.
    """
    plan = connection.scalar(select(sittings.c.plan).where(sittings.c.id == sitting))
    trials = {each.index: each for each in (Trial.model_validate(told) for told in json.loads(plan or "[]"))}
    given = connection.execute(
        select(judgements.c.trial, judgements.c.grade, judgements.c.choice).where(
            judgements.c.sitting_id == sitting
        )
    )
    met: dict[Kind, list[bool]] = {Kind.GOLD: [], Kind.TRAP: []}
    for trial, grade, choice in given:
        if trials[trial].kind in met:
            met[trials[trial].kind].append(_is_met(trials[trial], grade, choice))
    planned = sum(each.kind is Kind.GOLD for each in trials.values())
    found = _verdict(met[Kind.TRAP], met[Kind.GOLD], planned)
    if found is None:
        return None
    flag, reason = found
    connection.execute(update(sittings).where(sittings.c.id == sitting).values(flag=flag, reason=reason))
    connection.execute(
        update(judgements)
        .where(judgements.c.sitting_id == sitting, judgements.c.flag.is_(None))
        .values(flag=flag, reason=reason, revision=judgements.c.revision + 1, published=False)
    )
    return flag


def _is_met(trial: Trial, grade: int | None, choice: str | None) -> bool:
    if isinstance(trial.expected, Choice):
        return choice == trial.expected
    if trial.expected is None or grade is None:
        return False
    return abs(grade - trial.expected) <= (GOLD_WITHIN if trial.kind is Kind.GOLD else 0)


def _verdict(traps: list[bool], gold: list[bool], planned: int) -> tuple[Flag, str] | None:
    if not all(traps):
        return Flag.TRAP_MISSED, f"{traps.count(False)} of {len(traps)} trap items missed."
    if 2 * gold.count(False) > planned:
        return Flag.GOLD_MISSED, f"{gold.count(False)} of {planned} gold items missed."
    return None
