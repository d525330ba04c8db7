"""A hundred people vote while the server is killed again and again: what was acknowledged is there, once."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx
import pytest
from sqlalchemy import create_engine, make_url, select

from ratings.arena import tally
from ratings.judging import Choice
from ratings.raters import new_token, rater_id
from ratings.records import LICENCE
from ratings.store import Store
from ratings.tables import deals, tallies, votes

VOTERS = 100
FEWEST_VOTES = 50
UNDONE = 0.2
PAUSE_SECONDS = (0.1, 0.8)
LIFE_SECONDS = (0.5, 3.0)


@dataclass(slots=True)
class Known:
    """What the voters know: by deal, who voted how; which were taken back; what the server said amiss."""

    stored: dict[str, tuple[str, str]] = field(default_factory=dict)
    undone: set[str] = field(default_factory=set)
    asked_again: int = 0
    amiss: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Voter:
    """One person: votes, sometimes takes back, and asks anew until there is an answer."""

    client: httpx.AsyncClient
    token: str
    rater: str
    known: Known
    chance: Random

    async def go_on(self, ended: asyncio.Event) -> None:
        while not ended.is_set():
            await self._rest()
            answer, _ = await self._ask("deal", {"task": "denoise"})
            deal = answer.json()["token"]
            await self._rest()
            await self._vote(deal)
            if self.chance.random() < UNDONE:
                await self._undo(deal)

    async def _vote(self, deal: str) -> None:
        choice = str(self.chance.choice(list(Choice)))
        asked = {"token": deal, "choice": choice, "licence": LICENCE, "response_ms": 2000}
        answer, repeated = await self._ask("vote", asked)
        if self._is_done(answer, before=repeated and answer.json().get("code") == "answered"):
            self.known.stored[deal] = (self.rater, choice)

    async def _undo(self, deal: str) -> None:
        answer, _ = await self._ask("undo", {"token": deal})
        if self._is_done(answer):
            self.known.undone.add(deal)

    def _is_done(self, answer: httpx.Response, *, before: bool = False) -> bool:
        """Tell whether it was done: now, or `before`, when it was asked the first time and no answer came."""
        if answer.status_code == 200 or before:
            return True
        self.known.amiss.append(f"{answer.status_code} {answer.text}")
        return False

    async def _ask(self, path: str, asked: dict[str, object]) -> tuple[httpx.Response, bool]:
        """Return the answer, and whether it had to be asked for more than once."""
        headers, repeated = {"X-Patina-Browser": self.token}, False
        while True:
            try:
                return await self.client.post(f"/patina/arena/{path}", json=asked, headers=headers), repeated
            except httpx.TransportError as error:
                if not isinstance(error, httpx.ConnectError):  # it may have been heard
                    repeated, self.known.asked_again = True, self.known.asked_again + 1
                await asyncio.sleep(0.2)

    async def _rest(self) -> None:
        await asyncio.sleep(self.chance.uniform(*PAUSE_SECONDS))


async def vote_through(
    kills: int, folder: Path, server_of: Callable[..., object], settings: Mapping[str, str]
) -> Known:
    """Let a hundred voters vote while the server is killed so often; return what they know."""
    chance, known, ended = Random(kills), Known(), asyncio.Event()
    server = server_of(folder, settings)
    port = int(server.url.rpartition(":")[2])
    secret = (server.data_dir / "secret").read_bytes()
    limits = httpx.Limits(max_connections=VOTERS)
    async with httpx.AsyncClient(base_url=server.url, timeout=60, limits=limits) as client:
        tokens = [new_token(secret) for _ in range(VOTERS)]
        people = [
            Voter(client, token, rater_id(secret, token), known, Random(number))
            for number, token in enumerate(tokens)
        ]
        voting = [asyncio.create_task(each.go_on(ended)) for each in people]
        for _ in range(kills):
            await asyncio.sleep(chance.uniform(*LIFE_SECONDS))
            server.process.kill()
            server.process.wait()
            server = await asyncio.to_thread(server_of, folder, settings, port)
        await asyncio.sleep(1)
        ended.set()
        await asyncio.gather(*voting)
    assert "Traceback" not in server.log()
    return known


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of the kind that the test names."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'patina.db'}"
        return
    server: str = request.getfixturevalue("postgres_url")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"patina_{secrets.token_hex(6)}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.mark.parametrize(
    ("database_url", "kills"),
    [
        ("sqlite", 3),
        pytest.param("postgres", 1, marks=pytest.mark.postgres),
        pytest.param("sqlite", 50, marks=pytest.mark.soak),
        pytest.param("postgres", 10, marks=[pytest.mark.soak, pytest.mark.postgres]),
    ],
    indirect=["database_url"],
)
def test_every_vote_is_stored_once_however_often_the_server_is_killed(
    database_url, kills, tmp_path, server_of, stock
):
    stock(tmp_path / "data", database_url)
    known = asyncio.run(vote_through(kills, tmp_path, server_of, {"PATINA_DATABASE_URL": database_url}))
    assert known.amiss == []
    assert len(known.stored) > FEWEST_VOTES
    assert known.undone
    assert known.asked_again, "no kill met a question"
    with Store.open(database_url) as store:
        there = stored(store)
        assert Counter(token for token, *_ in there).most_common(1)[0][1] == 1
        assert {token: (rater, choice) for token, rater, choice, _ in there} == known.stored
        assert {token for token, *_, withdrawn in there if withdrawn} == known.undone
        with store.database.writing() as connection:
            kept = counted(connection)
            tally.recount(connection)
            assert kept == counted(connection)
    assert kept


def stored(store: Store) -> list[tuple[str, str, str, str | None]]:
    """Every vote: its deal's token, who gave it, how, and when it was taken back."""
    query = select(deals.c.token, votes.c.rater, votes.c.choice, votes.c.withdrawn_at).join_from(votes, deals)
    with store.database.reading() as connection:
        return [tuple(row) for row in connection.execute(query)]


def counted(connection) -> set[tuple[object, ...]]:
    """The tallies that are not empty, each as its pair and its counters."""
    rows = connection.execute(select(tallies)).all()
    told = {
        (row.task, row.first_id, row.second_id, row.first_wins, row.second_wins, row.ties, row.both_bad)
        for row in rows
    }
    return {each for each in told if any(each[3:])}
