"""The Arena over plain HTTP: deal, look, vote, take back. Small and quick; the page's script calls it.

Nothing here names a model before the vote on it is stored: pictures are found by the deal's token and the
side, and hold pixels only.
"""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from ratings import raters
from ratings.errors import (
    AnsweredError,
    BadRatingError,
    ExpiredError,
    ForgottenError,
    NoPairError,
    NotLastError,
    RatingsError,
    StoreError,
    TooManyError,
    UnknownDealError,
)
from ui.dealing.ring import Ring
from ui.errors import GoneError, PageError

BROWSER = "X-Patina-Browser"
"""The header in which a page tells its browser's own token."""

LONGEST_BODY = 4096
"""Bytes; what a page sends is far less."""

STATUS: dict[type[RatingsError], HTTPStatus] = {
    UnknownDealError: HTTPStatus.NOT_FOUND,
    AnsweredError: HTTPStatus.CONFLICT,
    NotLastError: HTTPStatus.CONFLICT,
    ExpiredError: HTTPStatus.GONE,
    ForgottenError: HTTPStatus.GONE,
    TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
    NoPairError: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    BadRatingError: HTTPStatus.BAD_REQUEST,
}
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
        return FileResponse(ring.stage.pictures.file(sha256), media_type="image/png", headers=KEPT)

    async def look(request: Request) -> Response:
        side = request.path_params["side"].removesuffix(".png")
        return await _answered(lambda: picture(request.path_params["token"], side))

    def asked_for(do: Callable[[str | None, dict[str, Any]], dict[str, Any]]) -> Callable[[Request], Any]:
        async def handle(request: Request) -> Response:
            asked = await _body(request)
            if asked is None:
                return _refused("bad-rating", "Expected a small JSON object.", HTTPStatus.BAD_REQUEST)
            rater = raters.rater_id(ring.secret, request.headers.get(BROWSER))
            return await _answered(lambda: JSONResponse(do(rater, asked)))

        return handle

    return [
        Route("/patina/arena/deal", asked_for(ring.deal), methods=["POST"]),
        Route("/patina/arena/vote", asked_for(ring.vote), methods=["POST"]),
        Route("/patina/arena/undo", asked_for(ring.undo), methods=["POST"]),
        Route("/patina/arena/{token}/{side}", look),
    ]


async def _body(request: Request) -> dict[str, Any] | None:
    """Return the JSON object that was sent, None if it is none or too long."""
    content = b""
    async for piece in request.stream():
        content += piece
        if len(content) > LONGEST_BODY:
            return None
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


async def _answered(work: Callable[[], Response]) -> Response:
    try:
        return await run_in_threadpool(work)
    except RatingsError as error:
        return _refused(_slug(error), str(error), _status(error))
    except PageError as error:
        return _refused("gone", str(error), HTTPStatus.NOT_FOUND)
    except OSError:
        sentence = "The server's disk cannot be used just now. Try again later."
        return _refused("store", sentence, HTTPStatus.SERVICE_UNAVAILABLE)


def _refused(code: str, sentence: str, status: HTTPStatus) -> Response:
    return JSONResponse({"code": code, "error": sentence}, status)


def _status(error: RatingsError) -> HTTPStatus:
    return next(
        (status for kind, status in STATUS.items() if isinstance(error, kind)), HTTPStatus.BAD_REQUEST
    )


def _slug(error: RatingsError) -> str:
    """Return what an error is called: NoPairError → "no-pair"."""
    name = type(error).__name__.removesuffix("Error")
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")
