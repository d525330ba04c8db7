"""A place for one photo that hands over the file as it came."""

import gradio as gr
from gradio.data_classes import ImageData


class PhotoInput(gr.Image):
    """gr.Image without its decoding, which would lose depth, alpha and profile, and fails on HEIC.

    `models.pixels` reads the file, and says in a sentence what is wrong with one it cannot read.
    """

    is_template = True

    def preprocess(self, payload: ImageData | None) -> str | None:
        """Return the path of the uploaded file, untouched."""
        return payload.path if payload else None
