"""Plain HTTP for what the studio made: images, enlarged ones, walks, sheets in one file; and how models grew.

An image's files are found by its token alone.
"""

from starlette.responses import FileResponse, Response
from starlette.routing import Route

from models import registry
from ui.generating.growth import growth_file
from ui.keeping.studio import ARCHIVE, LARGE, SMALL, WALK_FILES, Studio
from ui.wiring.answers import HEADERS, PROVENANCE, not_found, provenance, threaded, whole_file


def studio_routes(studio: Studio) -> list[Route]:
    """Return the routes; their work is done in threads, so that none holds up the page."""

    def made(token: str, file: str) -> Response:
        image = studio.made(token)
        if file == PROVENANCE:
            return provenance(image.provenance)
        if file == LARGE:
            return whole_file(studio.enlarged(image))
        if file == SMALL:
            return whole_file(studio.small(image))
        return whole_file(studio.file(image)) if file == image.file else not_found()

    def walk(token: str, file: str) -> Response:
        return whole_file(studio.walk_file(token, file)) if file in WALK_FILES else not_found()

    def sheet(token: str) -> Response:
        return FileResponse(studio.archive(token), media_type="application/zip", headers=HEADERS)

    def growth(model: str, file: str) -> Response:
        path = growth_file(registry.get(model).id, file)
        return whole_file(path) if path else not_found()

    return [
        Route("/patina/made/{token}/{file}", threaded(made)),
        Route("/patina/walk/{token}/{file}", threaded(walk)),
        Route(f"/patina/sheet/{{token}}/{ARCHIVE}", threaded(sheet)),
        Route("/patina/growth/{model}/{file}", threaded(growth)),
    ]
