"""Controls that several tabs have: a place for a photo, Run beside Stop."""

import gradio as gr

from ui.wiring.photo_input import PhotoInput
from ui.words import Words


def photo_place(
    words: Words,
    *,
    label: str,
    alt_text: str,
    height: int,
    camera: bool = False,
    elem_id: str | None = None,
) -> PhotoInput:
    """Make a place `height` px high to drop or paste a photo, or take one where there is a `camera`."""
    return PhotoInput(
        type="filepath",
        image_mode=None,
        sources=["upload", "clipboard", *(["webcam"] if camera else [])],
        label=label,
        placeholder=words("input.drop"),
        alt_text=alt_text,
        height=height,
        buttons=[],
        elem_id=elem_id,
    )


def run_and_stop(label: str, words: Words, elem_id: str | None = None) -> tuple[gr.Button, gr.Button]:
    """Make the button that begins something long, and beside it the one that stops it."""
    with gr.Row(elem_classes="run"):
        run = gr.Button(label, variant="primary", scale=3, elem_id=elem_id)
        stop = gr.Button(words("run.stop"), interactive=False, scale=1, min_width=90)
    return run, stop
