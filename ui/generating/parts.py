"""What the Generate tab is made of: where one says what shall be made, and where the images are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from models import registry
from models.card import Card, Task
from models.checkpoints import State
from models.generator import TRUNCATION
from models.latents import DIRECTIONS, FARTHEST_NUDGE
from models.workshop import Workshop
from ui.choosing import offers
from ui.generating import sheets
from ui.generating.actions import FIRST_SEED
from ui.keeping.readiness import runnable
from ui.opinion.rating import RatingPanel, rating_panel
from ui.wiring.asked import PICTURES_JS
from ui.wiring.controls import run_and_stop
from ui.words import Words

MOST_IMAGES = 64
"""As many are shown of each generator at once; scripts may ask for more."""

MOST_GENERATORS = 6


@dataclass(frozen=True, slots=True)
class WishPart:
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
        """Return what a run reads."""
        return [self.models, self.seed, self.count, self.truncation, self.kind]


@dataclass(frozen=True, slots=True)
class ResultPart:
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


def wish_part(workshop: Workshop, words: Words) -> WishPart:
    """Make the choice of generators, the seed, and what else a run is told; Generate and Stop."""
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
        0, 1, 1, step=0.05, label=words("generate.truncation"), info=truncation_help(first, words)
    )
    kind = gr.Dropdown([], label=words("generate.class"), visible=False)
    run, stop = run_and_stop(words("generate.run"), words, elem_id=f"generate-{words.language}")
    return WishPart(models, seed, new, previous, gr.State([]), count, truncation, kind, run, stop)


def result_part(words: Words) -> ResultPart:
    """Make the place of the sheets, and what is shown once an image is chosen."""
    shown = gr.HTML(
        sheets.sheets((), words),
        js_on_load=PICTURES_JS,
        elem_id=f"sheets-{words.language}",
        elem_classes="sheets-place",
    )
    with gr.Column(visible=False) as outcome:
        chosen = gr.HTML(sheets.chosen(None, words), elem_id=f"chosen-{words.language}")
        with gr.Column(visible=False) as nudging:
            nudges = _nudge_sliders(words)
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
    return ResultPart(
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


def _nudge_sliders(words: Words) -> tuple[gr.Slider, ...]:
    gr.HTML(f"<p class='strip-title'>{words('generate.nudge_help')}</p>")
    with gr.Row(elem_classes="nudges"):
        return tuple(
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


def truncation_help(cards: Sequence[Card], words: Words) -> str:
    """Return what truncation means to the first of `cards`."""
    controls = [control for card in cards[:1] for control in card.controls if control.name == TRUNCATION]
    return words.help(controls[0]) if controls else ""
