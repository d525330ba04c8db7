"""How long to wait after wrong passwords: kept in the database, so it holds over restarts and servers.

After FREE wrong guesses within WINDOW every further one costs a wait that doubles, from FIRST_WAIT up to
LONGEST_WAIT. Nobody's address is kept, so all strangers wait together: who guesses on can keep the door shut
to other strangers, at some 100 guesses a day. The administrator is not shut out by that: a browser that once
logged in shows its last session, and has a count of its own (a device cookie, as OWASP describes them under
"Slow Down Online Guessing Attacks with Device Cookies").

A guess is counted before it is looked at, and the count taken back if it was right: guesses that come at
the same time, even to different servers, are not cheaper. Rows of the future, left by a clock that was set
back, are swept: nobody waits longer than LONGEST_WAIT and SKEW.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, or_, select

from ratings.database import Database
from ratings.errors import LockedOutError
from ratings.tables import failed_logins

FREE = 5
WINDOW = timedelta(hours=24)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
SKEW = timedelta(minutes=1)
"""How far the clocks of servers that share a database may lie apart."""


def wait(failures: int) -> timedelta:
    """Return how long after the last of `failures` wrong guesses the next one is looked at.

    >>> [wait(n) // timedelta(seconds=1) for n in (4, 5, 6, 10, 1000)]
    [0, 30, 60, 900, 900]
    """
    if failures < FREE:
        return timedelta(0)
    return min(FIRST_WAIT * 2 ** min(failures - FREE, 10), LONGEST_WAIT)


def begin_guess(database: Database, browser: str | None, at: datetime) -> int:
    """Count a guess made `at` (UTC) as wrong, before it is looked at; return the row for `forgive`.

    `browser` names a browser that logged in before, None is any other.

    Raises LockedOutError: no guess is looked at yet. StoreError: the database cannot be used.
    """
    with database.reading() as connection:  # most refusals need no turn at writing
        _require_no_wait(connection, browser, at)
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":  # SQLite has one writer anyhow
            connection.exec_driver_sql("LOCK TABLE failed_logins IN EXCLUSIVE MODE")
        _require_no_wait(connection, browser, at)
        connection.execute(delete(failed_logins).where(_swept(at)))
        row = insert(failed_logins).values(failed_at=_text(at), browser=browser)
        return connection.execute(row.returning(failed_logins.c.id)).scalar_one()


def forgive(database: Database, guess: int, browser: str | None) -> None:
    """Take back the count of a guess that was right, and all wrong ones of a known `browser`.

    Strangers' wrong guesses stay counted: they were not the administrator's to take back.
    """
    own = failed_logins.c.id == guess
    if browser is not None:
        own = or_(own, failed_logins.c.browser == browser)
    with database.writing() as connection:
        connection.execute(delete(failed_logins).where(own))


def _require_no_wait(connection: Connection, browser: str | None, at: datetime) -> None:
    number, newest = connection.execute(_counted(browser, at)).one()
    if newest is None:
        return
    until = datetime.fromisoformat(newest) + wait(number)
    if at < until:
        raise LockedOutError(until)


def _counted(browser: str | None, at: datetime) -> Select[*tuple[Any, ...]]:
    whose = failed_logins.c.browser.is_(None) if browser is None else failed_logins.c.browser == browser
    return select(func.count(), func.max(failed_logins.c.failed_at)).where(whose, ~_swept(at))


def _swept(at: datetime) -> Any:
    return or_(failed_logins.c.failed_at < _text(at - WINDOW), failed_logins.c.failed_at > _text(at + SKEW))


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
