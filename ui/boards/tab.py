"""The Leaderboard tab: blind votes first, informal opinion below, folded and never merged with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any, cast

import gradio as gr
from gradio.components import Component

from models import registry
from models.card import RESTORING, Task
from ratings.boards.evidence import evidence
from ratings.boards.keeping import Recounter, board
from ratings.boards.records import Board, Filters, Reach
from ratings.leaderboard import leaderboard
from ratings.stimuli import Stimuli
from ratings.store import Store
from ratings.studies.design import State
from ratings.studies.results import results
from ratings.studies.studies import Studies
from ui.boards import plots
from ui.boards.evidence import evidence_of
from ui.boards.table import board_table
from ui.errors import NothingChosenError, in_words
from ui.gallery import Gallery
from ui.house import House
from ui.opinion.board import board as opinion_table
from ui.studies.tables import results_table
from ui.wiring.asked import PICTURES_JS, choice_of
from ui.wiring.events import HIDDEN, INSTANT
from ui.words import Words

EVERY = ""
"""The choice that filters nothing."""


@dataclass(frozen=True, slots=True)
class _Tab:
    task: gr.Radio
    kind: gr.Dropdown
    input: gr.Dropdown
    since: gr.Textbox
    until: gr.Textbox
    reach: gr.Radio
    table: gr.HTML
    matrix: gr.HTML
    days: gr.HTML
    evidence: gr.HTML
    studies: gr.HTML
    opinion: gr.HTML

    @property
    def filters(self) -> list[Component]:
        return [self.task, self.kind, self.input, self.since, self.until, self.reach]

    @property
    def shown(self) -> list[Component]:
        return [self.table, self.matrix, self.days, self.evidence, self.studies, self.opinion]


@dataclass(frozen=True, slots=True)
class BoardActions:
    """What the tab does."""

    store: Store
    gallery: Gallery
    recounter: Recounter
    words: Words

    def show(
        self, task: str, kind: str, picture: str, since: str, until: str, reach: Reach
    ) -> tuple[str, str, str, str, str, str]:
        """Return the table, the two plots, no evidence, the studies, and the informal opinion."""
        found = self._board(task, kind, picture, since, until, reach)
        return (
            board_table(found, self.words),
            plots.win_matrix(found, self.words),
            plots.votes_by_day(found.votes_by_day, self.words),
            "",
            self._studies(task),
            opinion_table(leaderboard(self.store, task), self.words),
        )

    def open(self, task: str, event: gr.EventData) -> str:
        """Return what stands behind the row that was clicked."""
        choice = choice_of(event)
        identifier = int(choice) if choice.isascii() and choice.isdecimal() and len(choice) < 12 else 0
        standings = board(self.store.database, task, later=self.recounter.later).standings
        rivals = [each.contestant.model for each in plots.neighbours(standings, identifier)]
        return evidence_of(evidence(self.store.database, identifier), rivals, self.words)

    def inputs(self, task: str) -> Any:
        """Return the inputs that can be chosen for `task`."""
        titles = {each.id: each.title(self.words.language) for each in self.gallery.examples}
        names = Stimuli(self.store.database).input_names(task)
        known = [(titles.get(name, name), name) for name in names]
        return gr.update(choices=[(self.words("boards.every"), EVERY), *known], value=EVERY)

    def _studies(self, task: str) -> str:
        """Return what came of each study of `task` that people took part in, the newest first."""
        database = self.store.database
        public = {State.OPEN, State.CLOSED}
        found = [each for each in Studies(database).all() if each.task == task and each.state in public]
        parts = [
            f"<h3>{escape(each.title)}</h3>{results_table(results(database, each), self.words)}"
            for each in found
        ]
        return "".join(parts) or f'<p class="empty">{escape(self.words("boards.no_studies"))}</p>'

    def _board(self, task: str, kind: str, picture: str, since: str, until: str, reach: Reach) -> Board:
        of_kind = [card.id for card in registry.by_task(task) if card.method == kind]
        filters = Filters(
            since=self._day(since),
            until=self._day(until),
            input_name=picture or None,
            models=frozenset(of_kind) if kind else None,
        )
        return board(self.store.database, task, filters=filters, reach=reach, later=self.recounter.later)

    def _day(self, text: str | None) -> date | None:
        """Return a day as it was typed; nothing typed is no day."""
        typed = (text or "").strip()
        if not typed:
            return None
        try:
            return datetime.strptime(typed, "%Y-%m-%d").date()  # noqa: DTZ007 — a day has no zone
        except ValueError:
            raise NothingChosenError(self.words("boards.bad_day", text=typed[:20])) from None


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
        )
        refresh = gr.Button(words("leaderboard.refresh"), size="sm", elem_classes="refresh")
    actions = BoardActions(store, house.gallery, Recounter(store.database), words)
    tab = _parts(task, actions)
    show = in_words(actions.show, words("error.title"))
    opened.select(actions.inputs, task, tab.input, **INSTANT)
    for event in (opened.select, refresh.click):
        event(show, tab.filters, tab.shown, **HIDDEN)
    for each in tab.filters[1:]:
        cast("Any", each).change(show, tab.filters, tab.shown, **HIDDEN)
    task.change(actions.inputs, task, tab.input, **INSTANT).then(show, tab.filters, tab.shown, **HIDDEN)
    tab.table.select(in_words(actions.open, words("error.title")), task, tab.evidence, **HIDDEN)


def _parts(task: gr.Radio, actions: BoardActions) -> _Tab:
    words = actions.words
    with gr.Accordion(words("boards.filters"), open=False):
        with gr.Row():
            kinds = [(words("boards.every"), EVERY)]
            kinds += [(words(f"method.{kind}"), kind) for kind in ("classical", "network")]
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
    behind = gr.HTML(elem_id=f"evidence-{words.language}")
    with gr.Accordion(words("boards.plots"), open=False):
        matrix, days = gr.HTML(), gr.HTML()
    with gr.Accordion(words("boards.studies"), open=False):
        gr.Markdown(words("boards.studies_help"), elem_classes="small")
        of_studies = gr.HTML(elem_id=f"studies-board-{words.language}")
    with gr.Accordion(words("leaderboard.heading"), open=False):
        gr.Markdown(words("leaderboard.explanation"), elem_classes="small")
        opinion = gr.HTML(elem_id=f"opinion-{words.language}")
    return _Tab(task, kind, picture, since, until, reach, table, matrix, days, behind, of_studies, opinion)
