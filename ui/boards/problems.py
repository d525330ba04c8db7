"""Where people marked defects on one contestant's results, as HTML: counts, and maps that load when seen.

Pictures and the model's own map come by their addresses (`ui.marking.routes`), so that opening a row decodes
no mask. `problems.js` brings what was opened into view, and chooses whose marks are shown.
"""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from ratings.marks.complaints import Complaints, Criticised
from ratings.marks.heats import FEWEST_RATERS
from ui.marking.tab import legend
from ui.words import Words

PROBLEMS_JS = Path(__file__).with_name("problems.js").read_text(encoding="utf-8")

MOST_SHOWN = 6
"""Results whose maps are shown, those that most people marked."""


def problems(found: Complaints, contestant: int, model: str, titles: Mapping[str, str], words: Words) -> str:
    """Return what people marked on the results of `contestant`.

    `model` is its title, `titles` are those of pictures, by their ids.
    """
    heading = f"<h4>{_word('problems', words)}</h4>"
    if not found.results:
        return f'{heading}<p class="note">{_word("unmarked", words)}</p>'
    mapped = [each for each in found.results if each.people >= FEWEST_RATERS]
    few = len(found.results) - len(mapped)
    notes = [words("boards.problems_help")]
    if few:
        results = words.counted("result", few)
        notes.append(words("boards.too_few_marked", results=results, fewest=FEWEST_RATERS))
    return (
        f'{heading}<p class="note">{escape(" ".join(notes))}</p>'
        f'<div class="problems">{_labels(found, words)}{_mean(mapped, contestant, model, words)}</div>'
        f"{_pictures(mapped, model, titles, words)}"
    )


def _labels(found: Complaints, words: Words) -> str:
    """Return how many people marked each label; a click on one shows its maps alone."""
    head = "".join(
        f'<th scope="col">{_word(name, words)}</th>' for name in ("problem", "people", "marks", "on_results")
    )
    rows = [("", words("marking.all_labels"), found.people, found.marks, len(found.results))]
    rows += [
        (each.label, words(f"defects.{each.label}"), each.people, each.marks, each.results)
        for each in found.labels
    ]
    body = "".join(
        f'<tr><th scope="row"><button type="button" data-label="{label}" '
        f'aria-pressed="{"false" if label else "true"}">{escape(title)}</button></th>'
        f"<td>{people:,}</td><td>{marks:,}</td><td>{results:,}</td></tr>"
        for label, title, people, marks, results in rows
    )
    return f'<table class="pairs"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _mean(mapped: Sequence[Criticised], contestant: int, model: str, words: Words) -> str:
    """Return the mean of the maps; its script asks for it, and for what its brightest place means."""
    if not mapped:
        return ""
    url = f"patina/marking/model/{contestant}.png"
    results = words.counted("result", len(mapped))
    told = words("boards.mean_map", results=results)
    alt = words("boards.mean_map_alt", model=model, results=results)
    scale = legend(words("boards.nobody"), "…")
    return (
        f'<figure class="mean-map"><img data-mean="{url}" data-told="{_word("share_of_people", words)}" '
        f'alt="{escape(alt)}" width="480" height="360">'
        f"<figcaption><span>{escape(told)}</span>{scale}</figcaption></figure>"
    )


def _pictures(mapped: Sequence[Criticised], model: str, titles: Mapping[str, str], words: Words) -> str:
    if not mapped:
        return ""
    figures = "".join(_picture(each, model, titles, words) for each in mapped[:MOST_SHOWN])
    scale = legend(words("boards.nobody"), words("boards.everybody"))
    more = len(mapped) - MOST_SHOWN
    told = words("boards.more_marked", results=words.counted("result", more))
    note = f'<p class="note">{escape(told)}</p>' if more > 0 else ""
    return f'<div class="problem-maps">{scale}<div class="strip">{figures}</div>{note}</div>'


def _picture(each: Criticised, model: str, titles: Mapping[str, str], words: Words) -> str:
    stimulus = each.stimulus
    url = f"patina/marking/heat/{stimulus.task}/{stimulus.id}.png"
    name = titles.get(stimulus.input_name or "", stimulus.input_name or "")
    alt = words("marking.map_alt", title=name, model=model)
    said = " · ".join(f"{words(f'defects.{label}')} {people}" for label, people in each.labels.items())
    return (
        f'<figure data-labels="{" ".join(each.labels)}">'
        f'<a href="patina/stimulus/{stimulus.shown_sha256}.png" target="_blank" rel="noopener">'
        f'<img data-map="{url}" src="{url}" alt="{escape(alt)}" width="{stimulus.width}" '
        f'height="{stimulus.height}" loading="lazy"></a>'
        f"<figcaption><span>{escape(name)}</span>"
        f"<span>{escape(words.counted('person', each.people))}</span><small>{escape(said)}</small>"
        "</figcaption></figure>"
    )


def _word(name: str, words: Words) -> str:
    return escape(words(f"boards.{name}"))
