"""A restore tab: one photo in, results out. The same file makes Denoise, Dehaze and Derust."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from models import registry
from models.card import Task
from ui.choosing.explanations import explanation
from ui.errors import in_words
from ui.house import House
from ui.opinion.rating import RatingActions, wire_rating
from ui.restoring.actions import Actions
from ui.restoring.hint_input import LAYERS_OF
from ui.restoring.painting import PaintPart, paint_part
from ui.restoring.parts import (
    MethodPart,
    MorePart,
    PhotoPart,
    ResultPart,
    method_part,
    more_part,
    photo_part,
    result_part,
)
from ui.wiring.events import HIDDEN, INSTANT, PRIVATE
from ui.wiring.working import Locks, Work, wire_work
from ui.words import Words


@dataclass(frozen=True, slots=True)
class RestoreTab:
    """One tab's parts and handlers, for wiring tabs to each other; `ran` is the run of a whole photo."""

    task: Task
    photo: PhotoPart
    method: MethodPart
    more: MorePart
    result: ResultPart
    actions: Actions
    ran: Dependency


def restore_tab(
    task: Task, tasks: Sequence[Task], house: House, words: Words, browser: gr.BrowserState
) -> RestoreTab:
    """Make the tab of `task`; `tasks` are those that a result can go on to."""
    gr.Markdown(words(f"about.{task}"), elem_classes="about")
    with gr.Row(elem_classes="desk"):
        with gr.Column(scale=4, min_width=320):
            photo = photo_part(task, house.gallery, words)
            method = method_part(task, house.desk.workshop, words)
            paint = paint_part(task, registry.get(str(method.model.value)), words)
            more = more_part(task, house.desk.workshop, words)
        with gr.Column(scale=7, min_width=340):
            result = result_part(task, tasks, words)
            with gr.Accordion(words("method.how"), open=False):
                method.how.render()
    actions = Actions(house.desk, house.gallery, words, method.panels)
    _wire_photo(photo, more, actions)
    _wire_method(method, paint, words)
    if paint:
        _wire_paint(paint, photo, result, actions)
    ran = _wire_runs(photo, method, paint, more, result, actions)
    _wire_result(result, actions, RatingActions(house.desk.store, house.secret, words), browser)
    return RestoreTab(task, photo, method, more, result, actions, ran)


def _wire_photo(photo: PhotoPart, more: MorePart, actions: Actions) -> None:
    shown: dict[str, Any] = {**PRIVATE, "show_progress_on": photo.facts}
    taken = photo.picture.input(
        _safe(actions, actions.take), [photo.picture, photo.token], photo.outputs, **shown
    )
    taken.failure(actions.no_photo, None, photo.outputs, **HIDDEN)
    photo.examples.select(_safe(actions, actions.take_example), None, photo.outputs, **shown)
    photo.picture.select(
        _safe(actions, actions.place),
        photo.token,
        [more.across, more.down],
        **HIDDEN,
    )


def _wire_method(method: MethodPart, paint: PaintPart | None, words: Words) -> None:
    """Show what belongs to the chosen method.

    Whenever the progress of any event moves, Gradio 6.31 asks all that ever showed an event's progress for
    its value, and all that lies inside it (see `LAYERS_OF`). So neither the painting's editor nor what holds
    it may show any: `show_progress_on` names something else.
    """
    folds = [paint.fold] if paint else []
    quiet: dict[str, Any] = {**INSTANT, "show_progress_on": method.summary}

    def choose(model: str) -> list[Any]:
        card = registry.get(model)
        groups = [gr.update(visible=each.card.id == model) for each in method.panels]
        painting = [gr.update(visible=card.takes_hint) for _ in folds]
        return [words.summary(card), explanation(card, words), *groups, *painting]

    method.model.change(
        choose,
        method.model,
        [method.summary, method.how, *(each.group for each in method.panels), *folds],
        **quiet,
    )


def _wire_paint(paint: PaintPart, photo: PhotoPart, result: ResultPart, actions: Actions) -> None:
    quiet: dict[str, Any] = {**HIDDEN, "show_progress_on": paint.begin}  # see `_wire_method`
    paint.fold.expand(_safe(actions, actions.open_canvas), [photo.token, paint.shown], paint.outputs, **quiet)
    paint.begin.click(
        _safe(actions, actions.begin_with_mask), [photo.token, result.token], paint.outputs, **quiet
    )
    paint.editor.clear(_safe(actions, actions.empty_canvas), photo.token, paint.outputs, **quiet)
    photo.token.change(actions.no_canvas, None, [paint.fold, *paint.outputs], **quiet)


def _wire_runs(
    photo: PhotoPart,
    method: MethodPart,
    paint: PaintPart | None,
    more: MorePart,
    result: ResultPart,
    actions: Actions,
) -> Dependency:
    """Wire all that runs models; return the run of the whole photo."""
    locks = Locks([method.run, more.try_region, more.compare, more.batch], method.stop)
    painted = paint.painted if paint else gr.State(None)
    chosen: list[Component] = [photo.token, more.reference, method.model, painted]
    whole = Work(actions.restore, [*chosen, *method.knobs], result.outputs, result.viewer)
    region = Work(
        actions.try_region, [*chosen, more.across, more.down, *method.knobs], result.outputs, result.viewer
    )
    compare = Work(
        actions.compare,
        [photo.token, more.reference, more.compared],
        [result.comparison],
        more.compared,
    )
    batch = Work(
        actions.batch,
        [more.files, method.model, *method.knobs],
        [more.archive, more.report],
        more.archive,
    )
    title = actions.words("error.title")
    wire_work(_with_painted(more.try_region, paint), region, locks, actions.flags, title)
    wire_work(more.compare.click, compare, locks, actions.flags, title)
    wire_work(more.batch.click, batch, locks, actions.flags, title)
    method.stop.click(actions.stop, **INSTANT)
    return wire_work(_with_painted(method.run, paint), whole, locks, actions.flags, title)


def _with_painted(button: gr.Button, paint: PaintPart | None) -> Callable[..., Dependency]:
    """Return what happens when `button` is pressed: what is painted is taken from the canvas first."""
    if paint is None:
        return button.click
    return button.click(None, paint.editor, paint.painted, js=LAYERS_OF, **INSTANT).then


def _wire_result(
    result: ResultPart, actions: Actions, rating: RatingActions, browser: gr.BrowserState
) -> None:
    result.comparison.select(_safe(actions, actions.open_compared), None, result.outputs, **HIDDEN)
    result.blend.release(
        _safe(actions, actions.blend),
        [result.token, result.blend],
        result.outputs,
        **HIDDEN,
    )
    wire_rating(result.rating, result.token, browser, rating)


def _safe(actions: Actions, handler: Callable[..., Any]) -> Callable[..., Any]:
    return in_words(handler, actions.words("error.title"))
