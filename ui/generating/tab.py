"""The Generate tab: generators and a seed in, sheets of images out; then walks and nudges from each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import Dependency

from models import registry
from models.card import Card
from models.method import Generator
from ui.choosing.explanations import explanations
from ui.errors import in_words
from ui.generating.actions import GenerateActions
from ui.generating.growth import growths
from ui.generating.parts import ResultPart, WishPart, result_part, truncation_help, wish_part
from ui.house import House
from ui.opinion.rating import RatingActions, wire_rating
from ui.wiring.events import AT_ONCE, ENGINE, HIDDEN, INSTANT, PRIVATE
from ui.wiring.working import Locks, Work, wire_work
from ui.words import Words

GROWTH_JS = Path(__file__).with_name("growth.js").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class GenerateTab:
    """The tab's list of generators, which changes as weights come and go, and its run."""

    models: gr.Dropdown
    ran: Dependency


def generate_tab(house: House, words: Words, browser: gr.BrowserState) -> GenerateTab:
    """Make the tab."""
    workshop = house.studio.workshop
    gr.Markdown(words("about.generate"), elem_classes="about")
    with gr.Row(elem_classes="desk"):
        with gr.Column(scale=4, min_width=320):
            wish = wish_part(workshop, words)
        with gr.Column(scale=7, min_width=340):
            result = result_part(words)
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


def _wire_wish(
    wish: WishPart, growth: gr.HTML, how: gr.Markdown, actions: GenerateActions, words: Words
) -> None:
    def choose(models: list[str]) -> list[Any]:
        cards = [registry.get(model) for model in models]
        classes = _classes(cards)
        kind = gr.update(visible=bool(classes), choices=list(classes), value=next(iter(classes), None))
        truncation = gr.update(info=truncation_help(cards, words))
        return [growths(cards, words), explanations(cards, words), kind, truncation]

    wish.models.change(choose, wish.models, [growth, how, wish.kind, wish.truncation], **INSTANT)
    wish.stop.click(actions.stop, **INSTANT)


def _classes(cards: Sequence[Card]) -> tuple[str, ...]:
    """Return the classes of the first of `cards` that has any."""
    builds = (card.build for card in cards)
    return next((build.classes for build in builds if isinstance(build, Generator) and build.classes), ())


def _wire_run(wish: WishPart, result: ResultPart, actions: GenerateActions) -> Dependency:
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
    result: ResultPart, actions: GenerateActions, rating: RatingActions, browser: gr.BrowserState
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
