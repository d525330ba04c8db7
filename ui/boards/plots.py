"""The board's plots as HTML: who was preferred to whom, and votes by day. Numbers stand in them as text."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from html import escape

from ratings.boards.records import Board
from ui.keeping.naming import title_of
from ui.words import Words

LONGEST_DAYS = 120
"""Days that are drawn at most, the latest."""


def win_matrix(board: Board, words: Words) -> str:
    """Return, for each pair, how often the row was preferred to the column: the share, and the votes."""
    if len(board.standings) < 2:
        return ""
    names = [title_of(each.contestant, words) for each in board.standings]
    head = "".join(f'<th scope="col"><span>{escape(name)}</span></th>' for name in names)
    rows = "".join(
        f'<tr><th scope="row">{escape(names[number])}</th>{_cells(board, number, words)}</tr>'
        for number in range(len(names))
    )
    return (
        f'<div class="matrix-place"><table class="matrix"><caption>{escape(words("boards.matrix"))}</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cells(board: Board, row: int, words: Words) -> str:
    cells: list[str] = []
    for column, wins in enumerate(board.wins[row]):
        total = wins + board.wins[column][row]
        if not total:
            cells.append('<td class="never">·</td>')
            continue
        share = wins / total
        told = words.counted("vote", round(total))
        side = "more" if share > 0.5 else "less"
        cells.append(
            f'<td class="{side}" style="--share:{abs(share - 0.5) * 2:.2f}" title="{escape(told)}">'
            f"{100 * share:.0f}<small>{total:.0f}</small></td>"
        )
    return "".join(cells)


def votes_by_day(votes: Mapping[str, int], words: Words) -> str:
    """Return the votes of each day as bars, the latest last; days without votes are drawn empty."""
    if not votes:
        return ""
    days = _days(sorted(votes))
    most = max(votes.values())
    bars = "".join(
        f'<i style="--height:{votes.get(day, 0) / most:.3f}" title="{day}: {votes.get(day, 0):,}"></i>'
        for day in days
    )
    told = escape(words("boards.by_day", first=days[0], last=days[-1], most=f"{most:,}"))
    return (
        f'<figure class="days"><div role="img" aria-label="{told}">{bars}</div>'
        f"<figcaption>{told}</figcaption></figure>"
    )


def _days(told: Sequence[str]) -> list[str]:
    """Return every day from the first to the last told, at most LONGEST_DAYS."""
    first, last = date.fromisoformat(told[0]), date.fromisoformat(told[-1])
    begin = max(first, last - timedelta(days=LONGEST_DAYS - 1))
    return [(begin + timedelta(days=number)).isoformat() for number in range((last - begin).days + 1)]
