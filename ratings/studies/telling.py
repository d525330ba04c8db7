"""What came of a graded study as plain rows and as lines of text, for scripts and the command line."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ratings.amounts import amount
from ratings.studies.design import Method
from ratings.studies.results import ENOUGH_PEOPLE, Results, Row

KIND = "Study"

SCALES = {
    Method.ACR: "mean grade, 1 bad to 5 excellent",
    Method.ACR_HR: "mean difference to the hidden reference, 5 as good",
    Method.DCR: "mean grade, 1 very annoying to 5 imperceptible",
}


def rows(found: Results) -> list[dict[str, Any]]:
    """Return a flat row for each contestant, the best first, fit for JSON."""
    return [
        {
            "kind": KIND,
            "study": found.study.uid,
            "title": found.study.title,
            "method": str(found.study.design.method),
            **asdict(each.contestant),
            **asdict(each.opinion),
            "screened": None if each.screened is None else asdict(each.screened),
            "quality": each.quality,
            "best_rank": each.best_rank,
            "worst_rank": each.worst_rank,
            "ranked": each.best_rank is not None,
        }
        for each in found.rows
    ]


def lines(found: Results) -> Iterator[str]:
    """Yield the results as text, a line for each contestant."""
    study, method = found.study, found.study.design.method
    yield f"{KIND} {study.uid[:8]}, {study.title}: {method} ({SCALES[method]}, with its 95 % interval)"
    width = max((len(each.contestant.model) for each in found.rows), default=0)
    for each in found.rows:
        yield _line(each, width)
    rejected = sum(each.rejected for each in found.people)
    given = f"{amount(found.answers, 'answer', 'answers')} of {amount(len(found.people), 'person', 'people')}"
    yield f"{given}; BT.500's screening rejects {rejected:,}."
    if found.flags:
        told = ", ".join(f"{number:,} flagged {flag}" for flag, number in found.flags.items())
        yield f"Not counted: {told}."


def rank(row: Row) -> str:
    """Return the rank or its range, such as "2–4"; a dash where too few people graded."""
    if row.best_rank is None or row.worst_rank is None:
        return "–"
    return str(row.best_rank) if row.best_rank == row.worst_rank else f"{row.best_rank}–{row.worst_rank}"


def _line(each: Row, width: int) -> str:
    given, screened = each.opinion, each.screened
    known = given.low is not None and given.high is not None
    interval = f"{given.low:.2f} to {given.high:.2f}" if known else "no interval"
    beside = "–" if screened is None else f"{screened.score:.2f}"
    quality = "–" if each.quality is None else f"{each.quality:.2f}"
    few = "" if each.best_rank is not None else f", too few of {ENOUGH_PEOPLE}"
    return (
        f"{rank(each):>5}  {each.contestant.model:{width}}  {given.score:.2f}  {interval:>12}  "
        f"BT.500 {beside}  P.910 {quality}  {amount(given.n, 'answer', 'answers')} of "
        f"{amount(given.people, 'person', 'people')}{few}"
    )
