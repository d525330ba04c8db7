"""What a restore tab is made of: where to choose a photo and a method, and where the result is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from models import registry
from models.card import Task
from models.checkpoints import State
from models.pixels import READABLE
from models.workshop import Workshop
from ui.choosing import offers
from ui.choosing.explanations import explanation
from ui.choosing.knobs import Panel, panel
from ui.gallery import Gallery
from ui.keeping.readiness import runnable
from ui.opinion.rating import RatingPanel, rating_panel
from ui.restoring import fragments
from ui.wiring.asked import PICTURES_JS
from ui.wiring.controls import photo_place, run_and_stop
from ui.wiring.photo_input import PhotoInput
from ui.words import Words

VIEWER_JS = Path(__file__).with_name("viewer.js").read_text(encoding="utf-8")


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


def photo_part(task: Task, gallery: Gallery, words: Words) -> PhotoPart:
    """Make the place for the photo, and the examples."""
    picture = photo_place(
        words,
        label=words("input.photo"),
        alt_text=words("input.photo_alt"),
        height=250,
        camera=True,
        elem_id=f"photo-{task}-{words.language}",
    )
    facts = gr.HTML(fragments.photo_facts(None, words))
    examples = gr.HTML(
        fragments.examples(gallery.by_task(task), words),
        js_on_load=PICTURES_JS,
        elem_id=f"examples-{task}-{words.language}",
    )
    return PhotoPart(gr.State(""), picture, facts, examples)


def method_part(task: Task, workshop: Workshop, words: Words) -> MethodPart:
    """Make the choice of methods, their knobs, Restore and Stop."""
    cards = registry.by_task(task)
    offered = runnable(task, workshop)
    first = offered[0].card
    model = gr.Dropdown(
        offers.methods(offered, words),
        value=first.id,
        label=words("method.choose"),
        filterable=False,
        elem_id=f"method-{task}-{words.language}",
    )
    summary = gr.Markdown(words.summary(first), elem_classes="summary")
    how = gr.Markdown(
        explanation(first, words),
        latex_delimiters=[{"left": "$$", "right": "$$", "display": True}],
        render=False,
    )
    run, stop = run_and_stop(words("run.restore"), words, elem_id=f"run-{task}-{words.language}")
    panels = tuple(panel(card, words, visible=card is first) for card in cards)
    return MethodPart(model, summary, how, panels, run, stop)


def more_part(task: Task, workshop: Workshop, words: Words) -> MorePart:
    """Make what fewer people need: regions, comparisons, batches, a clean reference."""
    offered = runnable(task, workshop)
    with gr.Accordion(words("region.title"), open=False):
        gr.Markdown(words("region.help"), elem_classes="small")
        across = gr.Slider(0, 100, 50, step=0.1, label=f"{words('region.across')} (%)")
        down = gr.Slider(0, 100, 50, step=0.1, label=f"{words('region.down')} (%)")
        try_region = gr.Button(words("region.run"))
    with gr.Accordion(words("compare.title"), open=False):
        gr.Markdown(words("compare.help"), elem_classes="small")
        compared = gr.CheckboxGroup(
            offers.compared(offered, words),
            value=[each.card.id for each in offered if each.state is State.READY][:4],
            label=words("compare.models"),
            elem_classes="compared",
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
        reference = photo_place(
            words, label=words("reference.file"), alt_text=words("reference.file"), height=180
        )
    return MorePart(across, down, try_region, compared, compare, files, batch, archive, report, reference)


def result_part(task: Task, tasks: Sequence[Task], words: Words) -> ResultPart:
    """Make the viewer, and what is shown once there is a result."""
    comparison = gr.HTML(fragments.comparison((), words), js_on_load=PICTURES_JS, elem_classes="comparisons")
    viewer = gr.HTML(
        fragments.viewer(None, words),
        js_on_load=VIEWER_JS,
        elem_id=f"viewer-{task}-{words.language}",
    )
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
        rating = rating_panel(task, words)
    return ResultPart(gr.State(""), viewer, comparison, outcome, facts, links, stages, blend, rating, onward)
