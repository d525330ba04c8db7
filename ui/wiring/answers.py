"""Answers of the plain routes: files, provenance, and errors in words."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from models.errors import ModelsError
from ui.errors import GoneError, PageError

HEADERS = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
PROVENANCE = "provenance.json"
"""The name under which every result tells how it came about."""

MEDIA_TYPES = {
    ".bmp": "image/bmp",
    ".gif": "image/gif",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
}

Answer = Callable[..., Response]


def threaded(answer: Answer, *, with_query: bool = False) -> Callable[[Request], Any]:
    """Return the handler that lets `answer` work in a thread, with what the path and the query say."""

    async def handle(request: Request) -> Response:
        named = {**request.path_params, **({"query": dict(request.query_params)} if with_query else {})}
        try:
            return await run_in_threadpool(answer, **named)
        except (PageError, ModelsError) as error:
            return PlainTextResponse(str(error), 404)
        except OSError:
            return PlainTextResponse("The server's disk cannot be used just now. Try again later.", 503)

    return handle


def provenance(told: Mapping[str, Any]) -> Response:
    """Return how something came about, as JSON for people to read."""
    text = json.dumps(told, indent=2, ensure_ascii=False)
    return Response(text, media_type="application/json", headers=HEADERS)


def whole_file(path: Path) -> Response:
    """Return the picture at `path`."""
    return Response(path.read_bytes(), media_type=MEDIA_TYPES[path.suffix.lower()], headers=HEADERS)


def bare_png(path: Path, headers: Mapping[str, str]) -> Response:
    """Return the picture at `path` without a date or a tag of its file.

    When a file was made tells which model made it: quick ones come first. Whoever must not know is sent this.

    Raises GoneError: it was taken away just now.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise GoneError from None
    return Response(content, media_type="image/png", headers=dict(headers))


def not_found() -> Response:
    """Return that there is no such file."""
    return PlainTextResponse("There is no such file in this result.", 404)
