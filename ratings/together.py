"""Small writers of one process share a transaction of SQLite: the disk is waited for once for all of them.

Each works in a savepoint of its own, one after another. Who leaves while others queue up hands the open
transaction on to them, and is let go when it was committed; a lone writer commits at once.
"""

import sqlite3
import time
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock

from sqlalchemy import Connection, Engine, Transaction
from sqlalchemy.exc import DBAPIError

MOST = 64
"""So many writers share a transaction at most."""

LONGEST_SECONDS = 0.02
"""A transaction that was open for so long is handed on to nobody."""

_PATIENCE_SECONDS = 0.05


@dataclass(slots=True, eq=False)
class _Shared:
    """A transaction in work. `over` is set when it has ended; `error` says why it was not `kept`."""

    connection: Connection
    transaction: Transaction
    begun_at: float
    writers: int = 0
    over: Event = field(default_factory=Event)
    kept: bool = False
    error: DBAPIError | None = None

    @property
    def raw(self) -> sqlite3.Connection:
        """The driver's connection: savepoints by it cost a tenth."""
        raw = self.connection.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        return raw


class SharedTransactions:
    """Transactions that writers share; `engine` begins those that write, `turn` is held by who writes."""

    def __init__(self, engine: Engine, turn: Lock) -> None:
        self._engine = engine
        self._turn = turn
        self._shared: _Shared | None = None
        self._queue = deque[None]()

    @contextmanager
    def joining(self, patience: float) -> Generator[Connection]:
        """Give a connection that alone may write; what was written is on the disk when this is left.

        Raises TimeoutError: it was not one's turn within so many seconds. DBAPIError.
        """
        self._take_turn(patience)
        try:
            shared = self._shared or self._begin()
            try:
                with _savepoint(shared):
                    yield shared.connection
            finally:
                if not self._queue or not _has_room(shared):
                    self.finish()
        finally:
            self._turn.release()
        self._wait(shared)

    def finish(self) -> None:
        """Commit the transaction that is open, if one is. To be called by who has the turn."""
        shared, self._shared = self._shared, None
        if shared is None:
            return
        try:
            if shared.raw.in_transaction:
                shared.transaction.commit()
                shared.kept = True
        except DBAPIError as error:
            shared.error = error
        finally:
            shared.connection.close()
            shared.over.set()

    def _take_turn(self, patience: float) -> None:
        self._queue.append(None)
        try:
            if not self._turn.acquire(timeout=patience):
                raise TimeoutError
        finally:
            self._queue.pop()

    def _begin(self) -> _Shared:
        connection = self._engine.connect()
        try:
            self._shared = _Shared(connection, connection.begin(), time.monotonic())
        except BaseException:
            connection.close()
            raise
        return self._shared

    def _wait(self, shared: _Shared) -> None:
        while not shared.over.wait(_PATIENCE_SECONDS):
            # Whoever it was handed to has given up queueing.
            with self._turn:
                if self._shared is shared:
                    self.finish()
        if not shared.kept:
            raise shared.error or RuntimeError("A shared transaction was broken off.")


def _has_room(shared: _Shared) -> bool:
    young = time.monotonic() - shared.begun_at < LONGEST_SECONDS
    return young and shared.writers < MOST and shared.error is None


@contextmanager
def _savepoint(shared: _Shared) -> Generator[None]:
    """Keep what one writer does, or undo it alone if anything is raised."""
    shared.writers += 1
    raw = shared.raw
    try:
        raw.execute("SAVEPOINT writer")
        yield
        raw.execute("RELEASE writer")
    except BaseException as error:
        if raw.in_transaction:
            raw.execute("ROLLBACK TO writer")
            raw.execute("RELEASE writer")
        elif isinstance(error, DBAPIError):
            shared.error = (
                error  # a full disk, for one, ends the transaction: the others' work is undone, too
            )
        raise
