"""The Arena over plain HTTP: deal, look, vote, take back. Small and quick; the page's script calls it.

Nothing here names a model before the vote on it is stored: pictures are found by the deal's token and the
side, and hold pixels only. Nor is told when they were made, for they are made model by model.
"""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ratings import raters
from ui.dealing.ring import Ring
from ui.errors import GoneError
from ui.wiring.answers import bare_png
from ui.wiring.refusing import BROWSER, answered, bad_body, read_body

SIDES = ("left", "right", "original")
KEPT = {"Cache-Control": "private, max-age=86400, immutable", "X-Content-Type-Options": "nosniff"}


def arena_routes(ring: Ring) -> list[Route]:
    """Return the routes; their work is done in threads, so that none holds up the page."""

    def picture(token: str, side: str) -> Response:
        deal = ring.arena.look(token)
        stimulus = deal.right if side == "right" else deal.left
        sha256 = stimulus.original_sha256 if side == "original" else stimulus.shown_sha256
        if side not in SIDES or sha256 is None:
            raise GoneError
        return bare_png(ring.stage.pictures.file(sha256), KEPT)

    async def look(request: Request) -> Response:
        side = request.path_params["side"].removesuffix(".png")
        return await answered(lambda: picture(request.path_params["token"], side))

    def asked_for(do: Callable[[str | None, dict[str, Any]], dict[str, Any]]) -> Callable[[Request], Any]:
        async def handle(request: Request) -> Response:
            asked = await read_body(request)
            if asked is None:
                return bad_body()
            rater = raters.rater_id(ring.secret, request.headers.get(BROWSER))
            return await answered(lambda: JSONResponse(do(rater, asked)))

        return handle

    return [
        Route("/patina/arena/deal", asked_for(ring.deal), methods=["POST"]),
        Route("/patina/arena/vote", asked_for(ring.vote), methods=["POST"]),
        Route("/patina/arena/undo", asked_for(ring.undo), methods=["POST"]),
        Route("/patina/arena/{token}/{side}", look),
    ]
