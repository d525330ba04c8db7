"""Rows that contradict each other or themselves, each kind as a query that should find nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, and_, func, or_, select

from ratings.judging import Choice
from ratings.records import Flag
from ratings.tables import (
    contestants,
    deals,
    forgotten,
    judgements,
    makings,
    marks,
    metadata,
    ratings,
    results,
    sittings,
    stimuli,
    tallies,
    votes,
)

Query = Select[*tuple[Any, ...]]

_TIME_LENGTH = len("2026-01-31T12:00:00.000000+00:00")
ANSWERS: tuple[Table, ...] = (ratings, votes, judgements, marks)
_SOMEBODYS = (*ANSWERS, deals, sittings)
_PARENTS = {
    "left": "left stimulus",
    "right": "right stimulus",
    "other": "other stimulus",
    "first": "first contestant",
    "second": "second contestant",
}


def missing_parents() -> Mapping[str, Query]:
    """Return, for every reference of every table, those that lead nowhere."""
    return {
        f"{table.name} without their {_parent(column)}": _orphans(column)
        for table in metadata.sorted_tables
        for column in table.columns
        if column.foreign_keys
    }


def contradictions() -> Mapping[str, Query]:
    """Return all other suspects: what they are, and the query that finds them."""
    return dict(
        (
            *_of_ratings(),
            *_of_stimuli(),
            *_of_votes(),
            *_of_judgements(),
            *_of_marks(),
            *_of_every_answer(),
            *_of_times(),
        )
    )


_Suspects = Iterator[tuple[str, Query]]


def _of_ratings() -> _Suspects:
    rating = select(ratings.c.id)
    yield (
        "ratings whose making is of another result",
        rating.join(makings, makings.c.id == ratings.c.making_id).where(
            makings.c.result_id != ratings.c.result_id
        ),
    )
    yield "grades outside 1 to 5", rating.where(or_(ratings.c.grade < 1, ratings.c.grade > 5))
    yield (
        "persons with two current ratings of one result",
        select(ratings.c.result_id)
        .where(ratings.c.current, ratings.c.rater.is_not(None))
        .group_by(ratings.c.result_id, ratings.c.rater)
        .having(func.count() > 1),
    )


def _of_stimuli() -> _Suspects:
    stimulus = (
        select(stimuli.c.id)
        .join(makings, makings.c.id == stimuli.c.making_id)
        .join(results, results.c.id == makings.c.result_id)
        .join(contestants, contestants.c.id == stimuli.c.contestant_id)
    )
    yield (
        "stimuli of another contestant than their result",
        stimulus.where(
            or_(
                contestants.c.task != results.c.task,
                contestants.c.model != results.c.model,
                contestants.c.version != results.c.version,
                contestants.c.weights_sha256.is_distinct_from(results.c.weights_sha256),
            )
        ),
    )
    yield (
        "stimuli of another task or input than their result",
        stimulus.where(
            or_(stimuli.c.task != results.c.task, stimuli.c.input_sha256 != results.c.input_sha256)
        ),
    )
    yield "stimuli without a size", select(stimuli.c.id).where(or_(stimuli.c.width < 1, stimuli.c.height < 1))


def _of_votes() -> _Suspects:
    left, right = stimuli.alias("left_stimuli"), stimuli.alias("right_stimuli")
    deal = (
        select(deals.c.id)
        .join(left, left.c.id == deals.c.left_id)
        .join(right, right.c.id == deals.c.right_id)
    )
    yield (
        "deals of two pictures that cannot be compared",
        deal.where(
            or_(
                left.c.task != deals.c.task,
                right.c.task != deals.c.task,
                left.c.input_sha256 != right.c.input_sha256,
            )
        ),
    )
    answered = select(deals.c.id).outerjoin(votes, votes.c.deal_id == deals.c.id)
    yield "answered deals without a vote", answered.where(deals.c.answered, votes.c.id.is_(None))
    vote = select(votes.c.id).join(deals, deals.c.id == votes.c.deal_id)
    yield "votes on deals that nobody answered", vote.where(~deals.c.answered)
    yield "votes of another rater than their deal", vote.where(votes.c.rater.is_distinct_from(deals.c.rater))
    yield "votes of another task than their deal", vote.where(votes.c.task != deals.c.task)
    yield "votes for no choice there is", select(votes.c.id).where(votes.c.choice.not_in(tuple(Choice)))
    first, second = contestants.alias("first"), contestants.alias("second")
    tallied = (
        select(tallies.c.id)
        .join(first, first.c.id == tallies.c.first_id)
        .join(second, second.c.id == tallies.c.second_id)
    )
    yield (
        "tallies of contestants of another task",
        tallied.where(or_(first.c.task != tallies.c.task, second.c.task != tallies.c.task)),
    )


def _of_judgements() -> _Suspects:
    asked = select(judgements.c.id).join(sittings, sittings.c.id == judgements.c.sitting_id)
    one_answer = judgements.c.grade.is_(None) == judgements.c.choice.is_(None)
    yield (
        "judgements of another rater than their sitting",
        asked.where(judgements.c.rater != sittings.c.rater),
    )
    yield "judgements with both a grade and a choice, or neither", select(judgements.c.id).where(one_answer)
    yield "judgements of a trial before the first", select(judgements.c.id).where(judgements.c.trial < 0)
    yield (
        "judgements with a grade outside 1 to 5, or for no choice there is",
        select(judgements.c.id).where(
            or_(
                judgements.c.grade < 1,
                judgements.c.grade > 5,
                judgements.c.choice.not_in(tuple(Choice)),
            )
        ),
    )


def _of_marks() -> _Suspects:
    yield (
        "marks that cover nothing, or more than all",
        select(marks.c.id).where(or_(marks.c.share <= 0, marks.c.share > 1)),
    )
    yield (
        "marks on another picture than their stimulus",
        select(marks.c.id)
        .join(stimuli, stimuli.c.id == marks.c.stimulus_id)
        .where(
            or_(
                marks.c.image_sha256 != stimuli.c.shown_sha256,
                marks.c.width != stimuli.c.width,
                marks.c.height != stimuli.c.height,
            )
        ),
    )


def _of_every_answer() -> _Suspects:
    for table in ANSWERS:
        row, name = select(table.c.id), table.name
        flagged = table.c.flag == Flag.API
        unflagged = or_(table.c.flag.is_(None), ~flagged)
        yield (
            f"{name} without a rater that lack the flag 'api'",
            row.where(table.c.rater.is_(None), unflagged),
        )
        yield f"{name} by a rater that have the flag 'api'", row.where(table.c.rater.is_not(None), flagged)
        yield (
            f"{name} with a flag that this Patina does not know",
            row.where(table.c.flag.not_in(tuple(Flag))),
        )
        yield f"{name} without a name, or with a revision below 1", row.where(_nameless(table))
    for table in _SOMEBODYS:
        theirs = select(table.c.id).join(forgotten, forgotten.c.rater == table.c.rater)
        yield f"{table.name} of raters who asked to be forgotten", theirs
    own = select(stimuli.c.id).join(forgotten, forgotten.c.rater == stimuli.c.owner)
    yield "stimuli of raters who asked to be forgotten", own


def _nameless(table: Table) -> ColumnElement[bool]:
    return or_(func.length(table.c.uid) != 32, table.c.revision < 1)


def _of_times() -> _Suspects:
    for table in metadata.sorted_tables:
        times = [column for column in table.columns if column.name.endswith("_at")]
        wrong = [and_(column.is_not(None), func.length(column) != _TIME_LENGTH) for column in times]
        if wrong:
            yield f"{table.name} with a time that is none", select(table.c.id).where(or_(*wrong))


def _orphans(child: Column[Any]) -> Query:
    parent = next(iter(child.foreign_keys)).column
    other = parent.table.alias("parent")
    missing = and_(child.is_not(None), other.c[parent.name].is_(None))
    return select(child).outerjoin(other, other.c[parent.name] == child).where(missing)


def _parent(column: Column[Any]) -> str:
    name = column.name.removesuffix("_id")
    return _PARENTS.get(name, name)
