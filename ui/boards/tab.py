"""The Leaderboard tab: blind votes or a study, informal opinion below, folded and never merged with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import gradio as gr
from gradio.components import Component

from models import registry
from models.card import RESTORING, Task
from ratings.boards.keeping import Recounter
from ratings.boards.records import Reach
from ui.boards.actions import EVERY, BoardActions
from ui.boards.problems import PROBLEMS_JS
from ui.errors import in_words
from ui.house import House
from ui.wiring.asked import PICTURES_JS
from ui.wiring.events import HIDDEN, INSTANT
from ui.words import Words


@dataclass(frozen=True, slots=True)
class _Tab:
    task: gr.Radio
    study: gr.Dropdown
    kind: gr.Dropdown
    input: gr.Dropdown
    since: gr.Textbox
    until: gr.Textbox
    reach: gr.Radio
    table: gr.HTML
    matrix: gr.HTML
    days: gr.HTML
    evidence: gr.HTML
    opinion: gr.HTML

    @property
    def filters(self) -> list[Component]:
        return [self.task, self.study, self.kind, self.input, self.since, self.until]

    @property
    def shown(self) -> list[Component]:
        return [self.table, self.matrix, self.days, self.evidence, self.opinion, self.reach]


def boards_tab(house: House, words: Words, opened: gr.Tab) -> None:
    """Make the tab; it is read anew whenever it is opened, filtered or refreshed."""
    store = house.desk.store
    tasks = [*(task for task in RESTORING if registry.by_task(task)), Task.GENERATE]
    gr.Markdown(words("boards.about"), elem_classes="about")
    with gr.Row(equal_height=True):
        task = gr.Radio(
            [(words(f"tasks.{each}"), str(each)) for each in tasks],
            value=str(tasks[0]),
            show_label=False,
            container=False,
            elem_id=f"board-task-{words.language}",
            elem_classes="pills",
        )
        refresh = gr.Button(words("leaderboard.refresh"), size="sm", elem_classes="refresh")
    actions = BoardActions(store, house.gallery, Recounter(store.database).later, words)
    tab = _parts(task, words)
    show, asked = in_words(actions.show, words("error.title")), [*tab.filters, tab.reach]
    listed, offered = [tab.task, tab.study, tab.input], [tab.study, tab.input]
    opened.select(actions.choices, listed, offered, **INSTANT)
    for event in (opened.select, refresh.click):
        event(show, asked, tab.shown, **HIDDEN)
    for each in asked[1:]:
        cast("Any", each).change(show, asked, tab.shown, **HIDDEN)
    task.change(actions.choices, listed, offered, **INSTANT).then(show, asked, tab.shown, **HIDDEN)
    tab.table.select(in_words(actions.open, words("error.title")), tab.filters, tab.evidence, **HIDDEN)


def _parts(task: gr.Radio, words: Words) -> _Tab:
    with gr.Accordion(words("boards.filters"), open=False):
        with gr.Row():
            kinds = [(words("boards.every"), EVERY)]
            kinds += [(words(f"method.{kind}"), kind) for kind in ("classical", "network")]
            arena = (words("boards.of_arena"), EVERY)
            study = gr.Dropdown([arena], value=EVERY, label=words("boards.study"), scale=2, min_width=280)
            kind = gr.Dropdown(kinds, value=EVERY, label=words("boards.kind"))
            picture = gr.Dropdown([(words("boards.every"), EVERY)], value=EVERY, label=words("boards.input"))
            since = gr.Textbox("", label=words("boards.since"), placeholder="2026-01-31", max_lines=1)
            until = gr.Textbox("", label=words("boards.until"), placeholder="2026-12-31", max_lines=1)
        reaches: Sequence[Reach] = ("these images", "images like these")
        reach = gr.Radio(
            [(words(f"boards.choose_{each.replace(' ', '_')}"), each) for each in reaches],
            value=reaches[0],
            label=words("boards.reach"),
            info=words("boards.reach_help"),
        )
    table = gr.HTML(js_on_load=PICTURES_JS, elem_id=f"board-{words.language}", elem_classes="boards-place")
    behind = gr.HTML(js_on_load=PROBLEMS_JS, elem_id=f"evidence-{words.language}")
    with gr.Accordion(words("boards.plots"), open=False):
        matrix, days = gr.HTML(), gr.HTML()
    with gr.Accordion(words("leaderboard.heading"), open=False):
        gr.Markdown(words("leaderboard.explanation"), elem_classes="small")
        opinion = gr.HTML(elem_id=f"opinion-{words.language}")
    return _Tab(task, study, kind, picture, since, until, reach, table, matrix, days, behind, opinion)
