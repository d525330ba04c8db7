"""A server that is killed while a hundred people vote keeps every vote it acknowledged, once."""

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, make_url, select

from ratings import raters
from ratings.arena import tally
from ratings.judging import Choice
from ratings.records import LICENCE
from ratings.store import Store
from ratings.tables import deals, votes

PEOPLE = 100
PAUSE_SECONDS = 0.2
TASKS = ("denoise", "dehaze", "derust", "generate")


@dataclass
class Person:
    """Someone who votes, asks again what was not answered, and knows what was."""

    token: str
    chance: random.Random
    voting: tuple[str, Choice] | None = None
    undoing: str | None = None
    cut_off: bool = False
    stored: dict[str, Choice] = field(default_factory=dict[str, Choice])
    taken_back: set[str] = field(default_factory=set[str])

    async def live(self, client: httpx.AsyncClient, rounds: int) -> None:
        """Vote until the server is gone, or for so many `rounds`; then finish what was begun."""
        try:
            while rounds > 0 or self.voting or self.undoing:
                await self._go_on(client)
                self.cut_off = False
                rounds -= 1
                await asyncio.sleep(self.chance.uniform(0, PAUSE_SECONDS))
        except httpx.TransportError:
            self.cut_off = True

    async def _go_on(self, client: httpx.AsyncClient) -> None:
        if self.voting:
            await self._vote(client, *self.voting)
        elif self.undoing:
            await self._undo(client, self.undoing)
        else:
            dealt = await self._ask(client, "deal", {"task": self.chance.choice(TASKS)})
            if dealt.status_code != 429:
                self.voting = dealt.json()["token"], self.chance.choice(list(Choice))

    async def _vote(self, client: httpx.AsyncClient, token: str, choice: Choice) -> None:
        told = {"token": token, "choice": choice, "licence": LICENCE, "response_ms": 2000}
        answer = await self._ask(client, "vote", told)
        was_stored_before = self.cut_off and answer.json().get("code") == "answered"
        assert answer.status_code == 200 or was_stored_before, answer.text
        assert token not in self.stored
        self.stored[token], self.voting = choice, None
        if self.chance.random() < 0.2:
            self.undoing = token

    async def _undo(self, client: httpx.AsyncClient, token: str) -> None:
        answer = await self._ask(client, "undo", {"token": token})
        if answer.status_code == 429:
            self.undoing = None
            return
        was_taken_before = self.cut_off and answer.json().get("code") == "not-last"
        assert answer.status_code == 200 or was_taken_before, answer.text
        self.taken_back.add(token)
        self.undoing = None
        if answer.status_code == 200:
            self.voting = answer.json()["token"], self.chance.choice(list(Choice))

    async def _ask(self, client: httpx.AsyncClient, path: str, told: Mapping[str, object]) -> httpx.Response:
        headers = {"X-Patina-Browser": self.token}
        return await client.post(f"/patina/arena/{path}", json=told, headers=headers)


async def crowd(url: str, people: Sequence[Person], kill: Callable[[], object] | None, after: float) -> None:
    """Let all vote at once; `kill` the server `after` so many seconds, or let everybody finish."""
    limits = httpx.Limits(max_connections=PEOPLE)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=60) as client:
        rounds = 1 if kill is None else 1_000_000
        living = [asyncio.create_task(each.live(client, rounds)) for each in people]
        if kill is not None:
            await asyncio.sleep(after)
            kill()
        await asyncio.gather(*living)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, furnished_folder: Path, furnish) -> Iterator[str]:
    """A database that holds what the Arena shows."""
    if request.param == "sqlite":
        yield f"sqlite:///{furnished_folder / 'data' / 'patina.db'}"
        return
    server: str = request.getfixturevalue("postgres_url")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"patina_{secrets.token_hex(6)}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
        furnish(url, furnished_folder / "data")
        yield url
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


def stored(url: str) -> list[tuple[str, str, bool]]:
    """Every vote of a database: its pair's token, the choice, whether it was taken back."""
    query = select(deals.c.token, votes.c.choice, votes.c.withdrawn_at.is_not(None)).join(
        deals, deals.c.id == votes.c.deal_id
    )
    with Store.open(url) as store, store.database.reading() as connection:
        return [tuple(row) for row in connection.execute(query)]


def recounted(url: str) -> tuple[set[tally.Tally], set[tally.Tally]]:
    """The tallies as they were kept, and as counting all votes anew gives them."""
    with Store.open(url) as store, store.database.writing() as connection:
        kept = {each for task in TASKS for each in tally.read(connection, task)}
        tally.recount(connection)
        return kept, {each for task in TASKS for each in tally.read(connection, task)}


@pytest.mark.parametrize(
    ("database_url", "kills", "seed"),
    [
        ("sqlite", 3, 1),
        pytest.param("postgres", 1, 2, marks=pytest.mark.postgres),
        pytest.param("sqlite", 50, 3, marks=pytest.mark.soak),
        pytest.param("postgres", 10, 4, marks=[pytest.mark.soak, pytest.mark.postgres]),
    ],
    indirect=["database_url"],
)
def test_killed_while_a_hundred_vote(furnished_folder, database_url, server_of, secret, kills, seed):
    chance = random.Random(seed)
    tokens = [raters.new_token(secret.encode()) for _ in range(PEOPLE)]
    people = [Person(token, random.Random(chance.random())) for token in tokens]
    settings = {"PATINA_SECRET": secret, "PATINA_DATABASE_URL": database_url}
    cut_off = 0
    for _ in range(kills):
        server = server_of(furnished_folder, settings)
        asyncio.run(crowd(server.url, people, server.process.kill, chance.uniform(0.5, 2.5)))
        server.process.wait()
        cut_off += sum(each.voting is not None or each.undoing is not None for each in people)
    server = server_of(furnished_folder, settings)
    asyncio.run(crowd(server.url, people, None, 0))
    assert not any(each.cut_off for each in people)
    assert cut_off > kills  # there were votes on their way when it was killed

    kept = stored(database_url)
    acknowledged = {token: choice for each in people for token, choice in each.stored.items()}
    assert len(acknowledged) > PEOPLE
    assert max(Counter(token for token, *_ in kept).values()) == 1
    assert {token: choice for token, choice, _ in kept} == acknowledged
    taken_back = {token for token, _, withdrawn in kept if withdrawn}
    assert taken_back == {token for each in people for token in each.taken_back}
    before, anew = recounted(database_url)
    assert before == anew
