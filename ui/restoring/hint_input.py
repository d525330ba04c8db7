"""What a person has painted, on its way from the page to a hint."""

from pathlib import Path
from typing import Any

import gradio as gr

from models.errors import ModelsError
from ui.errors import NotUploadedError, as_message
from ui.restoring import strokes
from ui.wiring.lending import is_upload

MOST_LAYERS = 8
"""The page has one; more than a few come from no page."""

LAYERS_OF = "(canvas) => ({ layers: (canvas?.layers ?? []).map((layer) => layer.path) })"
"""JavaScript: what a gr.ImageEditor holds → the paths of its uploaded layers, what a `HintInput` holds.

Gradio 6.31 asks whatever was ever an input of an event on the server for its value each time the progress of
any event moves, and the editor then uploads three pictures. So this script alone takes from the editor.
"""


class HintInput(gr.JSON):
    """The paths of painted layers; on the server, what their strokes say."""

    is_template = True

    def preprocess(self, payload: Any) -> Any:
        """Return the painted `models.hint.Hint`, None if nothing is painted.

        Raises gr.Error: a path that is not an upload's, or no picture of strokes.
        """
        given: object = payload.get("layers") if isinstance(payload, dict) else None
        layers = [Path(str(path)) for path in given[:MOST_LAYERS]] if isinstance(given, list) else []
        if not all(is_upload(str(layer)) for layer in layers):
            raise as_message(NotUploadedError(), "Patina")
        try:
            return strokes.hint(layers)
        except ModelsError as error:
            raise as_message(error, "Patina") from error
