"""Studies as an HTML table for the administrator, and how many people one needs."""

from collections.abc import Sequence
from html import escape

from ratings.statistics.sample_size import raters_for_half_width
from ratings.studies.records import Progress, Study
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
    copied = escape(words("studies.copied"))
    return (
        f'<table class="pairs" data-copied="{copied}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _study(study: Study, progress: Progress, words: Words) -> str:
    finished = progress.sittings.get("finished", 0)
    states = ", ".join(
        f"{words(f'studies.sitting_{name}')} {number}" for name, number in progress.sittings.items()
    )
    parted = f" <small>({escape(states)})</small>" if states else ""
    kind = f"{words(f'tasks.{study.task}')} · {words(f'studies.{study.design.method}')} · {study.uid[:8]}"
    link = f"study/{study.token}"
    return (
        f'<tr><th scope="row">{escape(study.title)}<small>{escape(kind)}</small></th>'
        f"<td>{escape(words(f'studies.state_{study.state}'))}</td>"
        f"<td>{finished} / {progress.quota}{parted}</td>"
        f'<td><a href="{link}" target="_blank" rel="noopener">{link}</a> '
        f'<button type="button" class="copy" data-copy="{link}">{escape(words("studies.copy"))}</button>'
        f"</td></tr>"
    )


def advice(words: Words) -> str:
    """Say how many people a study needs."""
    needed = raters_for_half_width(GOOD_HALF_WIDTH, TYPICAL_DEVIATION)
    told = words("studies.advice", half=GOOD_HALF_WIDTH, raters=needed, deviation=TYPICAL_DEVIATION)
    return f'<p class="note">{escape(told)}</p>'
