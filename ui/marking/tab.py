"""The Mark tab: pictures are painted on, and maps looked at, by its own scripts over plain HTTP."""

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path

import gradio as gr

from models.card import Task
from ratings.marks.heats import FEWEST_RATERS
from ratings.marks.labels import LABELS, RUST
from ratings.records import LICENCE
from ui.gallery import Example
from ui.marking.drawing import SCALE
from ui.wiring.asked import BROWSER_JS
from ui.words import Words

_FOLDER = Path(__file__).parent
MARKING_JS = BROWSER_JS + "\n".join(
    (_FOLDER / f"{name}.js").read_text(encoding="utf-8")
    for name in ("server", "mask", "sheet", "view", "marking", "heat")
)
COLOURS = dict(
    zip(
        LABELS,
        (
            "#ff5d5d",
            "#8fd3ff",
            "#ff9f1c",
            "#b388ff",
            "#ff6ad5",
            "#2ec4b6",
            "#ffe14d",
            "#a0e426",
            "#4d8dff",
            "#00e5ff",
        ),
        strict=True,
    )
)
"""What each label is painted in: far apart, and visible on photos light and dark."""

SAID = (
    "again", "all_labels", "all_models", "all_seen", "box", "from_start", "help_made", "help_photo",
    "help_result", "loading", "map_alt", "next", "no_maps", "none", "offline", "own_photo",
    "preparing", "sending", "taken_back", "take_back", "thanks", "too_few", "yours", "refused_gone",
    "refused_unknown-mark", "refused_bad-mark", "refused_too-many", "refused_too-large", "refused_store",
    "refused_storage", "refused_bad-picture", "refused_forgotten",
)  # fmt: skip
TOOLS = (("brush", "B"), ("box", "R"), ("eraser", "E"), ("hand", "H"))
PHOTO = "photo"
"""The mode in which rust is painted on photos; the others are tasks, whose results are marked."""


def marking_tab(tasks: Sequence[Task], photos: Sequence[Example], words: Words) -> gr.HTML:
    """Make the tab for results of `tasks`, and for rusty `photos` of the gallery and people's own."""
    gr.Markdown(words("marking.about"), elem_classes="about")
    return gr.HTML(_marking(tasks, photos, words), js_on_load=MARKING_JS, elem_id=f"marking-{words.language}")


def _marking(tasks: Sequence[Task], photos: Sequence[Example], words: Words) -> str:
    return f"""
<section class="marking" data-language="{words.language}" data-licence="{LICENCE}"
  data-fewest="{FEWEST_RATERS}" data-colours="{escape(json.dumps(COLOURS))}" data-said="{_said(words)}">
  <div class="marking-doors" role="tablist">{_door("paint", words)}{_door("heat", words)}</div>
  <div class="marking-room" data-part="paint">
    <div class="marking-chips" role="radiogroup" aria-label="{_word("modes", words)}">
      {_modes(tasks, words)}</div>
    <p class="small" data-part="help"></p>
    {_photos(photos, words)}
    <div class="marking-bench" data-part="bench" hidden>
      <div class="marking-subject"><h3 data-part="title"></h3>
        <div class="marking-chips labels" role="radiogroup" aria-label="{_word("labels", words)}"
          data-part="labels"></div></div>
      {_bar(words)}
      {_frame(words)}
      {_sending(words)}
    </div>
    <p class="marking-status" data-part="status" role="status" aria-live="polite"></p>
  </div>
  {_heat(tasks, words)}
</section>"""


def legend(least: str, most: str) -> str:
    """Return the scale of the maps' colours, with what its ends mean."""
    colours = f"background:linear-gradient(90deg,{','.join(SCALE)})"
    return (
        f'<span class="heat-legend"><span>{escape(least)}</span> <i style="{colours}"></i> '
        f"<span data-most>{escape(most)}</span></span>"
    )


def _word(name: str, words: Words) -> str:
    return escape(words(f"marking.{name}"))


def _said(words: Words) -> str:
    """Return the sentences that the scripts say."""
    plain: dict[str, object] = {name: words(f"marking.{name}") for name in SAID}
    labels = {name: words("marking.rust" if name == RUST else f"defects.{name}") for name in LABELS}
    return escape(
        json.dumps({**plain, "person": words.forms("person"), "labels": labels}, ensure_ascii=False)
    )


def _door(name: str, words: Words) -> str:
    chosen = "true" if name == "paint" else "false"
    title = _word(f"door_{name}", words)
    return f'<button type="button" role="tab" data-door="{name}" aria-selected="{chosen}">{title}</button>'


def _modes(tasks: Sequence[Task], words: Words) -> str:
    modes = [*((str(task), words(f"tasks.{task}")) for task in tasks), (PHOTO, words("marking.mode_photo"))]
    return "".join(
        f'<button type="button" role="radio" aria-checked="false" data-mode="{mode}">{escape(title)}</button>'
        for mode, title in modes
    )


def _photos(photos: Sequence[Example], words: Words) -> str:
    """Return where a rusty photo is chosen: of the gallery, or a person's own."""
    strip = "".join(
        f'<button type="button" data-photo="{escape(photo.id)}" '
        f'title="{escape(photo.caption(words.language))}">'
        f'<img src="patina/example/{escape(photo.id)}" alt="{escape(photo.alt(words.language))}" '
        'width="96" height="72" loading="lazy"></button>'
        for photo in photos
    )
    return f"""<div class="marking-photos" data-part="photos" hidden>
    <div class="examples">{strip}</div>
    <label class="marking-own"><input type="file" accept="image/*" data-part="file">
      <span>{_word("own", words)}</span></label>
    </div>"""


def _bar(words: Words) -> str:
    tools = "".join(
        f'<button type="button" data-tool="{tool}" aria-pressed="false" title="{key}">'
        f"{_word(tool, words)}</button>"
        for tool, key in TOOLS
    )
    actions = "".join(
        f'<button type="button" data-part="{name}">{_word(name, words)}</button>'
        for name in ("undo", "redo", "clear")
    )
    zooms = "".join(
        f'<button type="button" data-zoom="{scale}" aria-pressed="false">{escape(label)}</button>'
        for scale, label in ((0, words("arena.fit")), (1, "1:1"), (2, "2:1"), (4, "4:1"), (8, "8:1"))
    )
    return f"""<div class="marking-bar" role="toolbar" aria-label="{_word("tools", words)}">
    <span>{tools}</span>
    <label class="marking-size">{_word("size", words)}
      <input type="range" min="1" max="200" value="24" data-part="size"></label>
    <span>{actions}</span><span>{zooms}
    <button type="button" data-part="hold" aria-pressed="false">{escape(words("arena.hold"))}</button></span>
    </div>"""


def _frame(words: Words) -> str:
    original = escape(words("arena.original"))
    return f"""<div class="marking-frame" data-part="frame" tabindex="0" role="group"
      aria-label="{_word("frame", words)}">
      <img data-part="picture" alt="" draggable="false">
      <canvas data-part="overlay" aria-hidden="true"></canvas>
      <img data-part="original" class="original" alt="{original}" draggable="false" hidden>
      <div class="marking-boxes" data-part="boxes"></div>
      <div class="marking-cursor" data-part="cursor" hidden></div>
    </div>"""


def _sending(words: Words) -> str:
    return f"""<label class="marking-consent" data-part="consent" hidden><input type="checkbox">
      <span>{_word("consent", words)} <small>{_word("without_consent", words)}</small></span></label>
    <div class="marking-send">
      <button type="button" data-part="send" disabled>{_word("send", words)}</button>
      <button type="button" data-part="fine">{_word("fine", words)}</button>
      <button type="button" data-part="skip">{_word("skip", words)}</button>
      <button type="button" data-part="back" hidden>{_word("back", words)}</button>
      <small>{_word("licence", words)}</small>
    </div>
    <p class="small marking-keys">{_word("keys", words)}</p>"""


def _heat(tasks: Sequence[Task], words: Words) -> str:
    choices = "".join(f'<option value="{task}">{escape(words(f"tasks.{task}"))}</option>' for task in tasks)
    return f"""<div class="marking-room" data-part="heat" hidden>
    <p class="small">{escape(words("marking.heat_help", fewest=FEWEST_RATERS))}</p>
    <div class="marking-bar">
      <label>{_word("heat_task", words)} <select data-part="heat-task">{choices}</select></label>
      <label>{_word("heat_model", words)} <select data-part="heat-model"></select></label>
      <label>{_word("heat_label", words)} <select data-part="heat-label"></select></label>
      {legend(words("marking.nobody"), words("marking.everybody"))}
    </div>
    <div class="marking-maps" data-part="maps"></div>
  </div>"""
