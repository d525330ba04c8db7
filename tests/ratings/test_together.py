"""Writers that share a transaction: each is told the truth about its own rows."""

import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import Connection, Transaction, insert, select
from sqlalchemy.exc import IntegrityError

from ratings.database import Database
from ratings.errors import StoreError
from ratings.rows import now
from ratings.store import Store
from ratings.tables import forgotten
from ratings.together import MOST


def keep(connection: Connection, name: str) -> None:
    connection.execute(insert(forgotten).values(rater=name, forgotten_at=now()))


def kept(store: Store) -> list[str]:
    with store.database.reading() as connection:
        return sorted(connection.scalars(select(forgotten.c.rater)))


def write(database: Database, name: str, then: Callable[[], object] = lambda: None) -> None:
    with database.writing_a_little() as connection:
        keep(connection, name)
        then()


class Queue:
    """Writers that come while the first one is at work, and so find its transaction open."""

    def __init__(self, store: Store) -> None:
        self.database = store.database
        self.pool = ThreadPoolExecutor(MOST + 2)
        self.go = Event()
        self.first = self.add("first", self.go.wait)
        self._wait_for(0)

    def add(self, name: str, then: Callable[[], object] = lambda: None) -> Future[None]:
        return self.pool.submit(write, self.database, name, then)

    def run(self, waiting: int) -> None:
        """Let the first one go on once so many wait behind it."""
        self._wait_for(waiting)
        self.go.set()
        self.pool.shutdown()

    def _wait_for(self, waiting: int) -> None:
        together = self.database._together
        while together._shared is None or len(together._queue) < waiting:
            time.sleep(0.001)


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch, store: Store) -> list[int]:
    """One entry for each shared transaction that ended."""
    ended: list[int] = []
    finish = store.database._together.finish

    def counted() -> None:
        ended.extend([1] if store.database._together._shared else [])
        finish()

    monkeypatch.setattr(store.database._together, "finish", counted)
    return ended


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine must not end transactions early."""
    monkeypatch.setattr("ratings.together.LONGEST_SECONDS", 60.0)


def test_writers_that_queue_up_share_a_transaction(store, commits):
    queue = Queue(store)
    others = [queue.add(f"other {number}") for number in range(5)]
    queue.run(waiting=5)
    assert [each.result() for each in (queue.first, *others)] == [None] * 6
    assert len(kept(store)) == 6
    assert len(commits) == 1


def test_a_lone_writer_commits_at_once(store, commits):
    write(store.database, "lone")
    assert kept(store) == ["lone"]
    assert len(commits) == 1


def test_who_fails_is_undone_alone(store, commits):
    queue = Queue(store)
    twice, other = queue.add("first"), queue.add("other")
    queue.run(waiting=2)
    with pytest.raises(StoreError, match="UNIQUE"):
        twice.result()
    assert queue.first.result() is other.result() is None
    assert kept(store) == ["first", "other"]


def test_all_are_told_when_the_transaction_is_lost(store):
    queue = Queue(store)

    def lose() -> None:
        raw = store.database._together._shared.raw  # as SQLite itself does on a full disk
        raw.execute("ROLLBACK")
        raise IntegrityError("", {}, sqlite3.OperationalError("database or disk is full"))

    losing = queue.add("losing", lose)
    queue.run(waiting=1)
    for each in (queue.first, losing):
        with pytest.raises(StoreError, match="disk is full"):
            each.result()
    assert kept(store) == []
    write(store.database, "later")
    assert kept(store) == ["later"]


def test_a_commit_that_fails_is_told_to_all(store, monkeypatch):
    queue = Queue(store)
    other = queue.add("other")

    def fail(_transaction: Transaction) -> None:
        raise IntegrityError("", {}, sqlite3.OperationalError("disk I/O error"))

    monkeypatch.setattr(Transaction, "commit", fail)
    queue.run(waiting=1)
    for each in (queue.first, other):
        with pytest.raises(StoreError, match="disk I/O error"):
            each.result()
    assert kept(store) == []


def test_a_large_writer_between_small_ones_comes_after_a_commit(store):
    queue = Queue(store)

    def large() -> list[str]:
        with store.database.writing() as connection:
            keep(connection, "large")
            return kept(store)  # what another connection sees meanwhile

    seen, other = queue.pool.submit(large), queue.add("other")
    queue.run(waiting=1)
    assert "large" not in seen.result()
    assert queue.first.result() is other.result() is None
    assert kept(store) == ["first", "large", "other"]


def test_who_gives_up_queueing_holds_up_nobody(store, monkeypatch):
    together = store.database._together
    together._queue.append(None)  # somebody queues up, and never comes
    write(store.database, "first")
    assert kept(store) == ["first"]
    assert together._shared is None
