"""The Models tab: every model with its state, and the buttons that fetch and remove weights."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gradio as gr
from gradio.events import Dependency

from models import registry
from models.card import Card
from models.checkpoints import State
from models.source import Weights
from ui.choosing.measures import in_bytes
from ui.choosing.model_list import fetching_html, model_list
from ui.errors import InUseError, NothingChosenError, OwnerOnlyError, in_words
from ui.house import House
from ui.keeping.readiness import standing
from ui.settings import LOOPBACK
from ui.wiring.asked import choice_of, page_of
from ui.wiring.events import HIDDEN, INSTANT
from ui.wiring.stopping import StopFlags
from ui.words import Words

FETCHING = "fetching"
"""Downloads have a queue of their own: a run need not wait for one."""

ALL = "all"
LOOK_SECONDS = 0.25
MODELS_JS = Path(__file__).with_name("models.js").read_text(encoding="utf-8")
Shown = tuple[str, str, dict[str, Any]]
"""What was asked for ("fetch ID"), the list, whether the place of its progress is shown."""


@dataclass(slots=True)
class _Far:
    """How far a download is; told by its thread, read by the page's."""

    step: str = "fetch"
    share: float = 0.0

    def report(self, step: str, share: float) -> None:
        self.step, self.share = step, share


@dataclass(frozen=True, slots=True)
class ModelActions:
    """The handlers of the tab in one language."""

    house: House
    words: Words
    flags: StopFlags = field(default_factory=StopFlags)

    def listing(self, task: str, state: str, request: gr.Request) -> str:
        """Return the models that pass both filters."""
        return self._listing(task, state, request)

    def begin(self, task: str, state: str, request: gr.Request, event: gr.EventData) -> Shown:
        """Take note of the button that was pressed, and lock the others."""
        choice = choice_of(event)
        return choice, self._listing(task, state, request, busy=True), gr.update(visible=True)

    def work(self, choice: str, request: gr.Request) -> Iterator[str]:
        """Fetch or remove weights; tell again and again how far that is."""
        action, _, model = choice.partition(" ")
        card = registry.get(model)
        if card.weights is None or action not in ("fetch", "free"):
            raise NothingChosenError(self.words("models.nothing"))
        if action == "fetch":
            yield from self._fetch(card, card.weights, request)
        else:
            yield self._free(card, card.weights, request)

    def end(self, task: str, state: str, request: gr.Request) -> tuple[str, dict[str, Any]]:
        """Show the list as it now is, and unlock its buttons."""
        return self._listing(task, state, request), gr.update(visible=False)

    def stop(self, request: gr.Request) -> None:
        """Ask this page's download to stop."""
        self.flags.rise(page_of(request))

    def _fetch(self, card: Card, weights: Weights, request: gr.Request) -> Iterator[str]:
        """Download in a thread, and look at it; a download whose page is closed is stopped."""
        far = _Far()
        fetch = self.house.desk.workshop.checkpoints.fetch
        with ThreadPoolExecutor(1) as beside, self.flags.running(page_of(request)) as stopped:
            fetching = beside.submit(fetch, card.id, weights, far.report, stopped)
            while not fetching.done():
                yield fetching_html(card, far.step, far.share, self.words)
                wait([fetching], LOOK_SECONDS)
            fetching.result()
        gr.Info(self.words("models.fetched", model=self.words.title(card)), duration=6)

    def _free(self, card: Card, weights: Weights, request: gr.Request) -> str:
        if not self._may_free(request):
            raise OwnerOnlyError
        workshop = self.house.desk.workshop
        if not workshop.rack.release(workshop.key(card)):
            raise InUseError(card.id)
        size = in_bytes(workshop.checkpoints.free(card.id, weights))
        gr.Info(self.words("models.freed", model=self.words.title(card), size=size), duration=6)
        return ""

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
        task = gr.Radio(_tasks(words), value=ALL, label=words("models.task"), elem_classes="pills")
        state = gr.Radio(_states(words), value=ALL, label=words("models.state"), elem_classes="pills")
    with gr.Row(visible=False, elem_classes="fetching") as place:
        status = gr.HTML("", elem_id=f"fetching-{words.language}")
        stop = gr.Button(words("run.stop"), scale=0, min_width=90)
    listing = gr.HTML("", js_on_load=MODELS_JS, elem_id=f"models-{words.language}")
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
        **HIDDEN,
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


def _asks_itself(request: gr.Request) -> bool:
    """Tell whether a request comes from this very machine, and not through a proxy.

    A proxy shows by its headers, or by the name that its visitors ask for.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    asker = request.client.host if request.client else ""
    asked = urlsplit(f"//{headers.get('host', '')}").hostname
    forwarded = any(name.startswith(("forwarded", "x-forwarded", "x-real-ip", "via")) for name in headers)
    return asker in LOOPBACK and asked in LOOPBACK and not forwarded
