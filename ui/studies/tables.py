"""Studies and their results as HTML tables for the administrator, and for the Leaderboard tab."""

from collections.abc import Sequence
from html import escape

from ratings.statistics.sample_size import raters_for_half_width
from ratings.studies.design import Method
from ratings.studies.records import Progress, Study
from ratings.studies.results import Results
from ui.keeping.naming import made_of, title_of
from ui.words import Words

TYPICAL_DEVIATION = 0.8
"""Grades' standard deviation on the five-grade scale where nothing else is known: about what panels show."""

GOOD_HALF_WIDTH = 0.25


def studies_table(found: Sequence[tuple[Study, Progress]], words: Words) -> str:
    """Return the studies with their links and how far they are."""
    if not found:
        return f'<p class="empty">{escape(words("studies.none"))}</p>'
    columns = ("name", "state", "people", "link")
    head = "".join(f'<th scope="col">{escape(words(f"studies.{name}"))}</th>' for name in columns)
    rows = "".join(_study(study, progress, words) for study, progress in found)
    return f'<table class="pairs"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _study(study: Study, progress: Progress, words: Words) -> str:
    finished = progress.sittings.get("finished", 0)
    states = ", ".join(
        f"{words(f'studies.sitting_{name}')} {number}" for name, number in progress.sittings.items()
    )
    kind = f"{words(f'tasks.{study.task}')} · {words(f'studies.{study.design.method}')} · {study.uid[:8]}"
    link = f"study/{study.token}"
    return (
        f'<tr><th scope="row">{escape(study.title)}<small>{escape(kind)}</small></th>'
        f"<td>{escape(words(f'studies.state_{study.state}'))}</td>"
        f"<td>{finished} / {progress.quota}<small>{escape(states)}</small></td>"
        f'<td><a href="{link}" target="_blank" rel="noopener">{link}</a></td></tr>'
    )


def results_table(found: Results, words: Words) -> str:
    """Return what came of a study: contestants with intervals, and what is doubtful about people."""
    if not found.rows:
        return f'<p class="empty">{escape(words("studies.no_answers"))}</p>'
    head = "".join(
        f'<th scope="col">{escape(words(f"studies.{name}"))}</th>'
        for name in ("contestant", _scale(found), "interval", "answers", "raters")
    )
    digits = 0 if found.study.design.method is Method.PAIRS else 2
    rows = "".join(
        f'<tr><th scope="row">{escape(title_of(row.contestant, words))}'
        f"<small>{escape(made_of(row.contestant))}</small></th><td><b>{row.score:.{digits}f}</b></td>"
        f"<td>{_interval(row.low, row.high, digits)}</td><td>{row.answers:,}</td><td>{row.raters:,}</td></tr>"
        for row in found.rows
    )
    table = f'<table class="pairs"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f"{table}{_doubts(found, words)}"


def advice(words: Words) -> str:
    """Say how many people a study needs."""
    needed = raters_for_half_width(GOOD_HALF_WIDTH, TYPICAL_DEVIATION)
    told = words("studies.advice", half=GOOD_HALF_WIDTH, raters=needed, deviation=TYPICAL_DEVIATION)
    return f'<p class="note">{escape(told)}</p>'


def _scale(found: Results) -> str:
    scales = {Method.PAIRS: "strength", Method.ACR_HR: "difference", Method.DCR: "impairment"}
    return scales.get(found.study.design.method, "mean")


def _interval(low: float | None, high: float | None, digits: int) -> str:
    return "–" if low is None or high is None else f"{low:.{digits}f} – {high:.{digits}f}"


def _doubts(found: Results, words: Words) -> str:
    rejected = sum(each.rejected for each in found.people)
    odd = max((each.inconsistency for each in found.people if each.inconsistency is not None), default=None)
    sentences = [words("studies.people_kept", people=len(found.people), answers=f"{found.answers:,}")]
    if found.people:
        sentences.append(words("studies.rejected", rejected=rejected))
    if odd is not None:
        sentences.append(words("studies.inconsistency", inconsistency=f"{odd:.2f}"))
    return f'<p class="note">{escape(" ".join(sentences))}</p>'
