"""The part of a tab where a person paints what is rust, for the models that take a hint."""

from dataclasses import dataclass

import gradio as gr
from gradio.components import Component

from models import registry
from models.card import Card, Task
from ui.restoring import strokes
from ui.restoring.hint_input import HintInput
from ui.words import Words


@dataclass(frozen=True, slots=True)
class PaintPart:
    """Where rust is painted, and the layers that a run is to have.

    `shown` is the token of the photo that is on the canvas, "" for none.
    """

    fold: gr.Accordion
    begin: gr.Button
    editor: gr.ImageEditor
    painted: HintInput
    shown: gr.State

    @property
    def outputs(self) -> list[Component]:
        """Return what a `CanvasView` fills."""
        return [self.editor, self.shown]


def paint_part(task: Task, chosen: Card, words: Words) -> PaintPart | None:
    """Make the part, open for no one and without its heavy editor; None if no model of `task` takes a hint.

    It is there for the eye while the `chosen` model takes one.
    """
    if not any(card.takes_hint for card in registry.by_task(task)):
        return None
    with gr.Accordion(
        words("paint.title"),
        open=False,
        visible=chosen.takes_hint,
        elem_id=f"paint-{task}-{words.language}",
    ) as fold:
        gr.HTML(_legend(words), elem_classes="small")
        begin = gr.Button(words("paint.begin"), size="sm")
        editor = gr.ImageEditor(
            visible=False,
            label=words("paint.canvas"),
            show_label=False,
            sources=(),
            transforms=(),
            layers=False,
            buttons=["fullscreen"],
            brush=gr.Brush(
                colors=[(strokes.RUST, strokes.OPACITY), (strokes.CLEAN, strokes.OPACITY)],
                default_color=(strokes.RUST, strokes.OPACITY),
                color_mode="fixed",
            ),
            eraser=gr.Eraser(),
            height=460,
            elem_classes="paint-canvas",
        )
        painted = HintInput(visible="hidden")
    return PaintPart(fold, begin, editor, painted, gr.State(""))


def _legend(words: Words) -> str:
    dots = [(strokes.RUST, words("paint.rust")), (strokes.CLEAN, words("paint.clean"))]
    said = "".join(
        f'<li><span class="dot" style="background: {colour}"></span>{text}</li>' for colour, text in dots
    )
    return f'<p>{words("paint.help")}</p><ul class="legend">{said}</ul>'
