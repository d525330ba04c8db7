"""A place to paint on that hands over what its strokes say."""

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components.image_editor import EditorData

from models.errors import ModelsError
from ui import strokes
from ui.errors import NotUploadedError, as_message
from ui.lending import is_upload

MOST_LAYERS = 8
"""The page has one; more than a few come from no page."""


class HintInput(gr.ImageEditor):
    """gr.ImageEditor that hands over what its strokes say, and reads nothing but their files."""

    is_template = True

    def preprocess(self, payload: EditorData | None) -> Any:
        """Return the painted `models.hint.Hint`, None if nothing is painted.

        Gradio would open whatever file a script names, and three pictures where one is needed.

        Raises gr.Error: a path that is not an upload's, or no picture of strokes.
        """
        layers = [Path(layer.path) for layer in payload.layers[:MOST_LAYERS]] if payload else []
        if not all(is_upload(str(layer)) for layer in layers):
            raise as_message(NotUploadedError(), "Patina")
        try:
            return strokes.hint(layers)
        except ModelsError as error:
            raise as_message(error, "Patina") from error
