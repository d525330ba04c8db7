"""Plain HTTP: the administrator's downloads, and what scripts may ask about a rater's own data."""

from collections.abc import Mapping

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ratings.errors import StoreError
from ui.keeping.downloads import Downloads
from ui.keeping.office import Office
from ui.wiring.answers import threaded
from ui.wiring.refusing import BROWSER

OWN_DATA = "/patina/mine"
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def administration_routes(office: Office) -> list[Route]:
    """Return the routes; their work is done in threads, so that none holds up the page."""
    return [_download_route(office.downloads), _own_data_route(office)]


def _download_route(downloads: Downloads) -> Route:
    """Return the route by which a file is fetched."""

    def download(name: str) -> Response:
        file = downloads.take(name)
        if file is None:
            return PlainTextResponse("This download was fetched already, or is too old. Make a new one.", 404)
        return FileResponse(
            file,
            filename=f"patina-ratings{''.join(file.suffixes)}",
            headers=_HEADERS,
            background=BackgroundTask(file.unlink, missing_ok=True),
        )

    return Route("/patina/administration/{name}", threaded(download))


def _own_data_route(office: Office) -> Route:
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

    return Route(OWN_DATA, handle, methods=["GET", "DELETE"])


def _plain(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(counts)
