"""The pictures behind a leaderboard, by their hash; own photos are served to nobody."""

from starlette.responses import FileResponse, Response
from starlette.routing import Route

from ratings.stimuli import Stimuli
from ui.errors import GoneError
from ui.keeping.pictures import StimulusShelf
from ui.wiring.answers import threaded

KEPT = {"Cache-Control": "public, max-age=86400, immutable", "X-Content-Type-Options": "nosniff"}


def board_routes(stimuli: Stimuli, pictures: StimulusShelf) -> list[Route]:
    """Return the one route."""

    def stimulus(sha256: str) -> Response:
        if not stimuli.is_public(sha256):
            raise GoneError
        return FileResponse(pictures.file(sha256), media_type="image/png", headers=KEPT)

    return [Route("/patina/stimulus/{sha256}.png", threaded(stimulus))]
