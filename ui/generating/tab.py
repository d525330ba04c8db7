"""The Generate tab: generators and a seed in, sheets of images out; then walks and nudges from each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from models import registry
from models.card import Card, Task
from models.checkpoints import State
from models.generator import TRUNCATION
from models.latents import DIRECTIONS, FARTHEST_NUDGE
from models.method import Generator
from models.workshop import Workshop
from ui.choosing import offers
from ui.choosing.explanations import explanations
from ui.errors import in_words
from ui.generating import sheets
from ui.generating.actions import FIRST_SEED, GenerateActions
from ui.generating.growth import growths
from ui.house import House
from ui.keeping.readiness import runnable
from ui.opinion.rating import RatingActions, RatingPanel, rating_panel, wire_rating
from ui.wiring.asked import PICTURES_JS
from ui.wiring.events import AT_ONCE, ENGINE, HIDDEN, INSTANT, PRIVATE
from ui.wiring.working import Locks, Work, wire_work
from ui.words import Words

GROWTH_JS = Path(__file__).with_name("growth.js").read_text(encoding="utf-8")

MOST_IMAGES = 64
"""As many are shown of each generator at once; scripts may ask for more."""

MOST_GENERATORS = 6


@dataclass(frozen=True, slots=True)
class GenerateTab:
    """The tab's list of generators, which changes as weights come and go, and its run."""

    models: gr.Dropdown
    ran: Dependency


@dataclass(frozen=True, slots=True)
class _Wish:
    """Where is said what shall be made."""

    models: gr.Dropdown
    seed: gr.Textbox
    new: gr.Button
    previous: gr.Button
    earlier: gr.State
    count: gr.Slider
    truncation: gr.Slider
    kind: gr.Dropdown
    run: gr.Button
    stop: gr.Button

    @property
    def inputs(self) -> list[Component]:
        return [self.models, self.seed, self.count, self.truncation, self.kind]


@dataclass(frozen=True, slots=True)
class _Result:
    """Where images are looked at, walked between, nudged, taken home and rated."""

    sheets: gr.HTML
    token: gr.State
    outcome: gr.Column
    chosen: gr.HTML
    nudging: gr.Column
    nudges: tuple[gr.Slider, ...]
    start: gr.State
    end: gr.State
    ends: gr.HTML
    walk_from: gr.Button
    walk_to: gr.Button
    walk: gr.Button
    stop_walk: gr.Button
    walked: gr.HTML
    rating: RatingPanel

    @property
    def choice(self) -> list[Any]:
        """Return what a choice of an image fills."""
        return [self.token, self.outcome, self.chosen, self.nudging, *self.nudges]


def generate_tab(house: House, words: Words, browser: gr.BrowserState) -> GenerateTab:
    """Make the tab."""
    workshop = house.studio.workshop
    gr.Markdown(words("about.generate"), elem_classes="about")
    with gr.Row(elem_classes="desk"):
        with gr.Column(scale=4, min_width=320):
            wish = _wish(workshop, words)
        with gr.Column(scale=7, min_width=340):
            result = _result(words)
    first = [registry.get(model) for model in wish.models.value or []]
    with gr.Accordion(words("generate.growth"), open=False):
        growth = gr.HTML(growths(first, words), js_on_load=GROWTH_JS)
    with gr.Accordion(words("generate.how"), open=False):
        how = gr.Markdown(
            explanations(first, words),
            latex_delimiters=[{"left": "$$", "right": "$$", "display": True}],
        )
    actions = GenerateActions(house.studio, words)
    _wire_wish(wish, growth, how, actions, words)
    ran = _wire_run(wish, result, actions)
    _wire_result(result, actions, RatingActions(house.desk.store, house.secret, words), browser)
    return GenerateTab(wish.models, ran)


def _wish(workshop: Workshop, words: Words) -> _Wish:
    offered = runnable(Task.GENERATE, workshop)
    ready = [each.card.id for each in offered if each.state is State.READY]
    models = gr.Dropdown(
        offers.compared(offered, words),
        value=ready[:1],
        multiselect=True,
        max_choices=MOST_GENERATORS,
        label=words("generate.models"),
        info=words("generate.models_help"),
        elem_id=f"generators-{words.language}",
    )
    first = [registry.get(model) for model in ready[:1]]
    with gr.Row(equal_height=True, elem_classes="seed"):
        seed = gr.Textbox(
            str(FIRST_SEED),
            label=words("generate.seed"),
            max_lines=1,
            scale=3,
            min_width=120,
            elem_id=f"seed-{words.language}",
        )
        previous = gr.Button(words("generate.previous"), scale=1, min_width=80)
        new = gr.Button(words("generate.new"), scale=1, min_width=80)
    count = gr.Slider(1, MOST_IMAGES, 16, step=1, label=words("generate.count"))
    truncation = gr.Slider(
        0, 1, 1, step=0.05, label=words("generate.truncation"), info=_truncation_help(first, words)
    )
    kind = gr.Dropdown([], label=words("generate.class"), visible=False)
    with gr.Row(elem_classes="run"):
        run = gr.Button(
            words("generate.run"), variant="primary", scale=3, elem_id=f"generate-{words.language}"
        )
        stop = gr.Button(words("run.stop"), interactive=False, scale=1, min_width=90)
    return _Wish(models, seed, new, previous, gr.State([]), count, truncation, kind, run, stop)


def _result(words: Words) -> _Result:
    shown = gr.HTML(
        sheets.sheets((), words),
        js_on_load=PICTURES_JS,
        elem_id=f"sheets-{words.language}",
        elem_classes="sheets-place",
    )
    with gr.Column(visible=False) as outcome:
        chosen = gr.HTML(sheets.chosen(None, words), elem_id=f"chosen-{words.language}")
        with gr.Column(visible=False) as nudging:
            gr.HTML(f"<p class='strip-title'>{words('generate.nudge_help')}</p>")
            with gr.Row(elem_classes="nudges"):
                nudges = tuple(
                    gr.Slider(
                        -FARTHEST_NUDGE,
                        FARTHEST_NUDGE,
                        0,
                        step=0.1,
                        label=words("generate.nudge", number=number + 1),
                        min_width=300,
                    )
                    for number in range(DIRECTIONS)
                )
        with gr.Column(elem_classes="walking"):
            gr.HTML(f"<h3>{words('generate.walk_title')}</h3><p>{words('generate.walk_help')}</p>")
            ends = gr.HTML(sheets.ends(None, None, words))
            with gr.Row():
                walk_from = gr.Button(words("generate.walk_from"), size="sm", min_width=110)
                walk_to = gr.Button(words("generate.walk_to"), size="sm", min_width=110)
                walk = gr.Button(words("generate.walk"), size="sm", min_width=110, variant="primary")
                stop_walk = gr.Button(words("run.stop"), size="sm", min_width=90, interactive=False)
            walked = gr.HTML(elem_id=f"walk-{words.language}")
        rating = rating_panel(Task.GENERATE, words)
    return _Result(
        sheets=shown,
        token=gr.State(""),
        outcome=outcome,
        chosen=chosen,
        nudging=nudging,
        nudges=nudges,
        start=gr.State(""),
        end=gr.State(""),
        ends=ends,
        walk_from=walk_from,
        walk_to=walk_to,
        walk=walk,
        stop_walk=stop_walk,
        walked=walked,
        rating=rating,
    )


def _wire_wish(
    wish: _Wish, growth: gr.HTML, how: gr.Markdown, actions: GenerateActions, words: Words
) -> None:
    def choose(models: list[str]) -> list[Any]:
        cards = [registry.get(model) for model in models]
        classes = _classes(cards)
        kind = gr.update(visible=bool(classes), choices=list(classes), value=next(iter(classes), None))
        truncation = gr.update(info=_truncation_help(cards, words))
        return [growths(cards, words), explanations(cards, words), kind, truncation]

    wish.models.change(choose, wish.models, [growth, how, wish.kind, wish.truncation], **INSTANT)
    wish.stop.click(actions.stop, **INSTANT)


def _truncation_help(cards: Sequence[Card], words: Words) -> str:
    """Return what truncation means to the first of `cards`."""
    controls = [control for card in cards[:1] for control in card.controls if control.name == TRUNCATION]
    return words.help(controls[0]) if controls else ""


def _classes(cards: Sequence[Card]) -> tuple[str, ...]:
    """Return the classes of the first of `cards` that has any."""
    builds = (card.build for card in cards)
    return next((build.classes for build in builds if isinstance(build, Generator) and build.classes), ())


def _wire_run(wish: _Wish, result: _Result, actions: GenerateActions) -> Dependency:
    """Wire all that makes sheets; return the run of the button."""
    locks = Locks([wish.run, wish.new, wish.previous], wish.stop)
    work = Work(actions.make, wish.inputs, [result.sheets, *result.choice], result.sheets)

    def run(button: gr.Button, seeds: Callable[..., Any]) -> Dependency:
        seeded = button.click(
            _safe(actions, seeds), [wish.seed, wish.earlier], [wish.seed, wish.earlier], **HIDDEN
        )
        return wire_work(seeded.success, work, locks, actions.making, actions.words("error.title"))

    run(wish.new, actions.new_seed)
    run(wish.previous, actions.previous_seed)
    return run(wish.run, actions.same_seed)


def _wire_result(
    result: _Result, actions: GenerateActions, rating: RatingActions, browser: gr.BrowserState
) -> None:
    nudged = gr.on(
        [slider.input for slider in result.nudges],  # `release` does not hear the arrow keys in Gradio 6.31
        _safe(actions, actions.nudge),
        [result.token, *result.nudges],
        [result.token, result.chosen],
        trigger_mode="always_last",
        concurrency_id=ENGINE,
        concurrency_limit=AT_ONCE,
        **HIDDEN,
    )
    # A nudge that ends later must not overwrite another choice. With `choose` itself, Gradio 6.31 would
    # cancel it only after choosing.
    result.sheets.select(None, cancels=nudged, **PRIVATE)
    result.sheets.select(_safe(actions, actions.choose), None, result.choice, **HIDDEN)
    result.walk_from.click(
        _safe(actions, actions.begin_here), [result.token, result.end], [result.start, result.ends], **HIDDEN
    )
    result.walk_to.click(
        _safe(actions, actions.end_here), [result.token, result.start], [result.end, result.ends], **HIDDEN
    )
    walk = Work(actions.walk, [result.start, result.end], [result.walked], result.walked)
    locks = Locks([result.walk], result.stop_walk)
    wire_work(result.walk.click, walk, locks, actions.walking, actions.words("error.title"))
    result.stop_walk.click(actions.stop_walk, **INSTANT)
    wire_rating(result.rating, result.token, browser, rating)


def _safe(actions: GenerateActions, handler: Callable[..., Any]) -> Callable[..., Any]:
    return in_words(handler, actions.words("error.title"))
