"""What stands behind one row of a board, as HTML: opponents, votes needed, results, likeness."""

from collections.abc import Sequence
from html import escape

from ratings.boards.evidence import Evidence, Opponent, Shown
from ratings.statistics.correlation import METHODS, correlation
from ratings.statistics.sample_size import votes_still_needed
from ui.keeping.naming import made_of, title_of
from ui.words import Words

SHOWN_AT_EACH_END = 3


def evidence_of(evidence: Evidence | None, rivals: Sequence[str], words: Words) -> str:
    """Return the evidence; `rivals` are the ids of the models next above and below."""
    if evidence is None:
        return ""
    contestant = evidence.contestant
    heading = escape(title_of(contestant, words))
    return (
        f'<section class="evidence"><h3>{heading} <small>{escape(made_of(contestant))}</small></h3>'
        f"{_opponents(evidence.opponents, rivals, words)}{_results(evidence.results, words)}"
        f"{_likeness(evidence.results, words)}</section>"
    )


def _opponents(opponents: Sequence[Opponent], rivals: Sequence[str], words: Words) -> str:
    columns = ("against", "share", "wins_head", "losses_head", "ties_head", "both_bad_head", "needed")
    head = "".join(f'<th scope="col">{escape(words(f"boards.{name}"))}</th>' for name in columns)
    rows = "".join(_opponent(each, each.contestant.model in rivals, words) for each in opponents)
    return (
        f"<h4>{escape(words('boards.pairs'))}</h4>"
        f'<div class="matrix-place"><table class="pairs"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _opponent(each: Opponent, rival: bool, words: Words) -> str:  # noqa: FBT001 — whether it is a neighbour
    half = (each.ties + each.both_bad) / 2
    needed = votes_still_needed(each.wins + half, each.losses + half) if rival else None
    return (
        f'<tr><th scope="row">{escape(title_of(each.contestant, words))}</th>'
        f"<td>{100 * each.share:.0f} % <small>({each.votes:,})</small></td>"
        f"<td>{each.wins:,}</td><td>{each.losses:,}</td><td>{each.ties:,}</td><td>{each.both_bad:,}</td>"
        f"<td>{'' if needed is None else f'{needed:,}'}</td></tr>"
    )


def _results(results: Sequence[Shown], words: Words) -> str:
    """Return the results that were preferred most and least."""
    best, worst = results[:SHOWN_AT_EACH_END], results[SHOWN_AT_EACH_END:][-SHOWN_AT_EACH_END:]
    strips = [
        f"<h4>{escape(words(f'boards.{name}'))}</h4>"
        f'<div class="strip">{"".join(_figure(each, words) for each in shown)}</div>'
        for name, shown in (("best", best), ("worst", worst))
        if shown
    ]
    return "".join(strips)


def _figure(each: Shown, words: Words) -> str:
    url = f"patina/stimulus/{each.stimulus.shown_sha256}.png"
    name = each.stimulus.input_name or ""
    told = words("boards.result", share=f"{100 * each.share:.0f}", votes=each.votes)
    return (
        f'<figure><a href="{url}" target="_blank" rel="noopener">'
        f'<img src="{url}" alt="{escape(name)}" loading="lazy"></a>'
        f"<figcaption><span>{escape(name)}</span><span>{escape(told)}</span></figcaption></figure>"
    )


def _likeness(results: Sequence[Shown], words: Words) -> str:
    """Say how the share of wins follows PSNR and SSIM over this contestant's results."""
    rows: list[str] = []
    for name in ("psnr", "ssim"):
        known = [(each.share, getattr(each.stimulus, name)) for each in results]
        measured = [(share, value) for share, value in known if value is not None]
        if len(measured) < 3:
            continue
        cells: list[str] = []
        for method in METHODS:
            found = correlation([share for share, _ in measured], [value for _, value in measured], method)
            interval = "" if found.low is None else f" ({found.low:.2f} – {found.high:.2f})"
            cells.append("<td>–</td>" if found.value is None else f"<td>{found.value:.2f}{interval}</td>")
        rows.append(f'<tr><th scope="row">{name.upper()}</th>{"".join(cells)}</tr>')
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{method.capitalize()}</th>' for method in METHODS)
    return (
        f"<h4>{escape(words('boards.likeness'))}</h4>"
        f'<table class="pairs"><thead><tr><td></td>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )
