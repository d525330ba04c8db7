"""Every handler of the administrator's pages is called in every way Gradio offers, by people who may not."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, select

from ratings.administration.admission import LIFE, Sessions
from ratings.administration.passwords import Password
from ratings.tables import contestants, failed_logins, makings, metadata, results, stimuli

PAGES = ("admin", "admin-zh")
REFUSALS = (
    "Log in as administrator first",
    "请先以管理员身份登录",
    "This is not the administrator's password",
    "这不是管理员密码",
    "Too many wrong passwords",
    "错误的密码太多",
)
BY_ITSELF = (failed_logins, results, makings, contestants, stimuli)
UNCHANGED = ({"__type__": "update"}, {"__type__": "update", "props": {"__type__": "update"}})
"""What Gradio sends for an output that stays as it is."""
FILLED_IN: dict[str, object] = {"checkbox": True, "textbox": "a" * 64, "number": 1}


@pytest.fixture(scope="module")
def client(guarded):
    with httpx.Client(base_url=guarded.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def config(client) -> dict[str, Any]:
    return client.get("/config").json()


@pytest.fixture(scope="module")
def handlers(config) -> list[dict[str, Any]]:
    """What the administrator's pages can call, as the running server tells every browser."""
    ids = {number for page in PAGES for number in config["page"][page]["dependencies"]}
    return [each for each in config["dependencies"] if each["id"] in ids and each["backend_fn"]]


@pytest.fixture(scope="module")
def arguments(config):
    """Return plausible values for a handler, its session being `session`."""
    components = {each["id"]: each for each in config["components"]}

    def fill(handler: dict[str, Any], session: object) -> list[object]:
        return [_filled(components[number], session) for number in handler["inputs"]]

    return fill


def _filled(component: dict[str, Any], session: object) -> object:
    if component["type"] == "browserstate":
        return session
    choices = component["props"].get("choices")
    first = choices[0][1] if choices else FILLED_IN.get(component["type"])
    several = component["type"] == "checkboxgroup" or component["props"].get("multiselect")
    return [first] if several and choices else [] if several else first


@pytest.fixture(scope="module")
def outsiders(guarded) -> dict[str, object]:
    """Sessions that do not hold, by what is wrong with them."""
    database, secret = guarded.store.database, guarded.secret
    password = Password(guarded.password, secret)
    long_ago = datetime.now(UTC) - LIFE - timedelta(seconds=1)
    expired = Sessions(database, password, secret, lambda: long_ago).begin(guarded.password)
    sessions = Sessions(database, password, secret)
    ended = sessions.begin(guarded.password)
    sessions.end(ended)
    forged = f"{'a' * 32}.{'b' * 32}.{ended.split('.')[2]}.{'c' * 64}"
    return {"none": None, "forged": forged, "expired": expired, "logged out": ended}


def by_name(client, handler, data) -> list[str]:
    return [client.post(f"/gradio_api/run/{handler['api_name']}", json={"data": data}).text]


def by_number(client, handler, data) -> list[str]:
    asked = {"fn_index": handler["id"], "data": data}
    return [client.post("/gradio_api/run/predict", json=asked).text]


def by_event(client, handler, data) -> list[str]:
    path = f"/gradio_api/call/{handler['api_name']}"
    called = client.post(path, json={"data": data}).json()
    if "event_id" not in called:
        return [json.dumps(called, ensure_ascii=False)]
    return [client.get(f"{path}/{called['event_id']}").text]


def by_queue(client, handler, data) -> list[str]:
    asked = {"fn_index": handler["id"], "data": data, "session_hash": f"guard{handler['id']}"}
    joined = client.post("/gradio_api/queue/join", json=asked)
    if joined.status_code != httpx.codes.OK:
        return [joined.text]
    told = client.get("/gradio_api/queue/data", params={"session_hash": asked["session_hash"]}).text
    return [line for line in told.splitlines() if "process_completed" in line]


TRIED = [
    *((who, by_name) for who in ("none", "forged", "expired", "logged out")),
    *(("forged", way) for way in (by_number, by_event, by_queue)),
]


def everything(store) -> dict[str, list[tuple[object, ...]]]:
    """All rows, but for the log-ins that failed and what the Arena makes behind the stage."""
    with store.database.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(table.c.id))]
            for table in metadata.sorted_tables
            if table not in BY_ITSELF
        }


def refused(told: str) -> bool:
    """Tell whether an answer is a refusal, or holds nothing but outputs that stay as they are."""
    if any(sentence in told for sentence in (*REFUSALS, *(json.dumps(each)[1:-1] for each in REFUSALS))):
        return True
    content = told.partition("data: ")[2] or told
    found = json.loads(content)
    data = found.get("output", found).get("data") if isinstance(found, dict) else found
    return isinstance(data, list) and all(each in UNCHANGED for each in data)


def test_both_pages_have_handlers(handlers, config):
    for page in PAGES:
        own = {*config["page"][page]["dependencies"]}
        assert len([each for each in handlers if each["id"] in own]) >= 10


def test_no_handler_is_in_the_api(handlers):
    assert {each["api_visibility"] for each in handlers} == {"private"}


@pytest.mark.parametrize(("who", "way"), TRIED, ids=[f"{who}-{way.__name__}" for who, way in TRIED])
def test_no_handler_does_anything_for(guarded, client, handlers, arguments, outsiders, who, way):
    guarded.rater()
    before = everything(guarded.store)
    for handler in handlers:
        for told in way(client, handler, arguments(handler, outsiders[who])):
            assert refused(told), (handler["api_name"], told)
    assert everything(guarded.store) == before


def test_the_same_calls_do_something_for_the_administrator(guarded, client, handlers, arguments):
    with guarded.store.database.writing() as connection:
        connection.execute(delete(failed_logins))  # those of the tests above
    password = Password(guarded.password, guarded.secret)
    session = Sessions(guarded.store.database, password, guarded.secret).begin(guarded.password)
    kept = [each for each in handlers if not each["api_name"].startswith(("log_in", "log_out"))]
    answered = [by_name(client, each, arguments(each, session))[0] for each in kept]
    assert not [told for told in answered if refused(told)]


def test_what_is_sent_to_everybody_tells_nothing(client, guarded):
    _, pseudonym = guarded.rater()
    for path in ("/config", "/admin", "/admin-zh", "/gradio_api/info"):
        told = client.get(path).text
        assert guarded.password not in told
        assert pseudonym not in told
