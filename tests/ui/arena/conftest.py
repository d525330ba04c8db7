"""A folder in which the Arena has something to deal at once, and people who vote without a page."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from models import pixels, registry
from models.card import Task
from ratings.raters import new_token, rater_id
from ratings.records import LICENCE, Result
from ratings.stimuli import Shown, Stimuli
from ratings.store import Store
from ui import gallery
from ui.dealing.staging import contestant_of, plain_png
from ui.keeping.pictures import StimulusShelf

MODELS = ("denoise-median", "denoise-mean", "denoise-gaussian")
SETTINGS = {"telltale": 7}
WIDTH, HEIGHT = 96, 64


def noise(seed: int) -> bytes:
    image = np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    return plain_png(pixels.from_array(image))


@pytest.fixture(scope="session")
def stock() -> Callable[..., None]:
    """`stock(data folder)` puts there what three models made of two examples, as the stage keeps it."""

    def fill(data: Path, url: str | None = None) -> None:
        data.mkdir(parents=True, exist_ok=True)
        pictures = StimulusShelf(data / "stimuli")
        with Store.open(url or f"sqlite:///{data / 'patina.db'}") as store:
            for number, example in enumerate(gallery.load().by_task(Task.DENOISE)[:2]):
                for place, model in enumerate(MODELS, start=1):
                    shown = pictures.put(noise(10 * number + place))
                    original = pictures.put(noise(10 * number))
                    add(store, model, example.id, shown, original)

    return fill


def add(store: Store, model: str, name: str, shown: str, original: str) -> None:
    contestant = contestant_of(registry.get(model))
    result = Result(
        task=contestant.task,
        model=contestant.model,
        version=contestant.version,
        weights_sha256=contestant.weights_sha256,
        settings=SETTINGS,
        default_settings=True,
        input_sha256=sha256(name.encode()).hexdigest(),
        output_sha256=shown,
        input_name=name,
        app_version="0.1.0",
        device="cpu",
        seconds=0.1,
    )
    shown_as = Shown(
        making=store.remember(result), sha256=shown, original_sha256=original, width=WIDTH, height=HEIGHT
    )
    Stimuli(store.database).add(shown_as)


@dataclass(frozen=True, slots=True)
class Voter:
    """A browser without a page: its token, its pseudonym, and what it can ask."""

    client: httpx.Client
    token: str
    pseudonym: str | None

    def ask(self, path: str, asked: object) -> httpx.Response:
        body = json.dumps(asked)  # not httpx's: halves of surrogate pairs go through, too
        headers = {"X-Patina-Browser": self.token}
        return self.client.post(f"/patina/arena/{path}", content=body, headers=headers)

    def deal(self) -> dict[str, Any]:
        return self.ask("deal", {"task": "denoise"}).raise_for_status().json()

    def vote(self, deal: str, choice: object = "left", **changes: object) -> httpx.Response:
        asked = {"token": deal, "choice": choice, "licence": LICENCE, "response_ms": 2000}
        return self.ask("vote", asked | changes)

    def undo(self, deal: str) -> httpx.Response:
        return self.ask("undo", {"token": deal})


@pytest.fixture(scope="module")
def site(own_server, stock):
    """A server with something to deal, for all tests of a module."""
    server = own_server()
    stock(server.data_dir)
    return server


@pytest.fixture
def store(site) -> Iterator[Store]:
    """The server's database."""
    with Store.open(f"sqlite:///{site.data_dir}/patina.db") as opened:
        yield opened


@pytest.fixture
def client(site) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, timeout=30) as opened:
        yield opened


@pytest.fixture
def somebody(site, client) -> Callable[[], Voter]:
    """`somebody()` is a new person with a browser of their own."""
    secret = (site.data_dir / "secret").read_bytes()

    def come() -> Voter:
        token = new_token(secret)
        return Voter(client, token, rater_id(secret, token))

    return come
