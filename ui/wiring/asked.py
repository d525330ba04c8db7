"""What Gradio tells a handler beside its inputs: which page asks, and what was clicked."""

from pathlib import Path

import gradio as gr

PROGRESS = gr.Progress()
"""Gradio finds the handlers that report progress by this default."""

PICTURES_JS = Path(__file__).with_name("pictures.js").read_text(encoding="utf-8")
"""Lets a strip of pictures tell which one was clicked, as `choice_of` reads it."""

BROWSER_JS = Path(__file__).with_name("browser.js").read_text(encoding="utf-8")
"""Lets the script that follows it tell whose browser asks, and how many there are of something."""


def page_of(request: gr.Request) -> str:
    """Return what tells one open page from another."""
    return request.session_hash or ""


def choice_of(event: gr.EventData) -> str:
    """Return the id of what was clicked; a forged event may name anything."""
    return str(getattr(event, "choice", ""))
