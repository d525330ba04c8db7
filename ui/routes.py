"""Plain HTTP beside Gradio: health, files of results, single-pixel regions, gallery pictures.

A result's files are found by its token alone, and only the files that its record names are served.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from models import pixels, registry
from models.method import Window
from models.provenance import APP_VERSION
from ui.gallery import Gallery
from ui.keeping.desk import Desk
from ui.wiring.answers import PROVENANCE, not_found, provenance, threaded, whole_file

LARGEST_CROP = 1600
SIDES = ("before", "after")


def health() -> dict[str, Any]:
    """Return what a watcher needs to know: that the program answers, and what it is."""
    return {"status": "ok", "version": APP_VERSION, "models": len(registry.cards())}


def routes(desk: Desk, gallery: Gallery) -> list[Route]:
    """Return the routes; their work is done in threads, so that none holds up the page."""

    def result(token: str, file: str) -> Response:
        served = desk.served(token)
        if file == PROVENANCE:
            return provenance(served.provenance)
        named = {served.file, served.before, served.after, *(stage.file for stage in served.stages)}
        if file not in named:
            return not_found()
        return whole_file(desk.shelf.find(token) / file)

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
            return whole_file(path)

    def example(name: str) -> Response:
        return whole_file(desk.thumbnail(gallery.get(name)))

    return [
        Route("/health", lambda _request: JSONResponse(health())),
        Route("/patina/result/{token}/{file}", threaded(result)),
        Route("/patina/crop/{token}/{side}", threaded(crop, with_query=True)),
        Route("/patina/example/{name}", threaded(example)),
    ]
