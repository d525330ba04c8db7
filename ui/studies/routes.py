"""The participant's page over plain HTTP, without Gradio: quick, on any phone, and nothing from elsewhere."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from ratings import raters
from ratings.errors import UnknownStudyError
from ui.studies.page import study_page
from ui.studies.participation import Participation
from ui.studies.plates import dotted_number, grey_steps
from ui.wiring.answers import bare_png
from ui.wiring.refusing import BROWSER, answered, bad_body, read_body

ROOM = Path(__file__).parent
SAFE = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob: data:; style-src 'self'; "
    "script-src 'self'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
BASE = "/patina/study"
FILES = {"study.js": "text/javascript", "study.css": "text/css"}
Do = Callable[[str, dict[str, Any]], dict[str, Any]]


def study_routes(participation: Participation) -> list[Route]:
    """Return the routes; their work is done in threads, so that none holds up the page."""

    def asked_for(do: Do) -> Callable[[Request], Any]:
        async def handle(request: Request) -> Response:
            asked = await read_body(request)
            if asked is None:
                return bad_body()
            return await answered(lambda: JSONResponse(do(_rater(participation, request), asked)))

        return handle

    async def begin(request: Request) -> Response:
        asked = await read_body(request)
        if asked is None:
            return bad_body()
        browser = request.headers.get(BROWSER)
        return await answered(lambda: JSONResponse(participation.begin(browser, asked)))

    calls: dict[str, Do] = {
        "consent": participation.consent,
        "check": participation.check,
        "answer": participation.answer,
        "standing": participation.standing,
    }
    return [
        Route("/study/{token}", _page),
        Route(f"{BASE}/begin", begin, methods=["POST"]),
        *(Route(f"{BASE}/{name}", asked_for(do), methods=["POST"]) for name, do in calls.items()),
        *_pictures(participation),
    ]


def _pictures(participation: Participation) -> list[Route]:
    """Return the routes of what is shown, and of the page's own files."""

    async def picture(request: Request) -> Response:
        told = request.path_params

        def find() -> Response:
            rater = _rater(participation, request)
            file = participation.picture(rater, told["study"], told["trial"], told["side"])
            return bare_png(file, SAFE)

        return await answered(find)

    async def plate(request: Request) -> Response:
        def draw() -> Response:
            number = participation.number(_rater(participation, request), request.path_params["study"])
            return Response(dotted_number(number), media_type="image/png", headers=SAFE)

        return await answered(draw)

    def steps(_request: Request) -> Response:
        return Response(grey_steps(), media_type="image/png", headers=SAFE)

    return [
        Route(f"{BASE}/file/{{name}}", _file),
        Route(f"{BASE}/{{study}}/plate.png", plate),
        Route(f"{BASE}/steps.png", steps),
        Route(f"{BASE}/{{study}}/{{trial:int}}/{{side}}.png", picture),
    ]


def _rater(participation: Participation, request: Request) -> str:
    """Return who asks; raises UnknownStudyError for a browser without a token of ours."""
    rater = raters.rater_id(participation.secret, request.headers.get(BROWSER))
    if rater is None:
        raise UnknownStudyError
    return rater


def _page(request: Request) -> Response:
    language = request.query_params.get("lang") or request.headers.get("accept-language", "")
    chosen = "zh" if language.lower().startswith("zh") else "en"
    return HTMLResponse(study_page(chosen), headers=SAFE)


def _file(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in FILES:
        return Response(status_code=404)
    return FileResponse(ROOM / name, media_type=FILES[name], headers={"Cache-Control": "no-cache"})
