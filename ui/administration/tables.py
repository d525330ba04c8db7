"""What the administrator's page shows, as HTML in which every text is escaped."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from models.card import Task
from ratings.administration.flags import Count, Kind
from ratings.administration.suspicious import Suspect
from ui.words import Words


def table(head: Iterable[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; the first cell of each row names it."""
    columns = "".join(f'<th scope="col">{escape(each)}</th>' for each in head)
    body = "".join(
        f'<tr><th scope="row">{escape(str(first))}</th>'
        + "".join(f"<td>{escape(str(cell))}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return f'<table class="ledger"><thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table>'


def sentence(text: str) -> str:
    """Return `text` as a paragraph."""
    return f'<p class="note">{escape(text)}</p>'


def flag_counts(counts: Sequence[Count], history: Mapping[Kind, int], words: Words) -> str:
    """Return how many answers of each kind have which flag, and how many are `history`."""
    numbers = {(each.flag, each.kind): each.number for each in counts}
    flags = dict.fromkeys(each.flag for each in counts)
    head = (words("administration.flag"), *(words(f"administration.{kind}") for kind in Kind))
    rows = [
        (_flag(flag, words), *(f"{numbers.get((flag, kind), 0):,}" for kind in Kind))
        for flag in sorted(flags, key=lambda flag: (flag is not None, str(flag)))
    ]
    if any(history.values()):
        rows.append((words("administration.history"), *(f"{history[kind]:,}" for kind in Kind)))
    return table(head, rows) if rows else sentence(words("administration.no_answers"))


def suspected(found: Sequence[Suspect], words: Words) -> str:
    """Return the doubts about raters, with the figures."""
    if not found:
        return sentence(words("administration.no_suspects"))
    head = [
        words(f"administration.suspects_{name}") for name in ("rater", "where", "why", "figure", "answers")
    ]
    rows = [
        (
            each.rater,
            words(f"tasks.{each.where}") if each.where in set(Task) else each.where,
            words(f"suspicions.{each.reason.replace(' ', '_')}"),
            f"{each.figure:.2f} ({each.limit:.2f})",
            f"{each.answers:,}",
        )
        for each in found
    ]
    return table(head, rows)


def changed(numbers: Mapping[Kind, int], words: Words) -> str:
    """Return how many answers of each kind were left out or taken in."""
    said = ", ".join(f"{words(f'administration.{kind}')}: {number:,}" for kind, number in numbers.items())
    return sentence(words("administration.changed", numbers=said))


def rows_kept(rater: str, counts: Mapping[str, int], words: Words) -> str:
    """Return what is kept under a pseudonym."""
    rows = [(words(f"administration.{name}"), f"{number:,}") for name, number in counts.items()]
    head = (words("administration.what"), words("administration.number"))
    pseudonym = (
        f'<p class="note">{escape(words("administration.pseudonym"))}: <code>{escape(rater)}</code></p>'
    )
    return pseudonym + table(head, rows)


def _flag(flag: str | None, words: Words) -> str:
    return words("administration.counts") if flag is None else words(f"flags.{flag}")
