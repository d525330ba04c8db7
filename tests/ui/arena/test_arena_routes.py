"""The Arena over plain HTTP, also for those who mean no good: sentences, and nothing told early."""

import socket
import time
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from models import registry
from ratings.judging import Choice
from ratings.tables import votes
from ui import words


@pytest.fixture(autouse=True)
def nothing_breaks(site):
    """Whatever is asked, the server never prints a traceback."""
    before = len(site.log())
    yield
    assert "Traceback" not in site.log()[before:]


def stored(store, rater=None) -> int:
    query = select(func.count()).select_from(votes)
    with store.database.reading() as connection:
        return connection.scalar(query.where(votes.c.rater == rater) if rater else query)


def refused(response) -> tuple[int, str]:
    told = response.json()
    assert told["error"], "a refusal is a sentence"
    return response.status_code, told["code"]


def test_a_vote_is_stored_and_told_with_the_next_pair(somebody, store):
    me = somebody()
    told = me.vote(me.deal()["token"], next={"task": "denoise"}).raise_for_status().json()
    assert told["revealed"]["counts"]
    assert {told["revealed"][side]["model"] for side in ("left", "right")} <= {
        card.id for card in registry.by_task("denoise")
    }
    assert told["next"].keys() == {"token", "task", "width", "height", "original"}
    assert stored(store, me.pseudonym) == 1


@pytest.mark.parametrize("choice", list(Choice))
def test_every_choice_is_taken(somebody, choice):
    me = somebody()
    assert me.vote(me.deal()["token"], str(choice)).json()["revealed"]["choice"] == choice


def test_an_answer_is_taken_once(somebody, store):
    me = somebody()
    token = me.deal()["token"]
    me.vote(token).raise_for_status()
    assert refused(me.vote(token, "right")) == (409, "answered")
    assert stored(store, me.pseudonym) == 1


def test_a_pair_is_answered_by_whom_it_was_dealt_to_and_nobody_else(somebody, store):
    me, other = somebody(), somebody()
    token = me.deal()["token"]
    for stranger in (other, replace(other, token=""), replace(other, token=f"{me.token}x")):
        assert refused(stranger.vote(token)) == (404, "unknown-deal")
        assert refused(stranger.undo(token)) == (404, "unknown-deal")
    assert stored(store, me.pseudonym) == stored(store, other.pseudonym) == 0
    me.vote(token).raise_for_status()


def test_a_vote_without_a_browsers_token_is_stored_and_does_not_count(somebody):
    nobody = replace(somebody(), token="")
    revealed = nobody.vote(nobody.deal()["token"]).json()["revealed"]
    assert not revealed["counts"]
    assert "token" in revealed["flag"]


@pytest.mark.parametrize("token", ["", "made-up", "é", "\0", "\ud800", "a" * 2000, None, 7, ["x"], {}])
@pytest.mark.parametrize("path", ["vote", "undo"])
def test_a_token_that_was_never_dealt_is_unknown(somebody, path, token):
    me = somebody()
    ask = me.vote if path == "vote" else me.undo
    assert refused(ask(token)) == (404, "unknown-deal")


@pytest.mark.parametrize("choice", ["LEFT", "", "\ud800", "left ", None, True, 1, ["left"], {"left": 1}])
def test_a_choice_that_there_is_not_is_refused_and_the_pair_stays_open(somebody, choice):
    me = somebody()
    token = me.deal()["token"]
    assert refused(me.vote(token, choice)) == (400, "bad-rating")
    me.vote(token).raise_for_status()


@pytest.mark.parametrize("licence", [None, "", "CC0-1.0", ["CC-BY-4.0"], "\ud800"])
def test_without_the_licence_nothing_is_stored(somebody, store, licence):
    me = somebody()
    assert refused(me.vote(me.deal()["token"], licence=licence)) == (400, "bad-rating")
    assert stored(store, me.pseudonym) == 0


def test_taken_back_it_is_not_dealt_anew_and_its_token_stays_spent(somebody, store):
    me = somebody()
    token = me.deal()["token"]
    me.vote(token).raise_for_status()
    for _ in range(2):  # as when the first answer was lost
        assert me.undo(token).raise_for_status().json() == {"undone": True}
    assert refused(me.vote(token)) == (409, "answered")
    assert stored(store, me.pseudonym) == 1


def test_only_the_last_vote_can_be_taken_back(somebody):
    me = somebody()
    first, second = me.deal()["token"], me.deal()["token"]
    me.vote(first).raise_for_status()
    me.vote(second).raise_for_status()
    assert refused(me.undo(first)) == (409, "not-last")
    me.undo(second).raise_for_status()


@pytest.mark.parametrize("task", [None, "", "sing", "denoise\0", "\ud800", 3, ["denoise"], {"a": 1}])
def test_a_task_that_there_is_not_is_a_sentence(somebody, task):
    assert refused(somebody().ask("deal", {"task": task})) == (400, "bad-rating")


@pytest.mark.parametrize("wish", [{}, {"task": "\ud800"}, {"task": "sing"}, [], 7, {"own": "x"}])
def test_a_stored_vote_is_acknowledged_whatever_is_wished_for_next(somebody, wish):
    me = somebody()
    told = me.vote(me.deal()["token"], next=wish).raise_for_status().json()
    assert told["revealed"]["counts"]
    assert told["next"] is None


@pytest.mark.parametrize(
    "told",
    [
        {"response_ms": "soon", "viewing": "well"},
        {"response_ms": -1, "viewing": {"zoom": "big", "toggles": [1]}},
        {"response_ms": 10**300, "viewing": {"zoom": 10**300, "\ud800": "\ud800"}},
        {"response_ms": None, "viewing": [[[]]], "language": ["zh"]},
    ],
)
def test_nonsense_about_the_viewing_is_left_out(somebody, told):
    me = somebody()
    assert me.vote(me.deal()["token"], **told).json()["revealed"]["counts"]


BODIES = {
    "nothing": b"",
    "no JSON": b"token=x&choice=left",
    "half": b'{"token": "x"',
    "a list": b"[]",
    "a text": b'"left"',
    "null": b"null",
    "not UTF-8": b'{"token": "\xff\xfe"}',
    "a long number": b'{"token": ' + b"9" * 4000 + b"}",
    "infinite": b"Infinity",
    "deep": b"[" * 4000,
    "deep objects": b'{"a":' * 600 + b"1" + b"}" * 600,
    "a megabyte": b'{"token": "' + b"x" * 2**20 + b'"}',
}


@pytest.mark.parametrize("path", ["deal", "vote", "undo"])
@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_no_small_object_is_refused(client, somebody, path, body):
    response = client.post(
        f"/patina/arena/{path}", content=BODIES[body], headers={"X-Patina-Browser": somebody().token}
    )
    assert response.status_code in {400, 404}
    assert response.json()["code"] in {"bad-rating", "unknown-deal"}


def test_who_hangs_up_in_the_middle_is_forgotten_quietly(site, client):
    host, _, port = site.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as line:
        line.sendall(b'POST /patina/arena/vote HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{"tok')
        time.sleep(0.2)
    time.sleep(0.5)
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize("path", ["deal", "vote", "undo"])
def test_nothing_is_asked_by_following_a_link(client, path):
    assert client.get(f"/patina/arena/{path}").status_code == 405


@pytest.mark.parametrize(
    "side", ["middle", "", "LEFT", "left.png.png", "..%2fleft", "%2e%2e", "left%00", "original.jpg", "%ff"]
)
def test_a_side_that_there_is_not_shows_nothing(client, somebody, side):
    response = client.get(f"/patina/arena/{somebody().deal()['token']}/{side}")
    assert response.status_code == 404


@pytest.mark.parametrize(
    "token", ["..%2f..%2fpatina.db", "%2e%2e", "%00", "%ff", "%ed%a0%80", "a" * 3000, "never-dealt", "%25"]
)
def test_a_picture_of_a_pair_that_was_never_dealt_is_not_there(client, token):
    assert client.get(f"/patina/arena/{token}/left.png").status_code == 404


def chunks(png: bytes) -> list[bytes]:
    place, found = 8, []
    while place < len(png):
        found.append(png[place + 4 : place + 8])
        place += 12 + int.from_bytes(png[place : place + 4], "big")
    return found


def test_nothing_names_a_model_before_the_vote(somebody, client):
    me = somebody()
    answer = me.ask("deal", {"task": "denoise"})
    deal = answer.json()
    pictures = {
        side: client.get(f"/patina/arena/{deal['token']}/{side}.png").raise_for_status()
        for side in ("left", "right", "original")
    }
    told = [answer.text, str(answer.headers)]
    told += [f"{each.url}{each.headers}" for each in pictures.values()]
    english, chinese = words.load("en"), words.load("zh")
    names = {
        name for card in registry.cards() for name in (card.id, english.title(card), chinese.title(card))
    }
    for name in (*names, "telltale", "settings", "version", "weights"):
        assert name not in "".join(told)
    for each in pictures.values():
        assert set(chunks(each.content)) <= {b"IHDR", b"IDAT", b"IEND"}


def test_a_picture_does_not_tell_when_it_was_made(somebody, client):
    token = somebody().deal()["token"]
    for side in ("left", "right", "original"):
        headers = client.get(f"/patina/arena/{token}/{side}.png").headers
        assert headers.keys().isdisjoint({"etag", "last-modified", "content-disposition"})
        assert headers["content-type"] == "image/png"
        assert headers["x-content-type-options"] == "nosniff"
        assert "private" in headers["cache-control"]


def test_sides_tell_the_same_of_themselves(somebody, client):
    token = somebody().deal()["token"]

    def told(side: str) -> dict[str, str]:
        headers = dict(client.get(f"/patina/arena/{token}/{side}.png").headers)
        return {name: value for name, value in headers.items() if name not in {"content-length", "date"}}

    assert told("left") == told("right")


def test_more_pairs_than_anyone_can_look_at_are_refused(somebody):
    me = somebody()
    answers = [me.ask("deal", {"task": "denoise"}) for _ in range(301)]
    assert [each.status_code for each in answers[:-1]] == [200] * 300
    assert refused(answers[-1]) == (429, "too-many")
