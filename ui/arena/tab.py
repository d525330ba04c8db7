"""The Arena tab: blind pairs, drawn and answered by its own script over plain HTTP."""

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path

import gradio as gr

from models import registry
from models.card import RESTORING, Task
from ratings.judging import Choice
from ratings.records import LICENCE
from ui.arena.own import OwnPhotos, own_part
from ui.house import House
from ui.wiring.asked import BROWSER_JS
from ui.wiring.stopping import StopFlags
from ui.words import Words

ARENA_JS = BROWSER_JS + Path(__file__).with_name("arena.js").read_text(encoding="utf-8")

SAID = (
    "loading", "preparing", "again", "offline", "original", "gone", "undo", "undone", "own_done",
    "score", "no_score", "given",
)  # fmt: skip
REFUSALS = (
    "unknown-deal",
    "answered",
    "expired",
    "not-last",
    "too-many",
    "no-pair",
    "not-blind",
    "forgotten",
    "store",
)
KEYS = {Choice.LEFT: "←", Choice.TIE: "↓", Choice.BOTH_BAD: "↑", Choice.RIGHT: "→"}


def arena_tab(house: House, words: Words, browser: gr.BrowserState) -> None:
    """Make the Arena of all tasks, and the place for an own photo."""
    restoring = [task for task in RESTORING if registry.by_task(task)]
    gr.Markdown(words("arena.about"), elem_classes="about")
    gr.HTML(
        _arena([*restoring, Task.GENERATE], words), js_on_load=ARENA_JS, elem_id=f"arena-{words.language}"
    )
    photos = OwnPhotos(house.ring.stage, house.secret, words, house.desk.max_megapixels, StopFlags())
    own_part(restoring, photos, browser)


def _arena(tasks: Sequence[Task], words: Words) -> str:
    said = escape(json.dumps(_said(tasks, words), ensure_ascii=False))
    chips = "".join(
        f'<button type="button" role="radio" aria-checked="false" data-task="{task}">'
        f"{escape(words(f'tasks.{task}'))}</button>"
        for task in tasks
    )
    return f"""
<section class="arena" data-language="{words.language}" data-licence="{LICENCE}" data-said="{said}">
  <div class="arena-tasks" role="radiogroup" aria-label="{escape(words("arena.tasks"))}">{chips}</div>
  {_welcome(words)}
  <div class="arena-bench" data-part="bench" hidden>
    {_bar(words)}
    <div class="arena-pair" data-part="pair" hidden>{_pane("A", words)}{_pane("B", words)}</div>
    <div class="arena-choices" data-part="choices" hidden>{_choices(words)}</div>
    <p class="arena-status" data-part="status" role="status" aria-live="polite"></p>
    <div class="arena-revealed" data-part="revealed" aria-live="polite"></div>
    <div class="arena-foot">
      <span data-part="count"></span><span data-part="keys">{escape(words("arena.keys"))}</span>
    </div>
  </div>
</section>"""


def _said(tasks: Sequence[Task], words: Words) -> dict[str, object]:
    """Return the sentences that the script says."""
    plain = {name: words(f"arena.{name}") for name in SAID}
    refusals = {code: words(f"arena.refused_{code}") for code in REFUSALS}
    chose = {str(choice): words(f"arena.chose_{choice}") for choice in Choice}
    questions = {str(task): words(f"arena.question_{task}") for task in tasks}
    return {**plain, **refusals, "vote": words.forms("vote"), "chose": chose, "questions": questions}


def _welcome(words: Words) -> str:
    points = "".join(
        f"<li>{escape(words(f'arena.point_{name}'))}</li>" for name in ("look", "blind", "counts")
    )
    return f"""<div class="arena-welcome" data-part="welcome"><ul>{points}</ul>
    <p class="small">{escape(words("arena.licence"))}</p>
    <button type="button" data-part="start">{escape(words("arena.start"))}</button></div>"""


def _bar(words: Words) -> str:
    zooms = "".join(
        f'<button type="button" data-zoom="{scale}" aria-pressed="false">{escape(label)}</button>'
        for scale, label in ((0, words("arena.fit")), (1, "1:1"), (2, "2:1"), (4, "4:1"))
    )
    return f"""<div class="arena-bar"><h3 data-part="question"></h3>{zooms}
    <button type="button" data-part="hold" aria-pressed="false">{escape(words("arena.hold"))}</button>
    </div>"""


def _pane(mark: str, words: Words) -> str:
    alt = escape(words("arena.alt", mark=mark))
    original = escape(f" · {words('arena.original')}")
    return (
        f'<figure class="pane" data-alt="{alt}"><span class="mark" data-original="{original}">{mark}</span>'
        '<div class="frame"></div></figure>'
    )


def _choices(words: Words) -> str:
    return "".join(
        f'<button type="button" data-choose="{choice}"><kbd>{key}</kbd>'
        f"{escape(words(f'arena.choose_{choice}'))}</button>"
        for choice, key in KEYS.items()
    )
