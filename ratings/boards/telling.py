"""A leaderboard as plain rows and as lines of text, for scripts and the command line."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ratings.amounts import amount
from ratings.boards.records import ENOUGH_VOTES, Board, Standing
from ratings.studies.records import Study
from ratings.studies.telling import KIND as STUDY

KIND = "Arena"


def rows(board: Board, study: Study | None = None) -> list[dict[str, Any]]:
    """Return a flat row for each contestant, the best of each group first, fit for JSON.

    `study` is whose answers the board was made of, None for the Arena's votes.
    """
    return [
        {
            **_source(study),
            **asdict(each.contestant),
            **{name: value for name, value in asdict(each).items() if name not in {"contestant", "id"}},
            "ranked": each.ranked,
        }
        for each in board.standings
    ]


def lines(board: Board, study: Study | None = None) -> Iterator[str]:
    """Yield the board as text, a line for each contestant, and what was not counted; see `rows`."""
    of = f"{KIND}: {board.task}" if study is None else f"{STUDY} {study.uid[:8]}, {study.title}: pairs"
    yield f"{of} (Bradley-Terry score, 1000 the mean, with its 95 % interval)"
    width = max((len(each.contestant.model) for each in board.standings), default=0)
    group = 0
    for each in board.standings:
        if each.group != group:
            yield "— not compared with those above —"
            group = each.group
        yield _line(each, width)
    yield f"{amount(board.votes, 'vote', 'votes')} by {amount(board.raters, 'person', 'people')}."
    excluded = [f"{number:,} flagged {flag}" for flag, number in board.flags.items()]
    excluded += [f"{board.withdrawn:,} taken back"] if board.withdrawn else []
    if excluded:
        yield f"Not counted: {', '.join(excluded)}."


def rank(standing: Standing) -> str:
    """Return the rank or its range, such as "2–4"; a dash where there are too few votes."""
    best, worst = standing.best_rank, standing.worst_rank
    if best is None or worst is None:
        return "–"
    return str(best) if best == worst else f"{best}–{worst}"


def _source(study: Study | None) -> dict[str, str]:
    if study is None:
        return {"kind": KIND}
    method = str(study.design.method)
    return {"kind": STUDY, "study": study.uid, "title": study.title, "method": method}


def _line(each: Standing, width: int) -> str:
    known = each.low is not None and each.high is not None
    interval = f"{each.low:.0f} to {each.high:.0f}" if known else "no interval"
    weights = each.contestant.weights_sha256
    made = f"version {each.contestant.version}, " + (f"weights {weights[:8]}" if weights else "no weights")
    few = "" if each.ranked else f", too few of {ENOUGH_VOTES}"
    return (
        f"{rank(each):>5}  {each.contestant.model:{width}}  {each.score:5.0f}  {interval:>12}  "
        f"{amount(each.votes, 'vote', 'votes')}{few}  {made}"
    )
