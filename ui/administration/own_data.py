"""What is kept about the person who looks at the page, and how that person is forgotten.

The browser's token alone tells who it is, so nobody can ask for another; no name and no address is known.
"""

from collections.abc import Mapping

import gradio as gr
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ratings import raters
from ratings.errors import StoreError
from ui.administration.office import Office
from ui.administration.tables import rows_kept, sentence
from ui.arena.routes import BROWSER
from ui.errors import NothingChosenError, in_words
from ui.events import HIDDEN
from ui.rating import RatingActions
from ui.words import Words

PATH = "/patina/mine"


def own_data(
    office: Office, rating: RatingActions, browser: gr.BrowserState, known: gr.HTML, words: Words
) -> None:
    """Make the fold at the foot of the page. `known` is where the page's scripts find the browser's token."""

    def look(token: object) -> str:
        found = office.kept(token)
        if found is None:
            return sentence(words("own_data.nobody"))
        return rows_kept(*found, words)

    def forget(token: object) -> tuple[str, str, str, dict[str, object], dict[str, object]]:
        rater = raters.rater_id(office.secret, token)
        if rater is None:
            raise NothingChosenError(words("own_data.nobody"))
        number = sum(office.forget(rater).values())
        told = sentence(words("own_data.forgotten", rows=f"{number:,}"))
        return *rating.welcome(None), told, gr.update(visible=True), gr.update(visible=False)

    with gr.Accordion(words("own_data.title"), open=False, elem_classes="own-data"):
        gr.Markdown(words("own_data.help"), elem_classes="small")
        show = gr.Button(words("own_data.look"), size="sm", elem_classes="refresh")
        told = gr.HTML()
        delete = gr.Button(words("own_data.forget"), size="sm", variant="stop", elem_classes="refresh")
        with gr.Group(visible=False) as asking:
            gr.Markdown(words("own_data.sure"))
            with gr.Row():
                yes = gr.Button(words("own_data.yes"), variant="stop")
                no = gr.Button(words("own_data.no"))
    title = words("error.title")
    swap: list[tuple[gr.Button, bool]] = [(delete, True), (no, False)]
    for button, ask in swap:
        button.click(_asking(ask=ask), None, [delete, asking], **HIDDEN)
    show.click(in_words(look, title), browser, told, **HIDDEN)
    yes.click(in_words(forget, title), browser, [browser, known, told, delete, asking], **HIDDEN)


def _asking(*, ask: bool):  # noqa: ANN202
    return lambda: (gr.update(visible=not ask), gr.update(visible=ask))


def own_data_route(office: Office) -> Route:
    """Return the route for scripts: GET tells what is kept, DELETE forgets; the token is in the header."""

    def answer(method: str, token: str | None) -> Response:
        found = office.kept(token)
        if found is None:
            return JSONResponse({"error": f"Expected the browser's token in the header {BROWSER}."}, 401)
        rater, counts = found
        if method == "DELETE":
            return JSONResponse({"rater": rater, "deleted": _plain(office.forget(rater))})
        return JSONResponse({"rater": rater, "kept": _plain(counts)})

    async def handle(request: Request) -> Response:
        try:
            return await run_in_threadpool(answer, request.method, request.headers.get(BROWSER))
        except (StoreError, OSError) as error:
            return JSONResponse({"error": str(error)}, 503)

    return Route(PATH, handle, methods=["GET", "DELETE"])


def _plain(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(counts)
