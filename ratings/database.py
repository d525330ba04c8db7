"""A database URL → connections that keep what they acknowledge, and errors a person can act on.

SQLite is set to WAL with synchronous FULL, so that a rating that was acknowledged outlives a power cut.
Its writers take turns: one lock in this process, and BEGIN IMMEDIATE against other processes, since a
transaction that reads first and writes later fails with "database is locked" whatever the timeout.
"""

import os
import sqlite3
import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ratings.errors import StoreError
from ratings.together import SharedTransactions

_WRITES = "patina_writes"

_CONNECTIONS = 40
"""At most so many connections are open, one for each thread by which Gradio answers: threads that wait for
a connection are not served in their order, and some would wait for seconds."""

_SQLITE_SENTENCES = {
    sqlite3.SQLITE_BUSY: "is held locked by another program. Try again; if it stays so, find that program.",
    sqlite3.SQLITE_LOCKED: "is held locked by another program. Try again; if it stays so, find that program.",
    sqlite3.SQLITE_READONLY: "can be read but not written. Make the file and its folder writable.",
    sqlite3.SQLITE_PERM: "may not be opened by this user. Let it read and write the file and its folder.",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened. Its folder must exist and be writable by this user.",
    sqlite3.SQLITE_FULL: "has no room left on its disk. Free some space, then try again.",
    sqlite3.SQLITE_IOERR: "was refused by its disk. Look for a full disk, a quota or a failing drive.",
    sqlite3.SQLITE_NOTADB: "is not an SQLite database. Name another file, or restore a backup.",
    sqlite3.SQLITE_CORRUPT: "is damaged. Keep a copy of it, then restore a backup.",
}


class Database:
    """One open database; every thread may use it.

    `place` names it in sentences, without its password.
    """

    def __init__(self, engine: Engine, place: str, busy_timeout: float) -> None:
        self.place = place
        self._engine = engine
        self._writer = engine.execution_options(**{_WRITES: True})
        self._busy_timeout = busy_timeout
        self._turn = threading.Lock()
        self._together = SharedTransactions(self._writer, self._turn)
        self._closed = False

    @classmethod
    def open(cls, url: str, busy_timeout: float) -> Self:
        """Connect once, so that whatever is wrong is said now. The schema is not looked at.

        Raises StoreError: the URL, its driver, the file or the server is not usable.
        """
        address = _parse(url)
        place = _shown(address)
        if address.get_backend_name() == "sqlite":
            _prepare_file(address, place)
        database = cls(_engine(address, busy_timeout), place, busy_timeout)
        with ExitStack() as undo:
            undo.callback(database.close)
            with database.reading() as connection:
                if connection.dialect.name == "sqlite":
                    _require_wal(connection, place)
            undo.pop_all()
        return database

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """Give a connection in a transaction that sees one state of the database.

        Raises StoreError: the database is closed or failed.
        """
        self._require_open()
        with _explained(self.place), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """Give a connection that alone may write; commit at the end, or undo all if anything was raised.

        On PostgreSQL it is alone among those of this process: other servers and small writers go on.

        Raises StoreError: the database is closed, locked for longer than the busy timeout, or failed.
        """
        self._require_open()
        if not self._turn.acquire(timeout=self._busy_timeout):
            raise StoreError(self._busy)
        try:
            self._together.finish()
            with _explained(self.place), self._writer.begin() as connection:
                yield connection
        finally:
            self._turn.release()

    @contextmanager
    def writing_a_little(self) -> Generator[Connection]:
        """Do as `writing` for a few quick statements, of which many threads may have some at once.

        SQLite has one writer, who waits for the disk: here they wait together (`ratings.together`). Within,
        other writers' rows may be seen that are not on the disk yet; if they do not get there, neither does
        anything of this. On PostgreSQL they write at the same time, also while others are `writing`: what was
        read may have changed when it is written, just as where several servers share a database.
        """
        self._require_open()
        if self._engine.dialect.name == "sqlite":
            writing = self._together.joining(self._busy_timeout)
        else:
            writing = self._writer.begin()
        try:
            with _explained(self.place), writing as connection:
                yield connection
        except TimeoutError:
            raise StoreError(self._busy) from None

    @property
    def _busy(self) -> str:
        return f"{self.place} {_SQLITE_SENTENCES[sqlite3.SQLITE_BUSY]} Nothing was stored."

    def close(self) -> None:
        """Let go of every connection; twice is harmless."""
        self._closed = True
        self._engine.dispose()

    def _require_open(self) -> None:
        if self._closed:
            raise StoreError(f"{self.place} was closed. Open the store again.")


def _parse(url: str) -> URL:
    try:
        address = make_url(url)
        address.get_dialect()
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            "The database URL cannot be read. Expected sqlite:///folder/patina.db or "
            f"postgresql+psycopg://user@host/name; got one that {_fault(error)}."
        ) from error
    if address.get_backend_name() == "sqlite" and address.database in {None, "", ":memory:"}:
        raise StoreError("Ratings need a file that stays: give a database URL like sqlite:///data/patina.db.")
    return address


def _fault(error: Exception) -> str:
    """Say what is wrong with a URL without repeating it: it may hold a password."""
    return "names an unknown kind of database" if "load plugin" in str(error) else "is not a URL"


def _shown(address: URL) -> str:
    if address.get_backend_name() == "sqlite":
        return f"The ratings database {address.database}"
    return f"The ratings database {address.render_as_string(hide_password=True)}"


def _prepare_file(address: URL, place: str) -> None:
    """Make the folder, and say plainly what SQLite would only hint at."""
    assert address.database
    file = Path(address.database)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{place} cannot be made, since its folder cannot: {error.strerror}.") from error
    if file.is_dir():
        raise StoreError(f"{place} is a folder. Name a file in it.")
    effective = os.access in os.supports_effective_ids
    for needed in (file, file.parent):
        if needed.exists() and not os.access(needed, os.W_OK, effective_ids=effective):
            raise StoreError(f"{place} {_SQLITE_SENTENCES[sqlite3.SQLITE_READONLY]} ({needed} is not.)")


def _engine(address: URL, busy_timeout: float) -> Engine:
    is_sqlite = address.get_backend_name() == "sqlite"
    try:
        engine = create_engine(
            address,
            connect_args={"timeout": busy_timeout} if is_sqlite else {},
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_pre_ping=not is_sqlite,  # a server may have been restarted since the last question
        )
    except ModuleNotFoundError as error:
        raise StoreError(
            f"{_shown(address)} needs the Python package {error.name}. Install it: pip install {error.name}"
        ) from error
    if is_sqlite:
        event.listen(engine, "connect", _prepare_connection)
        event.listen(engine, "begin", _begin)
    return engine


def _prepare_connection(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; `_begin` does
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _require_wal(connection: Connection, place: str) -> None:
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    if mode != "wal":
        raise StoreError(
            f"{place} lies on a file system where SQLite cannot write ahead (WAL): "
            f"it stays in mode '{mode}'. Use a local disk, or PostgreSQL."
        )


@contextmanager
def _explained(place: str) -> Generator[None]:
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"{place} {_sentence(error)}") from error
    except PoolTimeoutError as error:
        raise StoreError(f"{place} has every connection in use. Try again in a moment.") from error


def _sentence(error: DBAPIError) -> str:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in _SQLITE_SENTENCES:  # the low byte is the primary code
        return f"{_SQLITE_SENTENCES[code & 0xFF]} ({error.orig})"
    return f"failed: {str(error.orig).splitlines()[0] if str(error.orig) else type(error.orig).__name__}."
