"""A restore tab: one photo in, results out. The same file makes Denoise, Dehaze and Derust."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from models import registry
from models.card import Task
from models.pixels import READABLE
from ui import fragments
from ui.actions import Actions
from ui.desk import Desk
from ui.errors import in_words
from ui.events import HIDDEN, INSTANT, PRIVATE
from ui.gallery import Gallery
from ui.knobs import Panel, panel
from ui.photo_input import PhotoInput
from ui.rating import RatingActions, RatingPanel, rating_panel
from ui.stopping import StopFlags
from ui.words import Words

VIEWER_JS = Path(__file__).with_name("viewer.js").read_text(encoding="utf-8")
PICTURES_JS = Path(__file__).with_name("pictures.js").read_text(encoding="utf-8")
ENGINE = "engine"
"""Runs of all tabs share one queue, so that they do not slow each other down."""

AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class House:
    """What every tab works with."""

    desk: Desk
    gallery: Gallery
    flags: StopFlags
    secret: bytes


@dataclass(frozen=True, slots=True)
class PhotoPart:
    """Where the photo is chosen."""

    token: gr.State
    picture: PhotoInput
    facts: gr.HTML
    examples: gr.HTML

    @property
    def outputs(self) -> list[Component]:
        """Return what a `PhotoView` fills."""
        return [self.token, self.picture, self.facts]


@dataclass(frozen=True, slots=True)
class MethodPart:
    """Where the method is chosen, turned and run."""

    model: gr.Dropdown
    summary: gr.Markdown
    how: gr.Markdown
    panels: tuple[Panel, ...]
    run: gr.Button
    stop: gr.Button

    @property
    def knobs(self) -> list[Component]:
        """Return the components of all panels, in order."""
        return [component for each in self.panels for component in each.components]


@dataclass(frozen=True, slots=True)
class MorePart:
    """Regions, comparisons, many photos, a clean reference."""

    across: gr.Slider
    down: gr.Slider
    try_region: gr.Button
    compared: gr.CheckboxGroup
    compare: gr.Button
    files: gr.File
    batch: gr.Button
    archive: gr.File
    report: gr.Markdown
    reference: PhotoInput


@dataclass(frozen=True, slots=True)
class ResultPart:
    """Where the result is looked at, taken home and rated."""

    token: gr.State
    viewer: gr.HTML
    comparison: gr.HTML
    outcome: gr.Column
    facts: gr.HTML
    links: gr.HTML
    stages: gr.HTML
    blend: gr.Slider
    rating: RatingPanel
    onward: dict[Task, gr.Button]

    @property
    def outputs(self) -> list[Any]:
        """Return what a `ResultView` fills."""
        return [self.token, self.outcome, self.viewer, self.facts, self.links, self.stages, self.blend]


@dataclass(frozen=True, slots=True)
class RestoreTab:
    """One tab's parts and handlers, for wiring tabs to each other."""

    task: Task
    photo: PhotoPart
    result: ResultPart
    actions: Actions


def restore_tab(
    task: Task, tasks: Sequence[Task], house: House, words: Words, browser: gr.BrowserState
) -> RestoreTab:
    """Make the tab of `task`; `tasks` are those that a result can go on to."""
    gr.Markdown(words(f"about.{task}"), elem_classes="about")
    with gr.Row(elem_classes="desk"):
        with gr.Column(scale=4, min_width=320):
            photo = _photo_part(task, house, words)
            method = _method_part(task, words)
            more = _more_part(task, words)
        with gr.Column(scale=7, min_width=340):
            result = _result_part(task, tasks, words)
            with gr.Accordion(words("method.how"), open=False):
                method_how = method.how.render()
    assert method_how is not None
    actions = Actions(house.desk, house.gallery, house.flags, words, method.panels)
    _wire_photo(photo, more, actions)
    _wire_method(method, words)
    _wire_runs(photo, method, more, result, actions)
    _wire_result(result, actions, RatingActions(house.desk.store, house.secret, words), browser)
    return RestoreTab(task, photo, result, actions)


def _photo_part(task: Task, house: House, words: Words) -> PhotoPart:
    picture = PhotoInput(
        type="filepath",
        image_mode=None,
        sources=["upload", "clipboard", "webcam"],
        label=words("input.photo"),
        placeholder=words("input.drop"),
        alt_text=words("input.photo_alt"),
        height=250,
        buttons=[],
        elem_id=f"photo-{task}-{words.language}",
    )
    facts = gr.HTML(fragments.photo_facts(None, words))
    examples = gr.HTML(
        fragments.examples(house.gallery.by_task(task), words),
        js_on_load=PICTURES_JS,
        elem_id=f"examples-{task}-{words.language}",
    )
    return PhotoPart(gr.State(""), picture, facts, examples)


def _method_part(task: Task, words: Words) -> MethodPart:
    cards = registry.by_task(task)
    first = cards[0]
    model = gr.Dropdown(
        [(f"{words(f'method.{card.method}')} · {words.title(card)}", card.id) for card in cards],
        value=first.id,
        label=words("method.choose"),
        filterable=False,
        elem_id=f"method-{task}-{words.language}",
    )
    summary = gr.Markdown(words.summary(first), elem_classes="summary")
    how = gr.Markdown(
        fragments.explanation(first, words),
        latex_delimiters=[{"left": "$$", "right": "$$", "display": True}],
        render=False,
    )
    panels = tuple(panel(card, words, visible=card is first) for card in cards)
    with gr.Row(elem_classes="run"):
        run = gr.Button(
            words("run.restore"), variant="primary", scale=3, elem_id=f"run-{task}-{words.language}"
        )
        stop = gr.Button(words("run.stop"), interactive=False, scale=1, min_width=90)
    return MethodPart(model, summary, how, panels, run, stop)


def _more_part(task: Task, words: Words) -> MorePart:
    cards = registry.by_task(task)
    with gr.Accordion(words("region.title"), open=False):
        gr.Markdown(words("region.help"), elem_classes="small")
        across = gr.Slider(0, 100, 50, step=0.1, label=f"{words('region.across')} (%)")
        down = gr.Slider(0, 100, 50, step=0.1, label=f"{words('region.down')} (%)")
        try_region = gr.Button(words("region.run"))
    with gr.Accordion(words("compare.title"), open=False):
        gr.Markdown(words("compare.help"), elem_classes="small")
        compared = gr.CheckboxGroup(
            [(words.title(card), card.id) for card in cards],
            value=[card.id for card in cards[:4]],
            label=words("compare.models"),
        )
        compare = gr.Button(words("compare.run"))
    with gr.Accordion(words("batch.title"), open=False):
        gr.Markdown(words("batch.help"), elem_classes="small")
        files = gr.File(
            file_count="multiple",
            file_types=sorted(READABLE),
            label=words("batch.files"),
            height=140,
        )
        batch = gr.Button(words("batch.run"))
        archive = gr.File(label=words("batch.zip"), interactive=False, height=90)
        report = gr.Markdown()
    with gr.Accordion(words("reference.title"), open=False):
        gr.Markdown(words("reference.help"), elem_classes="small")
        reference = PhotoInput(
            type="filepath",
            image_mode=None,
            sources=["upload", "clipboard"],
            label=words("reference.file"),
            placeholder=words("input.drop"),
            alt_text=words("reference.file"),
            height=180,
            buttons=[],
        )
    return MorePart(across, down, try_region, compared, compare, files, batch, archive, report, reference)


def _result_part(task: Task, tasks: Sequence[Task], words: Words) -> ResultPart:
    viewer = gr.HTML(
        fragments.viewer(None, words),
        js_on_load=VIEWER_JS,
        elem_id=f"viewer-{task}-{words.language}",
    )
    comparison = gr.HTML(fragments.comparison((), words), js_on_load=PICTURES_JS)
    with gr.Column(visible=False) as outcome:
        facts = gr.HTML(fragments.facts(None, words))
        with gr.Row(elem_classes="take-home", equal_height=True):
            links = gr.HTML(fragments.links(None, words), min_width=220)
            blend = gr.Slider(
                0,
                100,
                100,
                step=1,
                label=f"{words('result.blend')} (%)",
                info=words("result.blend_help"),
                elem_classes="blend",
                min_width=260,
            )
        gr.HTML(f"<p class='strip-title'>{words('result.continue')}</p>")
        with gr.Row(elem_classes="onward"):
            onward = {
                other: gr.Button(
                    words("result.continue_in", task=words(f"tasks.{other}")), size="sm", min_width=90
                )
                for other in tasks
            }
        stages = gr.HTML(fragments.stages(None, words))
        rating = rating_panel(words)
    return ResultPart(gr.State(""), viewer, comparison, outcome, facts, links, stages, blend, rating, onward)


def _wire_photo(photo: PhotoPart, more: MorePart, actions: Actions) -> None:
    shown: dict[str, Any] = {**PRIVATE, "show_progress_on": photo.facts}
    taken = photo.picture.input(_safe(actions, actions.take), photo.picture, photo.outputs, **shown)
    taken.failure(actions.no_photo, None, photo.outputs, **HIDDEN)
    photo.examples.select(_safe(actions, actions.take_example), None, photo.outputs, **shown)
    photo.picture.select(
        _safe(actions, actions.place),
        photo.token,
        [more.across, more.down],
        **HIDDEN,
    )


def _wire_method(method: MethodPart, words: Words) -> None:
    def choose(model: str) -> list[Any]:
        card = registry.get(model)
        groups = [gr.update(visible=each.card.id == model) for each in method.panels]
        return [words.summary(card), fragments.explanation(card, words), *groups]

    method.model.change(
        choose,
        method.model,
        [method.summary, method.how, *(each.group for each in method.panels)],
        **INSTANT,
    )


def _wire_runs(
    photo: PhotoPart, method: MethodPart, more: MorePart, result: ResultPart, actions: Actions
) -> None:
    starters = [method.run, more.try_region, more.compare, more.batch]
    chosen = [photo.token, more.reference, method.model]
    whole = _Run(method.run, actions.restore, [*chosen, *method.knobs], result.outputs, result.viewer)
    region = _Run(
        more.try_region,
        actions.try_region,
        [*chosen, more.across, more.down, *method.knobs],
        result.outputs,
        result.viewer,
    )
    compare = _Run(
        more.compare,
        actions.compare,
        [photo.token, more.reference, more.compared],
        [result.comparison],
        result.viewer,
    )
    batch = _Run(
        more.batch,
        actions.batch,
        [more.files, method.model, *method.knobs],
        [more.archive, more.report],
        more.archive,
    )
    for run in (whole, region, compare, batch):
        _wire_run(run, starters, method.stop, actions)
    method.stop.click(actions.stop, **INSTANT)


@dataclass(frozen=True, slots=True)
class _Run:
    """A button and the long work behind it."""

    button: gr.Button
    work: Callable[..., Any]
    inputs: list[Component]
    outputs: list[Component]
    shows_progress: Component


def _wire_run(run: _Run, starters: Sequence[gr.Button], stop: gr.Button, actions: Actions) -> None:
    """Lock the starting buttons, do the work, unlock them whatever came of it."""

    def lock(*, running: bool) -> list[Any]:
        return [gr.update(interactive=not running)] * len(starters) + [gr.update(interactive=running)]

    buttons = [*starters, stop]
    started = run.button.click(lambda: lock(running=True), None, buttons, **INSTANT)
    worked = started.then(
        _safe(actions, run.work),
        run.inputs,
        run.outputs,
        concurrency_id=ENGINE,
        concurrency_limit=AT_ONCE,
        show_progress_on=run.shows_progress,
        **PRIVATE,
    )
    for ended in (worked.success, worked.failure):  # in Gradio 6.31 `then` does not follow a failure
        ended(lambda: lock(running=False), None, buttons, **INSTANT)


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
    result.token.change(rating.nothing, None, result.rating.answers, **HIDDEN)
    result.rating.send.click(
        _safe(actions, rating.rate),
        [
            result.token,
            browser,
            result.rating.grade,
            result.rating.defects,
            result.rating.comment,
            result.rating.accept,
        ],
        result.rating.thanks,
        **HIDDEN,
    )


def _safe(actions: Actions, handler: Callable[..., Any]) -> Callable[..., Any]:
    return in_words(handler, actions.words("error.title"))
