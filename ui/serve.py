"""Serve the page: Gradio's launch with our routes, theme and languages."""

import gc
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

import gradio as gr
from starlette.middleware import Middleware

from ui import words
from ui.administration.page import PATHS
from ui.administration.routes import administration_routes
from ui.arena.routes import arena_routes
from ui.boards.routes import board_routes
from ui.errors import ServingError
from ui.generating.routes import studio_routes
from ui.house import House
from ui.looks.language import LanguagePages
from ui.looks.theme import theme
from ui.marking.opening import open_easel
from ui.marking.routes import marking_routes
from ui.page import CSS, HEAD, page
from ui.routes import routes
from ui.settings import Serving
from ui.studies.opening import open_participation
from ui.studies.routes import study_routes

LARGEST_UPLOAD = "200mb"
LONGEST_QUEUE = 64


def serve(
    house: House,
    serving: Serving,
    *,
    block: bool = True,
    up: Callable[[], object] = lambda: None,
) -> gr.Blocks:
    """Build the page and serve it; return when it is stopped, or at once if not `block`.

    `up` is called once the page answers.

    Raises ServingError: the port cannot be had, or MCP needs a package that is not here.
    """
    if serving.mcp:
        _require_mcp()
    blocks = page(house, mcp=serving.mcp)
    blocks.queue(max_size=LONGEST_QUEUE)
    gc.freeze()  # the page stays for good: later collections need not look through it
    gc.enable()
    paths = {
        path: words.load(language)("page.language_code")
        for language in words.LANGUAGES[1:]
        for path in (f"/{language}", f"/{PATHS[language]}")
    }
    try:
        blocks.launch(
            server_name=serving.host,
            server_port=serving.port,
            share=serving.share,
            mcp_server=serving.mcp,
            prevent_thread_lock=True,
            quiet=False,
            show_error=False,
            theme=theme(),
            css_paths=CSS,
            head_paths=HEAD,
            footer_links=["api"],
            run_history=False,
            max_file_size=LARGEST_UPLOAD,
            ssr_mode=False,
            app_kwargs={
                "routes": [
                    *routes(house.desk, house.gallery),
                    *studio_routes(house.studio),
                    *arena_routes(house.ring),
                    *study_routes(open_participation(house)),
                    *board_routes(house.ring.stage.stimuli, house.ring.stage.pictures),
                    *administration_routes(house.office),
                    *marking_routes(open_easel(house), house.secret),
                ],
                "middleware": [Middleware(LanguagePages, languages=paths)],
            },
        )
    except OSError as error:
        raise ServingError(_port_sentence(serving)) from error
    up()
    if block:
        blocks.block_thread()
    return blocks


def _port_sentence(serving: Serving) -> str:
    wanted = f"Port {serving.port}" if serving.port else "Every port from 7860 to 7959"
    where = f" at {serving.host}" if serving.host else ""
    return (
        f"{wanted}{where} is taken or may not be used. Stop the program that has it, or name another port "
        "with --port or GRADIO_SERVER_PORT."
    )


def _require_mcp() -> None:
    """Gradio only mentions in passing that it serves without MCP; version 2 of the package it cannot use."""
    try:
        found = version("mcp")
    except PackageNotFoundError:
        found = "none"
    if found.split(".")[0] != "1":
        raise ServingError(
            f'--mcp needs version 1 of the Python package mcp; found {found}. Install it: pip install "mcp<2"'
        )
