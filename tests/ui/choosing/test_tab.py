"""What the Models tab lets whom do."""

from dataclasses import replace
from threading import Event
from time import sleep
from types import SimpleNamespace

import gradio as gr
import pytest

from models import registry
from models.card import Card
from models.errors import FetchError, NotPinnedError
from models.method import Network
from models.source import Hub, Weights
from ui import gallery, words
from ui.choosing.offers import compared, methods
from ui.choosing.tab import ALL, ModelActions
from ui.errors import InUseError, NothingChosenError, OwnerOnlyError
from ui.house import House
from ui.keeping.readiness import runnable
from ui.keeping.studio import Studio
from ui.settings import Serving

ENGLISH = words.load("en")


def asking(asker: str = "127.0.0.1", **headers: str) -> gr.Request:
    """A request from `asker`, as Gradio hands it to a handler."""
    headers.setdefault("host", "127.0.0.1:7860")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    client = SimpleNamespace(host=asker)
    return SimpleNamespace(client=client, headers=named, session_hash="page")  # type: ignore[return-value]


@pytest.fixture
def mine(monkeypatch: pytest.MonkeyPatch, hub) -> Card:
    """A model whose weights lie on the local Hub, in the registry for one test."""
    revision, sha256 = hub.add("me/mine", "mine.safetensors", b"weights" * 1000)
    card = replace(
        registry.get("denoise-median"),
        id="denoise-mine",
        title="Mine",
        build=Network(module="x:load", field_of_view=3),
        weights=Weights(
            source=Hub("me/mine", "mine.safetensors", revision),
            sha256=sha256,
            bytes=7000,
            licence="MIT",
            trained_on="Rain.",
        ),
    )
    monkeypatch.setattr(registry, "_SHELF", SimpleNamespace(by_id={**registry.known(), card.id: card}))
    return card


@pytest.fixture
def actions(desk, ring, office, hub, monkeypatch) -> ModelActions:
    monkeypatch.setattr(desk.workshop.checkpoints, "_endpoint", hub.endpoint)
    monkeypatch.setattr(gr, "Info", lambda *_said, **_how: None)
    return ModelActions(
        House(
            desk,
            Studio(desk.shelf, desk.store, desk.workshop),
            gallery.load(),
            b"secret",
            ring,
            office,
            own=True,
        ),
        ENGLISH,
    )


def do(actions: ModelActions, choice: str, request: gr.Request | None = None) -> list[str]:
    return list(actions.work(choice, request or asking()))


def test_weights_are_fetched_and_removed_again(actions, mine):
    assert 'data-choice="fetch denoise-mine"' in actions.listing(ALL, "to-download", asking())
    assert any("progress" in html for html in do(actions, "fetch denoise-mine"))
    assert 'data-choice="free denoise-mine"' in actions.listing(ALL, "ready", asking())
    do(actions, "free denoise-mine")
    assert 'data-choice="fetch denoise-mine"' in actions.listing(ALL, "to-download", asking())


@pytest.mark.parametrize(
    "request_",
    [
        asking("192.0.2.7"),
        asking(x_forwarded_for="192.0.2.7"),
        asking(forwarded="for=192.0.2.7"),
        asking(X_Forwarded_Proto="https"),
        asking(host="patina.example"),
    ],
)
def test_a_visitor_cannot_remove_weights(actions, mine, request_):
    do(actions, "fetch denoise-mine", request_)
    assert 'data-choice="free' not in actions.listing(ALL, ALL, request_)
    with pytest.raises(OwnerOnlyError, match="on the machine that Patina runs on"):
        do(actions, "free denoise-mine", request_)


def test_on_a_shared_page_nobody_removes_weights(actions, mine):
    shared = replace(actions, house=replace(actions.house, own=False))
    with pytest.raises(OwnerOnlyError):
        do(shared, "free denoise-mine")


def test_a_server_is_its_owners_own_only_if_nobody_else_can_reach_it():
    assert Serving().own
    assert Serving(host="localhost").own
    assert not Serving(host="0.0.0.0").own  # noqa: S104 # only asked about
    assert not Serving(share=True).own
    assert not Serving(hosted=True).own


def test_the_weights_of_a_running_network_are_not_removed(actions, mine):
    do(actions, "fetch denoise-mine")
    workshop = actions.house.desk.workshop
    engine = SimpleNamespace(memory=1, close=lambda: None)
    with workshop.rack.use(workshop.key(mine), lambda: engine), pytest.raises(InUseError, match="is running"):
        do(actions, "free denoise-mine")
    do(actions, "free denoise-mine")
    assert workshop.rack.keys() == ()


@pytest.mark.parametrize("choice", ["fetch denoise-median", "free denoise-median", "format denoise-mine"])
def test_what_nobody_can_have_pressed_is_refused(actions, mine, choice):
    with pytest.raises(NothingChosenError):
        do(actions, choice)


def test_a_hub_that_fails_is_told_in_a_sentence_and_tried_again(actions, mine, hub):
    hub.misbehave("no-file")
    with pytest.raises(FetchError, match="denoise-mine"):
        do(actions, "fetch denoise-mine")
    hub.misbehave(None)
    do(actions, "fetch denoise-mine")
    assert "Ready" in actions.listing("denoise", "ready", asking())


def test_a_model_that_is_not_pinned_can_neither_be_fetched_nor_chosen(actions, mine, monkeypatch):
    assert mine.weights is not None
    open_weights = replace(mine.weights, sha256=None)
    monkeypatch.setitem(registry._SHELF.by_id, mine.id, replace(mine, weights=open_weights))
    with pytest.raises(NotPinnedError):
        do(actions, "fetch denoise-mine")
    offered = runnable("denoise", actions.house.desk.workshop)
    assert mine.id not in [each.card.id for each in offered]
    assert "denoise-median" in [each.card.id for each in offered]


def test_a_download_is_offered_with_its_size_and_after_it_without(actions, mine):
    workshop = actions.house.desk.workshop
    offered = runnable("denoise", workshop)
    assert methods(offered, ENGLISH)[-1] == ("Network · Mine · 7.0 kB to download", mine.id)
    assert compared(offered, ENGLISH)[-1] == ("Mine · 7.0 kB to download", mine.id)
    do(actions, "fetch denoise-mine")
    assert methods(runnable("denoise", workshop), ENGLISH)[-1] == ("Network · Mine", mine.id)


def test_a_stop_ends_the_download(actions, mine, hub):
    hub.misbehave("drip", "body")
    fetching = actions.work("fetch denoise-mine", asking())
    next(fetching)
    actions.stop(asking())
    with pytest.raises(Exception, match="Stopped"):
        list(fetching)


def test_a_page_that_is_closed_stops_its_download(actions, mine, monkeypatch):
    stopped = Event()

    def fetch(_model, _weights, _progress, stop):
        for _ in range(500):
            if stop():
                stopped.set()
                return
            sleep(0.01)

    monkeypatch.setattr(actions.house.desk.workshop.checkpoints, "fetch", fetch)
    fetching = actions.work("fetch denoise-mine", asking())
    next(fetching)
    fetching.close()
    assert stopped.is_set()
