"""What came of a graded study as an HTML table: mean grades to scale, and what screening makes of them."""

from html import escape

from ratings.statistics.mean_opinion import MeanOpinion
from ratings.studies.design import Method
from ratings.studies.results import ENOUGH_PEOPLE, Results, Row
from ratings.studies.telling import rank
from ui.boards.table import excluded, model_cell
from ui.keeping.naming import made_of
from ui.words import Words

SCALES = {Method.ACR: "mean", Method.ACR_HR: "difference", Method.DCR: "impairment"}
ENDS = {Method.ACR: (1, 5), Method.ACR_HR: (1, 9), Method.DCR: (1, 5)}
"""The lowest and the highest opinion there can be."""


def grades_table(found: Results, words: Words, *, opens: bool = True) -> str:
    """Return what came of a graded study, or a sentence where no answers count yet.

    With `opens` a model's name is a button that opens what stands behind it.
    """
    if not found.rows:
        return f'<p class="empty">{_word("no_answers", words)}</p>{excluded(found.flags, 0, words)}'
    method = found.study.design.method
    heads = [escape(words("boards.rank")), _word("contestant", words)]
    heads.append(f"{_word(SCALES[method], words)}, {_word('interval', words)}")
    heads += [_word("beside", words), _word("answers", words)]
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    body = "".join(_row(each, ENDS[method], words, opens=opens) for each in found.rows)
    return (
        f'<table class="standings"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        f"{_notes(found, words)}{excluded(found.flags, 0, words)}"
    )


def _row(each: Row, ends: tuple[int, int], words: Words, *, opens: bool) -> str:
    ranked, opinion = each.best_rank is not None, each.opinion
    notes = [made_of(each.contestant)]
    if not ranked:
        notes.append(words("studies.few", people=opinion.people, enough=ENOUGH_PEOPLE))
    screened = "–" if each.screened is None else f"{each.screened.score:.2f}"
    quality = "–" if each.quality is None else f"{each.quality:.2f}"
    people = words("boards.by_raters", people=words.counted("person", opinion.people))
    return (
        f'<tr class="{"ranked" if ranked else "few"}"><td class="rank">{rank(each)}</td>'
        f"{model_cell(each.contestant, str(each.id) if opens else None, notes, words)}"
        f'<td class="interval">{_interval(opinion, ends, words)}</td>'
        f'<td class="record" data-head="{_word("beside", words)}">{screened} · {quality}</td>'
        f"<td>{opinion.n:,}<small>{escape(people)}</small></td></tr>"
    )


def _interval(opinion: MeanOpinion, ends: tuple[int, int], words: Words) -> str:
    """Draw the mean as a dot and its interval as a bar on the whole scale; the numbers stand below."""
    lowest, highest = ends

    def share(value: float) -> float:
        return 100 * (value - lowest) / (highest - lowest)

    dot = f'<i style="left:{share(opinion.score):.1f}%"></i>'
    if opinion.low is None or opinion.high is None:
        told = f"{opinion.score:.2f} · {words('boards.no_interval')}"
        return f'<div class="scale" aria-hidden="true">{dot}</div><small>{escape(told)}</small>'
    low, width = share(opinion.low), share(opinion.high) - share(opinion.low)
    return (
        f'<div class="scale" aria-hidden="true"><b style="left:{low:.1f}%;width:{width:.1f}%"></b>{dot}</div>'
        f"<small><b>{opinion.score:.2f}</b> ({opinion.low:.2f} – {opinion.high:.2f})</small>"
    )


def _notes(found: Results, words: Words) -> str:
    """Say how the means were made, from how much, and what is doubtful about people."""
    people = len(found.people)
    kept = {"answers": words.counted("answer", found.answers), "people": words.counted("person", people)}
    sentences = [words("studies.people_kept", **kept)]
    if people < ENOUGH_PEOPLE:
        sentences.append(words("boards.informal", raters=people, enough=ENOUGH_PEOPLE))
    sentences.append(words("studies.grades_help"))
    sentences.append(words("studies.rejected", rejected=sum(each.rejected for each in found.people)))
    odd = max((each.inconsistency for each in found.people if each.inconsistency is not None), default=None)
    if odd is None:
        sentences.append(words("studies.no_model"))
    else:
        sentences.append(words("studies.inconsistency", inconsistency=f"{odd:.2f}"))
    return f'<p class="note">{escape(" ".join(sentences))}</p>'


def _word(name: str, words: Words) -> str:
    return escape(words(f"studies.{name}"))
