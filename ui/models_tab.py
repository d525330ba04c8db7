"""The Models tab: every model with its state, and the buttons that fetch and remove weights."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.events import Dependency

from models import registry
from models.card import Card
from models.checkpoints import State
from ui import reporting
from ui.actions import PROGRESS
from ui.errors import InUseError, NothingChosenError, OwnerOnlyError, in_words
from ui.events import INSTANT, PRIVATE
from ui.house import House
from ui.measures import in_bytes
from ui.model_list import model_list
from ui.parts import PICTURES_JS
from ui.readiness import standing
from ui.settings import LOOPBACK
from ui.words import Words

FETCHING = "fetching"
"""Downloads have a queue of their own: a run need not wait for one."""

ALL = "all"
Shown = tuple[str, str, dict[str, Any]]
"""What was asked for ("fetch ID"), the list, whether the place of its progress is shown."""


@dataclass(frozen=True, slots=True)
class ModelActions:
    """The handlers of the tab in one language."""

    house: House
    words: Words

    def listing(self, task: str, state: str, request: gr.Request) -> str:
        """Return the models that pass both filters."""
        return self._listing(task, state, request)

    def begin(self, task: str, state: str, request: gr.Request, event: gr.EventData) -> Shown:
        """Take note of the button that was pressed, and lock the others."""
        choice = str(getattr(event, "choice", ""))
        return choice, self._listing(task, state, request, busy=True), gr.update(visible=True)

    def work(self, request: gr.Request, progress: gr.Progress = PROGRESS, choice: str = "") -> str:
        """Fetch or remove weights; return a sentence that says what was done."""
        action, _, model = choice.partition(" ")
        card = registry.get(model)
        if card.weights is None or action not in ("fetch", "free"):
            raise NothingChosenError(self.words("models.nothing"))
        return self._fetch(card, request, progress) if action == "fetch" else self._free(card, request)

    def end(self, task: str, state: str, request: gr.Request) -> tuple[str, dict[str, Any]]:
        """Show the list as it now is, and unlock its buttons."""
        return self._listing(task, state, request), gr.update(visible=False)

    def stop(self, request: gr.Request) -> None:
        """Ask this page's download to stop."""
        self.house.flags.rise(_download_of(request))

    def _fetch(self, card: Card, request: gr.Request, progress: gr.Progress) -> str:
        assert card.weights is not None
        flag = self.house.flags.lower(_download_of(request))
        report = reporting.preparation(progress, self.words)
        self.house.desk.workshop.checkpoints.fetch(card.id, card.weights, report, flag.is_set)
        return self._said("models.fetched", model=self.words.title(card))

    def _free(self, card: Card, request: gr.Request) -> str:
        assert card.weights is not None
        if not self._may_free(request):
            raise OwnerOnlyError
        workshop = self.house.desk.workshop
        if not workshop.rack.release(workshop.key(card)):
            raise InUseError(card.id)
        size = in_bytes(workshop.checkpoints.free(card.id, card.weights))
        return self._said("models.freed", model=self.words.title(card), size=size)

    def _said(self, key: str, **values: str) -> str:
        sentence = self.words(key, **values)
        gr.Info(sentence, duration=6)
        return sentence

    def _listing(self, task: str, state: str, request: gr.Request, *, busy: bool = False) -> str:
        known = [standing(card, self.house.desk.workshop) for card in registry.cards()]
        shown = [each for each in known if task in (ALL, each.card.task) and state in (ALL, each.state)]
        may_free = self._may_free(request)
        return model_list(shown, self.words, total=len(known), may_free=may_free, busy=busy)

    def _may_free(self, request: gr.Request) -> bool:
        """Tell whether weights may be removed: who sits at the machine does not take them from others."""
        return self.house.own and _asks_itself(request)


def models_tab(house: House, words: Words, tab: gr.Tab) -> Dependency:
    """Make the tab; the list is made anew whenever it is opened. Return the event that changes weights."""
    gr.Markdown(f"## {words('models.heading')}\n\n{words('models.explanation')}", elem_classes="about")
    with gr.Row(elem_classes="filters"):
        task = gr.Radio(_tasks(words), value=ALL, label=words("models.task"))
        state = gr.Radio(_states(words), value=ALL, label=words("models.state"))
    with gr.Row(visible=False, elem_classes="fetching") as place:
        status = gr.HTML("", min_height=64, elem_id=f"fetching-{words.language}")
        stop = gr.Button(words("run.stop"), scale=0, min_width=90)
    listing = gr.HTML("", js_on_load=PICTURES_JS, elem_id=f"models-{words.language}")
    chosen = gr.State("")

    actions = ModelActions(house, words)

    def safe(handler: Callable[..., Any]) -> Callable[..., Any]:
        return in_words(handler, words("error.title"))

    filters = [task, state]
    for event in (tab.select, task.change, state.change):
        event(safe(actions.listing), filters, listing, **INSTANT)
    begun = listing.select(safe(actions.begin), filters, [chosen, listing, place], **INSTANT)
    worked = begun.success(
        safe(actions.work),
        chosen,
        status,
        concurrency_id=FETCHING,
        concurrency_limit=2,
        show_progress_on=status,
        **PRIVATE,
    )
    for ended in (worked.success, worked.failure):
        ended(safe(actions.end), filters, [listing, place], **INSTANT)
    stop.click(actions.stop, **INSTANT)
    return worked


def _tasks(words: Words) -> list[tuple[str, str]]:
    tasks = dict.fromkeys(str(card.task) for card in registry.cards())
    return [(words("models.all"), ALL), *((words(f"tasks.{task}"), task) for task in tasks)]


def _states(words: Words) -> list[tuple[str, str]]:
    return [(words("models.all"), ALL), *((words(f"states.{state}"), str(state)) for state in State)]


def _download_of(request: gr.Request) -> str:
    """Return the key of a page's stop flag for downloads: its runs have another."""
    return f"{request.session_hash or ''} {FETCHING}"


def _asks_itself(request: gr.Request) -> bool:
    """Tell whether a request comes from this very machine, and not through a proxy."""
    asker = request.client.host if request.client else ""
    forwarded = [name for name in request.headers if name.lower() in ("forwarded", "x-forwarded-for")]
    return asker in LOOPBACK and not forwarded
