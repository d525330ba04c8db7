"""Requests that no page sends: every plain route answers with a refusal, and none breaks."""

import json
from collections.abc import Iterator
from itertools import product

import httpx
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from models import pixels
from ratings import raters
from ratings.marks.heats import Heats
from ratings.marks.marks import Marks
from ratings.records import LICENCE, Result
from ratings.stimuli import Shown
from ratings.studies.design import State, read_design
from ratings.studies.records import Study
from ratings.studies.sittings import Sittings
from ratings.studies.studies import Studies
from ui import gallery
from ui.arena.routes import arena_routes
from ui.boards.routes import board_routes
from ui.dealing.backstage import Backstage
from ui.dealing.ring import Ring
from ui.dealing.staging import plain_png
from ui.keeping.desk import Desk
from ui.marking.easel import Easel
from ui.marking.routes import marking_routes
from ui.marking.subjects import Subjects
from ui.studies.participation import Participation
from ui.studies.routes import study_routes

HOSTILE = (
    "\ud800",
    "\0",
    "x" * 1000,
    "../../etc/passwd",
    "'; DROP TABLE votes; --",
    "<script>",
    "",
    2**63,
    10**40,
    -1,
    1e400,
    True,
    None,
    [],
    {},
)
ASKED = {
    "arena/deal": ("task", "own"),
    "arena/vote": ("token", "choice", "licence", "viewing", "response_ms", "language", "next"),
    "arena/undo": ("token",),
    "study/begin": ("study", "link"),
    "study/consent": ("study", "licence"),
    "study/check": ("study", "checks", "viewing"),
    "study/answer": ("study", "trial", "answer", "viewing", "response_ms"),
    "study/standing": ("study",),
}
BODIES = (b"", b"\xff", b"[1", b"[" * 4000, b'{"a":' * 600, b'"x"', b"9" * 4000, b"9" * 5000)
HUGE = 10**26
PATHS = (
    f"/patina/marking/heat/denoise/{HUGE}.png",
    "/patina/marking/heat/sing",
    "/patina/marking/heat/denoise/0.png",
    "/patina/marking/picture/%ff",
    "/patina/marking/picture/result.denoise.%ff",
    "/patina/marking/picture/own.%00",
    "/patina/marking/picture/own...",
    "/patina/marking/picture/made.%ed%a0%80",
    "/patina/marking/picture/photo.%ed/..%2fown.png",
    "/patina/arena/%00/left.png",
    "/patina/arena/%ff/left.png",
    "/patina/arena/token/%ed%a0%80",
    f"/patina/study/token/{HUGE}/one.png",
    "/patina/study/%ff/0/one.png",
    "/patina/study/file/..%2fpage.py",
    "/patina/stimulus/..%2f..%2fx.png",
    "/patina/stimulus/%00.png",
)


@pytest.fixture(autouse=True)
def nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backstage, "begin", lambda _self: None)


@pytest.fixture
def study(ring: Ring) -> Study:
    store, pictures = ring.stage.store, ring.stage.pictures
    noise = np.random.default_rng(0).integers(0, 255, (2, 12, 16, 3), np.uint8)
    for number, pixel in enumerate(noise):
        sha256 = pictures.put(plain_png(pixels.from_array(pixel)))
        made = Result(
            task="denoise",
            model=f"model-{number}",
            version=1,
            weights_sha256=None,
            settings={},
            default_settings=True,
            input_sha256="1" * 64,
            output_sha256=sha256,
            input_name="noise-cat-15",
            app_version="0.1.0",
            device="cpu",
            seconds=0.1,
        )
        shown = Shown(making=store.remember(made), sha256=sha256, original_sha256=None, width=16, height=12)
        ring.stage.stimuli.add(shown)
    items = [{"stimulus": each.id} for each in ring.stage.stimuli.of_task("denoise")]
    studies = Studies(store.database)
    made = studies.make("Noise", "denoise", read_design({"method": "acr", "items": items}))
    return studies.change(made.uid, State.OPEN)


@pytest.fixture
def client(ring: Ring, desk: Desk) -> Iterator[TestClient]:
    """The plain routes, asked by somebody with a token; an error that nobody caught fails the test."""
    stage, database = ring.stage, ring.stage.store.database
    subjects = Subjects(stage.stimuli, stage.pictures, desk, gallery.load(), ring.secret)
    routes = [
        *arena_routes(ring),
        *study_routes(Participation(Sittings(database), stage.stimuli, stage.pictures, ring.secret)),
        *board_routes(stage.stimuli, stage.pictures),
        *marking_routes(Easel(subjects, Marks(database), Heats(database), lambda: (0, 0)), ring.secret),
    ]
    headers = {"X-Patina-Browser": raters.new_token(ring.secret)}
    with TestClient(Starlette(routes=routes), headers=headers) as client:
        yield client


def refused(response: httpx.Response) -> bool:
    return 400 <= response.status_code < 500 and "Traceback" not in response.text


def test_a_part_of_any_kind_breaks_nothing(client, study):
    client.post("/patina/study/begin", json={"study": study.token})
    fair = {"study": study.token, "task": "denoise", "licence": LICENCE, "token": "x"}
    for path, parts in ASKED.items():
        for part, value in product(parts, HOSTILE):
            answer = client.post(f"/patina/{path}", content=json.dumps({**fair, part: value}))
            assert answer.status_code == 200 or refused(answer), (path, part, value, answer.text)


def test_what_is_said_to_have_been_seen_may_be_anything(client, study):
    client.post("/patina/study/begin", json={"study": study.token})
    client.post("/patina/study/consent", json={"study": study.token, "licence": LICENCE})
    for value in HOSTILE:
        seen = dict.fromkeys(("colour-plate", "dark", "light"), value)
        told = client.post("/patina/study/check", content=json.dumps({"study": study.token, "checks": seen}))
        assert told.json().get("state") == "refused", (value, told.text)


def test_a_body_of_any_kind_is_refused(client):
    for path, body in product(ASKED, BODIES):
        assert refused(client.post(f"/patina/{path}", content=body)), (path, body)


def test_a_path_of_any_kind_leads_nowhere(client, study):
    for path in PATHS:
        answer = client.get(path)
        assert refused(answer) or answer.text == '{"pictures":[]}', path
