"""The Arena over plain HTTP, as nobody should ask: each refusal has its status, its code and a sentence."""

import json
import sqlite3

import pytest

from ratings import raters

LICENCE = "CC-BY-4.0"
HUGE = 10**400


@pytest.fixture(autouse=True)
def still_up(hall):
    yield
    assert hall.client.get("/health").json()["status"] == "ok"


class TestTokens:
    def test_used_is_used(self, hall, refusal):
        voter = hall.voter()
        token = voter.deal()
        assert voter.vote(token).status_code == 200
        assert refusal(voter.vote(token, "right")) == (409, "answered")
        assert hall.votes(voter.rater) == [(token, "left", None)]

    def test_of_another_browser(self, hall, refusal):
        voter, thief = hall.voter(), hall.voter()
        token = voter.deal()
        assert refusal(thief.vote(token)) == (404, "unknown-deal")
        assert refusal(thief.ask("undo", token=token)) == (404, "unknown-deal")
        assert hall.votes(thief.rater) == hall.votes(voter.rater) == []
        assert voter.vote(token).status_code == 200

    @pytest.mark.parametrize(
        "token", ["made up", "", "x" * 3000, "ümläut", "nul\0", 7, None, [1], {"a": 1}, True, 1e400]
    )
    def test_made_up(self, hall, refusal, token):
        body = json.dumps({"token": token, "choice": "left", "licence": LICENCE})
        for path in ("vote", "undo"):
            answer = hall.client.post(
                f"/patina/arena/{path}", content=body, headers={"X-Patina-Browser": hall.voter().token}
            )
            assert refusal(answer) == (404, "unknown-deal")

    def test_expired(self, hall, refusal):
        voter = hall.voter()
        token = voter.deal()
        with sqlite3.connect(hall.folder / "data" / "patina.db") as database:
            database.execute(
                "UPDATE deals SET dealt_at = '2020-01-01T00:00:00.000000+00:00' WHERE token = ?", [token]
            )
        assert refusal(voter.vote(token)) == (410, "expired")
        assert hall.votes(voter.rater) == []

    def test_without_a_browser(self, hall, refusal):
        """Such a vote is stored and does not count; nor can it be taken back."""
        dealt = hall.client.post("/patina/arena/deal", json={"task": "denoise"}).json()
        told = hall.client.post(
            "/patina/arena/vote", json={"token": dealt["token"], "choice": "left", "licence": LICENCE}
        ).json()["revealed"]
        assert told["counts"] is False
        assert (dealt["token"], "left", "api") in hall.votes()
        assert refusal(hall.client.post("/patina/arena/undo", json={"token": dealt["token"]})) == (
            404,
            "unknown-deal",
        )

    @pytest.mark.parametrize(
        "forged",
        ["{token}A", "someone.{signature}", "{name}.", "{name}", ".{signature}", "{long}", "", "{other}"],
    )
    def test_a_forged_browser_has_no_vote(self, hall, refusal, forged):
        voter = hall.voter()
        token = voter.deal()
        name, _, signature = voter.token.partition(".")
        other = raters.new_token(b"another secret")
        told = forged.format(token=voter.token, name=name, signature=signature, long="x" * 5000, other=other)
        body = {"token": token, "choice": "left", "licence": LICENCE}
        answer = hall.client.post("/patina/arena/vote", json=body, headers={"X-Patina-Browser": told})
        assert refusal(answer) == (404, "unknown-deal")
        assert hall.votes(voter.rater) == []


BODIES = {
    "nothing": b"",
    "no JSON": b"token=1&choice=left",
    "half of it": b'{"token": "',
    "an array": b'["token", "left"]',
    "a string": b'"left"',
    "a number": b"1e999",
    "one megabyte": b'{"token": "' + b"x" * 1_000_000 + b'"}',
    "nested deeply": b"[" * 2000 + b"]" * 2000,
    "an object nested deeply": b'{"a":' * 800 + b"1" + b"}" * 800,
    "not UTF-8": b'{"token": "\xff\xfe"}',
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
}


@pytest.mark.parametrize("path", ["deal", "vote", "undo"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_what_is_no_small_object_is_refused(hall, refusal, path, body):
    answer = hall.client.post(
        f"/patina/arena/{path}", content=body, headers={"X-Patina-Browser": hall.voter().token}
    )
    assert answer.status_code in {400, 404}
    assert refusal(answer)[1] in {"bad-rating", "unknown-deal", "unknown-task"}


@pytest.mark.parametrize(
    "task",
    ["", "denoise ", "DENOISE", "\ud800", "nul\0", "'; DROP TABLE votes; --", 5, None, ["denoise"], {}],
)
def test_a_task_that_is_none_is_refused(hall, refusal, task):
    voter = hall.voter()
    answer = hall.client.post(
        "/patina/arena/deal", content=json.dumps({"task": task}), headers={"X-Patina-Browser": voter.token}
    )
    assert refusal(answer) == (400, "unknown-task")


@pytest.mark.parametrize("own", ["0" * 64, "\ud800", "nul\0", "' OR 1=1 --", "../../patina.db"])
def test_an_own_photo_that_is_not_there_is_said_to_be_not_there(hall, refusal, own):
    answer = hall.client.post(
        "/patina/arena/deal",
        content=json.dumps({"task": "denoise", "own": own}),
        headers={"X-Patina-Browser": hall.voter().token},
    )
    assert refusal(answer) == (400, "no-pair")


@pytest.mark.parametrize("told", [
    {"choice": "LEFT"}, {"choice": None}, {"choice": 1}, {"choice": ["left"]}, {"choice": "\ud800"},
    {"licence": None}, {"licence": "MIT"}, {"licence": ["CC-BY-4.0"]},
])  # fmt: skip
def test_another_choice_or_licence_is_refused_and_the_pair_stays_open(hall, refusal, told):
    voter = hall.voter()
    token = voter.deal()
    body = {"token": token, "choice": "left", "licence": LICENCE} | told
    answer = hall.client.post(
        "/patina/arena/vote", content=json.dumps(body), headers={"X-Patina-Browser": voter.token}
    )
    assert refusal(answer) == (400, "bad-rating")
    assert hall.votes(voter.rater) == []
    assert voter.vote(token).status_code == 200


@pytest.mark.parametrize("more", [
    {"response_ms": "soon"}, {"response_ms": -1}, {"response_ms": HUGE}, {"response_ms": True},
    {"viewing": "wide"}, {"viewing": {"zoom": HUGE, "zooms": [], "more": "\ud800"}}, {"viewing": [1]},
    {"language": "\ud800"}, {"language": 5}, {"next": "more"}, {"next": {"task": "\ud800"}},
    {"next": {"task": "denoise", "own": "\ud800"}}, {"next": {}}, {"another": {"field": 1}},
])  # fmt: skip
def test_nonsense_beside_the_choice_keeps_no_vote_from_being_stored(hall, more):
    voter = hall.voter()
    token = voter.deal()
    body = {"token": token, "choice": "left", "licence": LICENCE, "response_ms": 2000} | more
    answer = hall.client.post(
        "/patina/arena/vote", content=json.dumps(body), headers={"X-Patina-Browser": voter.token}
    )
    assert answer.status_code == 200
    assert hall.votes(voter.rater) == [(token, "left", None)]


@pytest.mark.parametrize("path", [
    "{token}/middle.png", "{token}/original.png.png", "{token}/..%2f..%2fpatina.db", "{token}/%2e%2e",
    "{token}/left%00.png", "..%2f..%2fsecret/left.png", "%2e%2e/left.png", "made-up/left.png",
    "{token}/LEFT.png",
    "{token}/left.png/../../secret", "%ff%fe/left.png", "{token}%0a/left.png", "{long}/left.png",
])  # fmt: skip
def test_no_path_leads_anywhere_else(hall, path):
    token = hall.voter().deal()
    answer = hall.client.get(f"/patina/arena/{path.format(token=token, long='x' * 3000)}")
    assert answer.status_code in {404, 405}
    assert "Traceback" not in answer.text
    assert b"PNG" not in answer.content[:8]
    assert b"SQLite" not in answer.content


def test_the_folder_of_pictures_is_not_served_as_files(hall):
    png = next((hall.folder / "data" / "stimuli").glob("*.png"))
    for path in (
        f"/gradio_api/file={png}",
        f"/file={png}",
        f"/gradio_api/file={hall.folder / 'data' / 'patina.db'}",
    ):
        assert hall.client.get(path).status_code in {403, 404}
