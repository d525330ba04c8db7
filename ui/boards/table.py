"""A leaderboard of blind votes as HTML: tables, intervals drawn to scale, and what was left out."""

from collections.abc import Mapping, Sequence
from html import escape

from ratings.boards.records import ENOUGH_RATERS, ENOUGH_VOTES, Board, Standing
from ratings.boards.telling import rank
from ratings.records import Contestant, Flag
from ui.keeping.naming import made_of, title_of
from ui.words import Words

COLUMNS = ("rank", "contestant", "score", "record", "votes")
_MARGIN = 25.0
"""Points of Elo's scale left and right of all that is drawn."""

_LONGEST = 400.0
"""So far beyond the outermost scores intervals are drawn: one wide interval would press all dots together."""


def board_table(board: Board, words: Words, *, opens: bool = True) -> str:
    """Return the board, or a sentence where there are no votes.

    With `opens` a model's name is a button that opens what stands behind it.
    """
    left_out = excluded(board.flags, board.withdrawn, words)
    if not board.standings:
        return f'<p class="empty">{escape(words("boards.empty"))}</p>{left_out}'
    groups = dict.fromkeys(each.group for each in board.standings)
    tables = [
        _group([each for each in board.standings if each.group == group], words, opens=opens)
        for group in groups
    ]
    between = f'<p class="note">{escape(words("boards.apart"))}</p>'
    return f"{between.join(tables)}{_notes(board, words)}{left_out}"


def _group(standings: Sequence[Standing], words: Words, *, opens: bool) -> str:
    head = "".join(f'<th scope="col">{escape(words(f"boards.{name}"))}</th>' for name in COLUMNS)
    ends = _span(standings)
    body = "".join(
        _row(each, _choice(standings, place) if opens else None, ends, words)
        for place, each in enumerate(standings)
    )
    return f'<table class="standings"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _span(standings: Sequence[Standing]) -> tuple[float, float]:
    """Return the ends of the scale that the standings are drawn on."""
    scores = [each.score for each in standings]
    least, most = min(scores) - _LONGEST, max(scores) + _LONGEST
    ends = [end for each in standings for end in (each.low, each.high) if end is not None]
    drawn = [*scores, *(min(max(end, least), most) for end in ends)]
    return min(drawn) - _MARGIN, max(drawn) + _MARGIN


def _choice(standings: Sequence[Standing], place: int) -> str:
    """Return the ids of who stands at `place`, and of those next above and below: its rivals."""
    around = [*standings[max(0, place - 1) : place], *standings[place + 1 : place + 2]]
    return " ".join(str(each.id) for each in (standings[place], *around))


def _row(each: Standing, choice: str | None, ends: tuple[float, float], words: Words) -> str:
    people, notes = words.counted("person", each.raters), [made_of(each.contestant)]
    if not each.ranked:
        notes.append(words("boards.few", votes=each.votes, enough=ENOUGH_VOTES))
    return (
        f'<tr class="{"ranked" if each.ranked else "few"}"><td class="rank">{rank(each)}</td>'
        f"{model_cell(each.contestant, choice, notes, words)}"
        f'<td class="interval">{_interval(each, *ends, words)}</td>'
        f'<td class="record" data-head="{escape(words("boards.record"))}">{_record(each)}</td>'
        f'<td class="votes" data-head="{escape(words("boards.votes"))}">{each.votes:,}'
        f"<small>{escape(words('boards.by_raters', people=people))}</small></td></tr>"
    )


def model_cell(contestant: Contestant, choice: str | None, notes: Sequence[str], words: Words) -> str:
    """Return the cell with a model's name and `notes`; a button that tells `choice`, if that is given."""
    title = title_of(contestant, words)
    small = "".join(f"<small>{escape(note)}</small>" for note in notes)
    if choice is None:
        return f'<th scope="row">{escape(title)}{small}</th>'
    opened = escape(words("boards.open", model=title))
    return (
        f'<th scope="row"><button type="button" data-choice="{choice}" aria-label="{opened}">'
        f"{escape(title)}</button>{small}</th>"
    )


def _record(each: Standing) -> str:
    return f"{each.wins:,} · {each.losses:,} · {each.ties:,} · {each.both_bad:,}"


def _interval(each: Standing, low: float, high: float, words: Words) -> str:
    """Draw the score as a dot and its interval as a bar; the numbers stand below."""

    def share(value: float) -> float:
        return 100 * (min(max(value, low), high) - low) / (high - low)

    dot = f'<i style="left:{share(each.score):.1f}%"></i>'
    if each.low is None or each.high is None:
        told = f"{each.score:.0f} · {words('boards.no_interval')}"
        return f'<div class="scale" aria-hidden="true">{dot}</div><small>{escape(told)}</small>'
    bar = f'<b style="left:{share(each.low):.1f}%;width:{share(each.high) - share(each.low):.1f}%"></b>'
    return (
        f'<div class="scale" aria-hidden="true">{bar}{dot}</div>'
        f"<small><b>{each.score:.0f}</b> ({each.low:.0f} – {each.high:.0f})</small>"
    )


def _notes(board: Board, words: Words) -> str:
    """Say how the scores were made, from how much, and what they are worth."""
    counted = board.counted_at[:16].replace("T", " ")
    sentences = [
        words(
            "boards.total",
            votes=words.counted("vote", board.votes),
            people=words.counted("person", board.raters),
        ),
        words(f"boards.reach_{board.reach.replace(' ', '_')}"),
        words("boards.counted", votes=words.counted("vote", board.counted_votes), at=counted),
    ]
    if not board.formal:
        sentences.insert(1, words("boards.informal", raters=board.raters, enough=ENOUGH_RATERS))
    return f'<p class="note">{escape(" ".join(sentences))}</p>'


def excluded(flags: Mapping[Flag, int], withdrawn: int, words: Words) -> str:
    """Say how many judgements are stored and do not count, and why; nothing where all count."""
    reasons = [(words(f"flags.{flag}"), number) for flag, number in flags.items()]
    if withdrawn:
        reasons.append((words("boards.withdrawn"), withdrawn))
    if not reasons:
        return ""
    items = "".join(f"<li>{escape(reason)}: {number:,}</li>" for reason, number in reasons)
    summary = escape(words("boards.excluded"))
    return f'<details class="excluded"><summary>{summary}</summary><ul>{items}</ul></details>'
