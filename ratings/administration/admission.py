"""The administrator's sessions: signed tokens that a browser shows with everything it asks for.

A token is `browser.session.expires.signature`. It holds for LIFE, or until it is logged out, or the password
or the server's secret changes: they are what its key is made of. `browser` is a random name that stays when
the same browser logs in again; a token that no longer holds still proves it, which `lockout` asks for.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select

from ratings.administration.lockout import SKEW, begin_guess, forgive
from ratings.administration.passwords import Password
from ratings.database import Database
from ratings.errors import NotAdmittedError, WrongPasswordError
from ratings.tables import ended_sessions

LIFE = timedelta(hours=12)
_TOKEN_LIMIT = 200
_NAME_BYTES = 16


@dataclass(frozen=True, slots=True)
class Session:
    """What a token says: a browser's lasting name, this session's own, and until when it holds (UTC)."""

    browser: str
    name: str
    expires: datetime


def _now() -> datetime:
    return datetime.now(UTC)


class Sessions:
    """Who is logged in; every thread may use it, and servers with one database and secret share it.

    `clock` tells the time in UTC. Methods raise StoreError where the database cannot be used: then nobody is
    let in.
    """

    def __init__(
        self, database: Database, password: Password, secret: bytes, clock: Callable[[], datetime] = _now
    ) -> None:
        self._database = database
        self._password = password
        self._key = password.key(secret)
        self._clock = clock

    def begin(self, guess: object, earlier: object = None) -> str:
        """Return the token of a new session. `earlier` is the last token of the same browser, if it has one.

        Raises WrongPasswordError: `guess` is not the password. LockedOutError: it was not looked at.
        """
        known = self._read(earlier)
        browser = None if known is None else known.browser
        counted = begin_guess(self._database, browser, self._clock())
        if not self._password.matches(guess):
            raise WrongPasswordError
        forgive(self._database, counted, browser)
        return self._token(browser or secrets.token_hex(_NAME_BYTES))

    def require(self, token: object) -> Session:
        """Return the session of `token`.

        Raises NotAdmittedError: it was made up, has expired or was ended.
        """
        session = self._read(token)
        now = self._clock()
        if session is None or not now < session.expires <= now + LIFE + SKEW:  # a clock set back ends it, too
            raise NotAdmittedError
        ended = select(ended_sessions.c.id).where(ended_sessions.c.session == session.name)
        with self._database.reading() as connection:
            if connection.scalar(ended) is not None:
                raise NotAdmittedError
        return session

    def end(self, token: object) -> None:
        """End the session of `token`, on every server; one that does not hold is left as it is."""
        try:
            session = self.require(token)
        except NotAdmittedError:
            return
        with self._database.writing() as connection:
            over = ended_sessions.c.expires_at < (self._clock() - LIFE).isoformat(timespec="microseconds")
            connection.execute(delete(ended_sessions).where(over))
            if connection.scalar(select(ended_sessions.c.id).where(ended_sessions.c.session == session.name)):
                return
            expires = session.expires.isoformat(timespec="microseconds")
            connection.execute(insert(ended_sessions).values(session=session.name, expires_at=expires))

    def _token(self, browser: str) -> str:
        expires = int((self._clock() + LIFE).timestamp())
        said = f"{browser}.{secrets.token_hex(_NAME_BYTES)}.{expires}"
        return f"{said}.{self._signature(said)}"

    def _read(self, token: object) -> Session | None:
        """Return what a token says that this server signed, whether it still holds or not."""
        if not isinstance(token, str) or len(token) > _TOKEN_LIMIT or not token.isascii():
            return None
        said, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature, self._signature(said)):
            return None
        browser, name, expires = said.split(".")
        return Session(browser, name, datetime.fromtimestamp(int(expires), UTC))

    def _signature(self, said: str) -> str:
        return hmac.digest(self._key, said.encode(), "sha256").hex()
