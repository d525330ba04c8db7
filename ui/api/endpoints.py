"""Each call declared as an endpoint under its fixed name, with what it takes and gives.

Endpoints that take a file use Gradio's own components, which only hand over what was uploaded; the others
are plain functions.
"""

from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.components.api_component import Api
from gradio.events import api
from gradio_client.utils import python_type_to_json_schema

from ui.api.calls import Calls
from ui.errors import in_words
from ui.house import House
from ui.wiring.events import AT_ONCE, ENGINE
from ui.wiring.photo_input import PhotoInput

TITLE = "Patina"
OBJECT = python_type_to_json_schema(dict[str, Any])
OBJECTS = python_type_to_json_schema(list[dict[str, Any]])
NUMBERS = python_type_to_json_schema(list[float])
NUMBER_OR_TEXT: dict[str, Any] = {"anyOf": [{"type": "integer"}, {"type": "string"}]}
"""JavaScript rounds whole numbers beyond 2⁵³, so that a seed may be sent as text."""


def endpoints(house: House, *, mcp: bool) -> None:
    """Declare the endpoints inside the Blocks that is being built.

    Gradio makes every documented endpoint a tool. A program's opinion is no human judgement, so with `mcp`
    what takes opinions is left out of the documentation; scripts may call it all the same.
    """
    calls = Calls(house)
    _declare_answers(calls, mcp=mcp)
    with gr.Group(visible=False):
        _declare_runs(calls)


def _declare_answers(calls: Calls, *, mcp: bool) -> None:
    """Declare what is answered at once."""
    for call in (calls.models, calls.leaderboard, calls.health):
        api(_said(call), api_name=call.__name__, queue=False)
    for call in (calls.rate, calls.next_pair, calls.vote):
        hidden = "undocumented" if mcp else "public"
        api(_said(call), api_name=call.__name__, queue=False, api_visibility=hidden)


def _declare_runs(calls: Calls) -> None:
    """Declare what runs models, and waits for its turn."""
    image = PhotoInput(type="filepath", image_mode=None)
    model = gr.Textbox()
    settings = Api({}, OBJECT)  # gr.JSON's own schema, "type": {}, is refused by MCP clients
    hint = PhotoInput(type="filepath", image_mode=None)
    task = gr.Textbox()
    file = gr.File()
    provenance = Api(None, OBJECT)
    results = Api(None, OBJECTS)
    engine: dict[str, Any] = {"concurrency_id": ENGINE, "concurrency_limit": AT_ONCE}
    gr.Button().click(
        _said(calls.restore),
        [image, model, settings, hint],
        [file, provenance],
        api_name="restore",
        **engine,
    )
    seed, count = Api(0, NUMBER_OR_TEXT), Api(4, NUMBER_OR_TEXT)
    nudges = Api([], NUMBERS)
    files = gr.File(file_count="multiple")
    gr.Button().click(
        _said(calls.generate),
        [model, seed, count, settings, nudges],
        [files, results],
        api_name="generate",
        **engine,
    )
    gr.Button().click(_said(calls.compare), [image, task], results, api_name="compare", **engine)


def _said(call: Callable[..., Any]) -> Callable[..., Any]:
    return in_words(call, TITLE)
