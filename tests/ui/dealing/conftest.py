"""An Arena that has all its results: tiny ones, put there by hand, so that nothing is left to be made."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import httpx
import numpy as np
import pytest
from sqlalchemy import select

from models import pixels, registry
from models.card import RESTORING, Card, Task
from models.source import Bundled
from ratings import raters
from ratings.records import LICENCE, Result
from ratings.stimuli import Shown, Stimuli, Stimulus
from ratings.store import Store
from ratings.tables import deals, votes
from ui import gallery
from ui.dealing.backstage import GRID_SEEDS
from ui.dealing.ring import Ring
from ui.dealing.staging import grid_name, plain_png
from ui.keeping.pictures import StimulusShelf

SECRET = "a secret of the tests"  # noqa: S105 — it guards nothing
HEIGHT, WIDTH = 48, 64
SETTINGS = {"zest": 0.625}


def on_board(task: Task) -> list[Card]:
    """The models of `task` that run without a download."""
    cards = registry.by_task(task)
    return [each for each in cards if each.weights is None or isinstance(each.weights.source, Bundled)]


def wanted() -> Iterator[tuple[Card, str]]:
    """Every piece the Arena would make by itself: the model, and the name of what it is made from."""
    for task in RESTORING:
        for example in gallery.load().by_task(task):
            yield from ((card, example.id) for card in on_board(task))
    for seed in GRID_SEEDS:
        yield from ((card, grid_name(card, seed)) for card in on_board(Task.GENERATE))


@cache
def noise(name: str) -> bytes:
    """A PNG of its own for every name."""
    random = np.random.default_rng(int(sha256(name.encode()).hexdigest()[:8], 16))
    return plain_png(pixels.from_array(random.integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)))


def result(card: Card, name: str) -> Result:
    return Result(
        task=str(card.task),
        model=card.id,
        version=card.version,
        weights_sha256=card.weights.sha256 if card.weights else None,
        settings=SETTINGS,
        default_settings=True,
        input_sha256=sha256(name.encode()).hexdigest(),
        output_sha256=sha256(noise(f"{card.id} {name}")).hexdigest(),
        input_name=name,
        app_version="0.1.0",
        device="cpu",
        seconds=0.25,
    )


def add(store: Store, shelf: StimulusShelf, token: str, card: Card, name: str) -> Stimulus:
    return Stimuli(store.database).add(
        Shown(
            making=token,
            sha256=shelf.put(noise(f"{card.id} {name}")),
            original_sha256=None if card.task is Task.GENERATE else shelf.put(noise(name)),
            width=WIDTH,
            height=HEIGHT,
        )
    )


def fill(store: Store, shelf: StimulusShelf) -> None:
    """Put all that the Arena would make."""
    made = list(wanted())
    with store.remembering([result(*each) for each in made]) as tokens:
        pass
    for token, each in zip(tokens, made, strict=True):
        add(store, shelf, token, *each)


@pytest.fixture
def keep() -> Callable[[Ring, Card, str], Stimulus]:
    """`keep(ring, card, name)` puts one result there."""

    def put(ring: Ring, card: Card, name: str) -> Stimulus:
        stage = ring.stage
        return add(stage.store, stage.pictures, stage.store.remember(result(card, name)), card, name)

    return put


@pytest.fixture
def secret() -> str:
    return SECRET


@pytest.fixture(scope="session")
def furnish() -> Callable[[str, Path], None]:
    """`furnish(url, folder)` puts all that the Arena would make into a database and a data folder."""

    def furnish_both(url: str, folder: Path) -> None:
        with Store.open(url) as store:
            fill(store, StimulusShelf(folder / "stimuli"))

    return furnish_both


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, furnish: Callable[[str, Path], None]) -> Path:
    """A data folder with all that the Arena shows."""
    folder = tmp_path_factory.mktemp("template")
    furnish(f"sqlite:///{folder / 'patina.db'}", folder)
    return folder


@pytest.fixture
def furnished_ring(template: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Ring:
    """The Arena in this process, with all its results."""
    shutil.copy(template / "patina.db", tmp_path / "ratings.db")
    shutil.copytree(template / "stimuli", tmp_path / "stimuli")
    return request.getfixturevalue("ring")


@dataclass(frozen=True, slots=True)
class Voter:
    """Someone who votes by plain HTTP, as the page's script does."""

    client: httpx.Client
    token: str

    @property
    def rater(self) -> str | None:
        return raters.rater_id(SECRET.encode(), self.token)

    def ask(self, path: str, **body: object) -> httpx.Response:
        return self.client.post(f"/patina/arena/{path}", json=body, headers={"X-Patina-Browser": self.token})

    def deal(self, task: str = "denoise") -> str:
        return self.ask("deal", task=task).json()["token"]

    def vote(self, token: object, choice: object = "left", **more: object) -> httpx.Response:
        told = {"licence": LICENCE, "response_ms": 2000}
        return self.ask("vote", **(told | {"token": token, "choice": choice} | more))


@dataclass(frozen=True, slots=True)
class Hall:
    """A running server with all the Arena's results; its voters, and what it has stored."""

    url: str
    folder: Path
    client: httpx.Client

    def voter(self) -> Voter:
        return Voter(self.client, raters.new_token(SECRET.encode()))

    def votes(self, rater: str | None = None) -> list[tuple[str, str, str | None]]:
        """What stands in the database of `rater`, or of all: the pair's token, the choice, the flag."""
        query = select(deals.c.token, votes.c.choice, votes.c.flag).join(deals, deals.c.id == votes.c.deal_id)
        if rater is not None:
            query = query.where(votes.c.rater == rater)
        with (
            Store.open(f"sqlite:///{self.folder / 'data' / 'patina.db'}") as store,
            store.database.reading() as connection,
        ):
            return [tuple(row) for row in connection.execute(query.order_by(votes.c.id))]


@pytest.fixture
def furnished_folder(template: Path, tmp_path: Path) -> Path:
    """A folder to start a server over."""
    shutil.copytree(template, tmp_path / "data")
    return tmp_path


@pytest.fixture
def hall_of(server_of: Callable[[Path, Mapping[str, str]], object]) -> Iterator[Callable[[Path], Hall]]:
    """`hall_of(folder)` starts a server of the test's own."""
    clients: list[httpx.Client] = []

    def begin(folder: Path) -> Hall:
        server = server_of(folder, {"PATINA_SECRET": SECRET})
        clients.append(httpx.Client(base_url=server.url, timeout=30))
        return Hall(server.url, folder, clients[-1])

    yield begin
    for each in clients:
        each.close()


@pytest.fixture(scope="session")
def hall(template: Path, tmp_path_factory: pytest.TempPathFactory, lasting_server_of) -> Iterator[Hall]:
    """A server that all these tests share."""
    folder = tmp_path_factory.mktemp("hall")
    shutil.copytree(template, folder / "data")
    server = lasting_server_of(folder, {"PATINA_SECRET": SECRET})
    with httpx.Client(base_url=server.url, timeout=30) as client:
        yield Hall(server.url, folder, client)


@pytest.fixture
def refusal() -> Callable[[httpx.Response], tuple[int, str]]:
    """`refusal(answer)` is its status and code; it has a sentence, too, and no traceback."""

    def read(answer: httpx.Response) -> tuple[int, str]:
        told = answer.json()
        assert set(told) == {"code", "error"}
        assert told["error"].endswith(".")
        assert "Traceback" not in told["error"]
        return answer.status_code, told["code"]

    return read
