"""A rater's own data over plain HTTP, with the browser's token in the header."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ratings.raters import new_token, rater_id
from ratings.records import LICENCE, Result
from ratings.stimuli import Shown, Stimuli
from ratings.tombstones import is_forgotten
from ui import words
from ui.administration.routes import OWN_DATA, administration_routes
from ui.keeping.pictures import StimulusShelf
from ui.opinion.rating import RatingActions

SECRET = b"secret"
HEADER = "X-Patina-Browser"
MADE = Result(
    task="denoise",
    model="denoise-median",
    version=1,
    weights_sha256=None,
    settings={},
    default_settings=True,
    input_sha256="1" * 64,
    output_sha256="2" * 64,
    input_name=None,
    app_version="0.1.0",
    device="cpu",
    seconds=0.25,
)


@pytest.fixture
def client(office):
    return TestClient(Starlette(routes=administration_routes(office)))


@pytest.fixture
def token(office):
    """The token of somebody who rated something, and has an own photo kept."""
    token = new_token(SECRET)
    rater = rater_id(SECRET, token)
    making = office.store.remember(MADE)
    office.store.rate(making, rater, 4, accepted_licence=LICENCE)
    sha256, original = office.pictures.put(b"made"), office.pictures.put(b"photo")
    own = Shown(making=making, sha256=sha256, original_sha256=original, width=9, height=7, owner=rater)
    Stimuli(office.store.database).add(own)
    return token


def test_what_is_kept_is_told(client, token):
    told = client.get(OWN_DATA, headers={HEADER: token}).json()
    assert told["rater"] == rater_id(SECRET, token)
    assert {name: number for name, number in told["kept"].items() if number} == {"ratings": 1, "stimuli": 1}


def test_looking_deletes_nothing(client, office, token):
    client.get(OWN_DATA, headers={HEADER: token})
    assert office.store.count() == 1


def test_rows_and_files_are_deleted(client, office, token):
    told = client.delete(OWN_DATA, headers={HEADER: token}).json()
    assert told["deleted"]["ratings"] == 1
    assert office.store.count() == 0
    assert list(office.pictures.root.iterdir()) == []
    assert is_forgotten(office.store.database, told["rater"])


def test_twice_is_harmless(client, token):
    client.delete(OWN_DATA, headers={HEADER: token})
    again = client.delete(OWN_DATA, headers={HEADER: token})
    assert again.status_code == 200
    assert not any(again.json()["deleted"].values())


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize(
    "token",
    ["", "made up", new_token(b"another server"), "a" * 64],
    ids=["none", "made up", "of another server", "of the right length"],
)
def test_nobody_else_can_ask(client, office, token, method):
    assert client.request(method, OWN_DATA, headers={HEADER: token}).status_code == 401
    assert client.request(method, OWN_DATA).status_code == 401


def test_pseudonym_alone_is_no_right(client, office, token):
    pseudonym = rater_id(SECRET, token)
    assert client.delete(OWN_DATA, headers={HEADER: pseudonym}).status_code == 401
    assert office.store.count() == 1


def test_a_disk_that_fails_keeps_the_rows(client, office, token, monkeypatch):
    def fail(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(StimulusShelf, "drop", fail)
    assert client.delete(OWN_DATA, headers={HEADER: token}).status_code == 503
    assert office.store.count() == 1
    assert not is_forgotten(office.store.database, rater_id(SECRET, token))


def test_browser_of_the_forgotten_gets_a_new_token(client, office, token):
    rating = RatingActions(office.store, SECRET, words.load("en"))
    assert rating.welcome(token)[0] == token
    client.delete(OWN_DATA, headers={HEADER: token})
    fresh, _ = rating.welcome(token)
    assert fresh != token
    assert rater_id(SECRET, fresh) is not None
