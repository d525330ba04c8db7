"""The leaderboard as an HTML table: mean grades, and their intervals drawn to scale from 1 to 5."""

from collections.abc import Sequence
from html import escape

from ratings.leaderboard import Row
from ratings.statistics.mean_opinion import MeanOpinion
from ui.keeping.naming import made_of, title_of
from ui.words import Words

COLUMNS = ("contestant", "mean", "interval", "ratings")
LOWEST, HIGHEST = 1.0, 5.0


def board(rows: Sequence[Row], words: Words) -> str:
    """Return the table of `rows`, or a sentence where there are none."""
    if not rows:
        return f'<p class="empty">{escape(words("leaderboard.empty"))}</p>'
    head = "".join(f'<th scope="col">{escape(words(f"leaderboard.{column}"))}</th>' for column in COLUMNS)
    body = "".join(_row(row, words) for row in rows)
    return (
        f'<table class="board"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        f'<p class="note">{escape(words("leaderboard.scale"))}</p>'
    )


def _row(row: Row, words: Words) -> str:
    opinion = row.opinion
    return (
        f'<tr><th scope="row">{escape(title_of(row.contestant, words))}'
        f"<small>{escape(made_of(row.contestant))}</small></th>"
        f"<td><b>{opinion.score:.2f}</b></td><td>{_interval(opinion, words)}</td>"
        f"<td>{opinion.n}</td></tr>"
    )


def _interval(opinion: MeanOpinion, words: Words) -> str:
    """Draw the mean as a dot and the interval as a bar; the numbers stand beside them."""
    dot = f'<i style="left:{_share(opinion.score):.1f}%"></i>'
    if opinion.low is None or opinion.high is None:
        return f'<div class="scale">{dot}</div><small>{escape(words("leaderboard.no_interval"))}</small>'
    left, right = _share(opinion.low), _share(opinion.high)
    bar = f'<b style="left:{left:.1f}%;width:{right - left:.1f}%"></b>'
    return f'<div class="scale">{bar}{dot}</div><small>{opinion.low:.2f} – {opinion.high:.2f}</small>'


def _share(grade: float) -> float:
    return 100 * (grade - LOWEST) / (HIGHEST - LOWEST)
