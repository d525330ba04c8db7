"""Plain HTTP beside Gradio: health, files of results, single-pixel regions, gallery pictures.

A result's files are found by its token alone, and only the files that its record names are served.
"""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from models import pixels, registry
from models.errors import ModelsError
from models.method import Window
from models.provenance import APP_VERSION
from ui.desk import Desk
from ui.errors import PageError
from ui.gallery import Gallery

HEADERS = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
LARGEST_CROP = 1600
SIDES = ("before", "after")
MEDIA_TYPES = {
    ".bmp": "image/bmp",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
}

Answer = Callable[..., Response]


def health() -> dict[str, Any]:
    """Return what a watcher needs to know: that the program answers, and what it is."""
    return {"status": "ok", "version": APP_VERSION, "models": len(registry.cards())}


def routes(desk: Desk, gallery: Gallery) -> list[Route]:
    """Return the routes; their work is done in threads, so that none holds up the page."""

    def result(token: str, file: str) -> Response:
        served = desk.served(token)
        if file == "provenance.json":
            text = json.dumps(served.provenance, indent=2, ensure_ascii=False)
            return Response(text, media_type="application/json", headers=HEADERS)
        named = {served.file, served.before, served.after, *(stage.file for stage in served.stages)}
        if file not in named:
            return _not_found()
        return _file(desk.shelf.find(token) / file)

    def crop(token: str, side: str, query: dict[str, str]) -> Response:
        try:
            top, left, height, width = (int(query[name]) for name in ("top", "left", "height", "width"))
        except (KeyError, ValueError):
            return PlainTextResponse("Expected whole numbers top, left, height and width.", 400)
        if side not in SIDES:
            return PlainTextResponse(f"Expected one of the sides {' and '.join(SIDES)}.", 404)
        if min(top, left) < 0 or not (0 < height <= LARGEST_CROP and 0 < width <= LARGEST_CROP):
            return PlainTextResponse(f"Expected a region of at most {LARGEST_CROP} pixels a side.", 400)
        whole = desk.served(token)
        if top >= whole.height or left >= whole.width:
            return PlainTextResponse(f"Expected a region inside {whole.width} × {whole.height} pixels.", 400)
        picture = desk.crop(token, side, Window(top, left, height, width))
        with TemporaryDirectory() as folder:
            path = Path(folder) / "crop.png"
            pixels.crop_preview(picture, Window(0, 0, *picture.size), path)
            return _file(path)

    def example(name: str) -> Response:
        return _file(desk.thumbnail(gallery.get(name)))

    return [
        Route("/health", lambda _request: JSONResponse(health())),
        Route("/patina/result/{token}/{file}", _threaded(result)),
        Route("/patina/crop/{token}/{side}", _threaded(crop, with_query=True)),
        Route("/patina/example/{name}", _threaded(example)),
    ]


def _threaded(answer: Answer, *, with_query: bool = False) -> Callable[[Request], Any]:
    async def handle(request: Request) -> Response:
        named = {**request.path_params, **({"query": dict(request.query_params)} if with_query else {})}
        try:
            return await run_in_threadpool(answer, **named)
        except (PageError, ModelsError) as error:
            return PlainTextResponse(str(error), 404)
        except OSError:
            return PlainTextResponse("The server's disk cannot be used just now. Try again later.", 503)

    return handle


def _file(path: Path) -> Response:
    return Response(path.read_bytes(), media_type=MEDIA_TYPES[path.suffix.lower()], headers=HEADERS)


def _not_found() -> Response:
    return PlainTextResponse("There is no such file in this result.", 404)
