"""What stands behind one row of a board, as HTML: opponents, votes needed, problems, results, likeness."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from ratings.boards.evidence import Evidence, Opponent
from ratings.marks.complaints import Complaints
from ratings.records import Contestant
from ratings.statistics.correlation import METHODS, correlation
from ratings.statistics.sample_size import votes_still_needed
from ratings.stimuli import Stimulus
from ratings.studies.opinions import Item
from ui.boards.problems import problems
from ui.keeping.naming import made_of, title_of
from ui.words import Words

SHOWN_AT_EACH_END = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What stands behind a row whatever was asked of people.

    `id` is this database's own of the contestant; `titles` are those of pictures, by their ids.
    """

    id: int
    contestant: Contestant
    complaints: Complaints
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Judged:
    """One result, how good people found it, and that in words."""

    stimulus: Stimulus
    score: float
    told: str


def evidence_of(behind: Behind, evidence: Evidence, rivals: Sequence[int], words: Words) -> str:
    """Return the evidence in votes; `rivals` are the contestants next above and below, by their ids."""
    judged = [
        _Judged(each.stimulus, each.share, _preferred(each.share, each.votes, words))
        for each in evidence.results
    ]
    parts = (
        _opponents(evidence.opponents, rivals, words),
        _problems(behind, words),
        _results(judged, ("best", "worst"), behind.titles, words),
        _likeness(judged, "likeness", words),
    )
    return _section(behind.contestant, "".join(parts), words)


def graded_evidence(behind: Behind, items: Sequence[Item], words: Words) -> str:
    """Return the evidence in grades: the contestant's `items` of a study."""
    best_first = sorted(items, key=lambda each: -each.opinion.score)
    judged = [_Judged(each.stimulus, each.opinion.score, _graded(each, words)) for each in best_first]
    parts = (
        _problems(behind, words),
        _results(judged, ("graded_best", "graded_worst"), behind.titles, words),
        _likeness(judged, "graded_likeness", words),
    )
    return _section(behind.contestant, "".join(parts), words)


def _section(contestant: Contestant, parts: str, words: Words) -> str:
    heading = escape(title_of(contestant, words))
    made = escape(made_of(contestant))
    return (
        f'<section class="evidence"><h3 tabindex="-1">{heading} <small>{made}</small></h3>{parts}</section>'
    )


def _problems(behind: Behind, words: Words) -> str:
    title = title_of(behind.contestant, words)
    return problems(behind.complaints, behind.id, title, behind.titles, words)


def _opponents(opponents: Sequence[Opponent], rivals: Sequence[int], words: Words) -> str:
    columns = ("against", "share", "wins_head", "losses_head", "ties_head", "both_bad_head", "needed")
    head = "".join(f'<th scope="col">{escape(words(f"boards.{name}"))}</th>' for name in columns)
    rows = "".join(_opponent(each, each.id in rivals, words) for each in opponents)
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


def _preferred(share: float, votes: int, words: Words) -> str:
    return words("boards.result", share=f"{100 * share:.0f}", votes=votes)


def _graded(each: Item, words: Words) -> str:
    opinion = each.opinion
    known = opinion.low is not None and opinion.high is not None
    interval = f" ({opinion.low:.1f} – {opinion.high:.1f})" if known else ""
    quality = "" if each.quality is None else f" · P.910 {each.quality:.2f}"
    people = words.counted("person", opinion.people)
    return words("boards.graded", score=f"{opinion.score:.2f}{interval}{quality}", people=people)


def _results(
    judged: Sequence[_Judged], headings: tuple[str, str], titles: Mapping[str, str], words: Words
) -> str:
    """Return the first and the last of `judged`, under the two headings."""
    best, worst = judged[:SHOWN_AT_EACH_END], judged[SHOWN_AT_EACH_END:][-SHOWN_AT_EACH_END:]
    strips = [
        f"<h4>{escape(words(f'boards.{name}'))}</h4>"
        f'<div class="strip">{"".join(_figure(each, titles) for each in shown)}</div>'
        for name, shown in zip(headings, (best, worst), strict=True)
        if shown
    ]
    return "".join(strips)


def _figure(each: _Judged, titles: Mapping[str, str]) -> str:
    url = f"patina/stimulus/{each.stimulus.shown_sha256}.png"
    name = each.stimulus.input_name or ""
    title = escape(titles.get(name, name))
    return (
        f'<figure><a href="{url}" target="_blank" rel="noopener">'
        f'<img src="{url}" alt="{title}" loading="lazy"></a>'
        f"<figcaption><span>{title}</span><span>{escape(each.told)}</span></figcaption></figure>"
    )


def _likeness(judged: Sequence[_Judged], heading: str, words: Words) -> str:
    """Say how what people found follows PSNR and SSIM over this contestant's results."""
    rows: list[str] = []
    for name in ("psnr", "ssim"):
        known = [(each.score, getattr(each.stimulus, name)) for each in judged]
        measured = [(score, value) for score, value in known if value is not None]
        if len(measured) < 3:
            continue
        cells: list[str] = []
        for method in METHODS:
            found = correlation([score for score, _ in measured], [value for _, value in measured], method)
            interval = "" if found.low is None else f" ({found.low:.2f} – {found.high:.2f})"
            cells.append("<td>–</td>" if found.value is None else f"<td>{found.value:.2f}{interval}</td>")
        rows.append(f'<tr><th scope="row">{name.upper()}</th>{"".join(cells)}</tr>')
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{method.capitalize()}</th>' for method in METHODS)
    return (
        f"<h4>{escape(words(f'boards.{heading}'))}</h4>"
        f'<table class="pairs"><thead><tr><td></td>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )
