"""Serve the page: Gradio's launch with our routes, theme and languages."""

import gradio as gr
from starlette.middleware import Middleware

from ui import words
from ui.language import LanguagePages
from ui.page import CSS, HEAD, page
from ui.restore import House
from ui.routes import routes
from ui.settings import Serving
from ui.theme import theme

LARGEST_UPLOAD = "200mb"
LONGEST_QUEUE = 64


def serve(house: House, serving: Serving, *, block: bool = True) -> gr.Blocks:
    """Build the page and serve it; return when it is stopped, or at once if not `block`."""
    blocks = page(house)
    blocks.queue(max_size=LONGEST_QUEUE)
    paths = {f"/{language}": words.load(language)("page.language_code") for language in words.LANGUAGES[1:]}
    blocks.launch(
        server_name=serving.host,
        server_port=serving.port,
        share=serving.share,
        mcp_server=serving.mcp,
        prevent_thread_lock=not block,
        quiet=False,
        show_error=False,
        theme=theme(),
        css_paths=CSS,
        head_paths=HEAD,
        footer_links=["api"],
        run_history=False,
        max_file_size=LARGEST_UPLOAD,
        allowed_paths=[str(house.desk.shelf.root)],
        ssr_mode=False,
        app_kwargs={
            "routes": routes(house.desk, house.gallery),
            "middleware": [Middleware(LanguagePages, languages=paths)],
        },
    )
    return blocks
