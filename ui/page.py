"""The whole page: a tab for every task that has models, the leaderboard, the models; once a language."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components.navbar import Navbar

from models import registry
from models.card import RESTORING, Task
from models.provenance import APP_VERSION
from models.workshop import Workshop
from ui import words
from ui.administration.own_data import own_data
from ui.administration.page import PATHS, administration_page
from ui.api.endpoints import endpoints
from ui.arena.tab import arena_tab
from ui.boards.tab import boards_tab
from ui.choosing import offers
from ui.choosing.tab import models_tab
from ui.errors import in_words
from ui.generating.tab import GenerateTab, generate_tab
from ui.house import House
from ui.keeping.readiness import runnable
from ui.marking.tab import marking_tab
from ui.opinion.rating import RatingActions
from ui.restoring.tab import RestoreTab, restore_tab
from ui.wiring.events import HIDDEN, INSTANT
from ui.wiring.lenient import LenientBlocks
from ui.words import Words

ROOM = Path(__file__).parent
CSS = (
    ROOM / "looks" / "page.css",
    ROOM / "restoring" / "restoring.css",
    ROOM / "opinion" / "opinion.css",
    ROOM / "generating" / "generating.css",
    ROOM / "choosing" / "choosing.css",
    ROOM / "arena" / "arena.css",
    ROOM / "boards" / "boards.css",
    ROOM / "administration" / "administration.css",
    ROOM / "marking" / "marking.css",
)
"""Later ones have the last word: what all share stands first."""

HEAD = ROOM / "looks" / "head.html"
DAY_SECONDS = 24 * 3600
BROWSER_KEY = "patina-browser"
"""Name and key of what the browser keeps: both fixed, or a restart would lose every rater."""


def page(house: House, *, mcp: bool = False) -> gr.Blocks:
    """Build the page in every language, and the API; `mcp` tells that its endpoints become tools."""
    with LenientBlocks(title="Patina", analytics_enabled=False, delete_cache=(3600, DAY_SECONDS)) as blocks:
        endpoints(house, mcp=mcp)  # first, because Gradio numbers later handlers that have the same name
        _in_language(words.load("en"), house, blocks)
    for language in words.LANGUAGES[1:]:
        with blocks.route(language, f"/{language}", show_in_navbar=False):
            _in_language(words.load(language), house, blocks)
    for language, path in PATHS.items():
        with blocks.route(path, f"/{path}", show_in_navbar=False):
            administration_page(house.office, words.load(language), blocks)
    return blocks


def _in_language(said: Words, house: House, blocks: gr.Blocks) -> None:
    tasks = [task for task in RESTORING if registry.by_task(task)]
    browser = gr.BrowserState(None, storage_key=BROWSER_KEY, secret=BROWSER_KEY)
    rating = RatingActions(house.desk.store, house.secret, said)
    Navbar(visible=False, main_page_name=False)
    _header(said)
    restoring: list[RestoreTab] = []
    with gr.Tabs(elem_classes="rooms") as tabs:
        for task in tasks:
            with gr.Tab(said(f"tasks.{task}"), id=str(task)):
                restoring.append(restore_tab(task, tasks, house, said, browser))
        with gr.Tab(said("tasks.generate"), id="generate"):
            generating = generate_tab(house, said, browser)
        with gr.Tab(said("arena.title"), id="arena"):
            arena_tab(house, said, browser)
        with gr.Tab(said("marking.title"), id="marking"):
            marking_tab([*tasks, Task.GENERATE], house.gallery.by_task(Task.DERUST), said)
        with gr.Tab(said("leaderboard.title"), id="leaderboard") as board:
            boards_tab(house, said, board)
        with gr.Tab(said("models.title"), id="models") as models:
            changed = models_tab(house, said, models)
    for tab in restoring:
        _wire_onward(tab, restoring, tabs)
    changing = [blocks.load, changed.success, *(tab.ran.success for tab in restoring), generating.ran.success]
    _wire_offers(restoring, generating, house.desk.workshop, said, changing)
    gr.HTML(f'<p class="foot">{said("page.footer", version=APP_VERSION)}</p>')
    known = gr.HTML(elem_id="patina-browser-token", elem_classes="unseen")
    own_data(house.office, rating, browser, known, said)
    blocks.load(rating.welcome, browser, [browser, known], **INSTANT)


def _header(said: Words) -> None:
    path = said("page.other_language_path") or "."
    gr.HTML(
        f"""<header class="masthead"><h1>{said("page.title")}</h1><p>{said("page.tagline")}</p>
        <nav><a class="language" href="{path}">{said("page.other_language")}</a></nav></header>""",
    )


def _wire_onward(tab: RestoreTab, tabs: Sequence[RestoreTab], selector: gr.Tabs) -> None:
    """Let a result of `tab` go on as the photo of any tab."""
    for target in tabs:
        quiet: dict[str, Any] = {
            **INSTANT,
            "show_progress_on": target.photo.facts,
        }  # see `_wire_method` of the restore tab
        tab.result.onward[target.task].click(
            in_words(tab.actions.take_result, tab.actions.words("error.title")),
            tab.result.token,
            target.photo.outputs,
            **HIDDEN,
        ).success(
            lambda task=str(target.task): gr.update(selected=task),
            None,
            selector,
            **quiet,
        )


def _wire_offers(
    tabs: Sequence[RestoreTab],
    generating: GenerateTab,
    workshop: Workshop,
    said: Words,
    events: Sequence[Callable[..., Any]],
) -> None:
    """Let the lists of methods offer what can run now: weights come and go while the server runs."""

    def offer() -> list[Any]:
        known = [runnable(tab.task, workshop) for tab in tabs]
        offered = [
            choices for each in known for choices in (offers.methods(each, said), offers.compared(each, said))
        ]
        generators = offers.compared(runnable(Task.GENERATE, workshop), said)
        return [gr.update(choices=choices) for choices in (*offered, generators)]

    lists = [component for tab in tabs for component in (tab.method.model, tab.more.compared)]
    lists.append(generating.models)
    for event in events:
        event(offer, None, lists, **INSTANT)
