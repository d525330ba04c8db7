"""Where results and ratings are kept: the one door to the database.

A rating is written in one transaction, and is on the disk before it is acknowledged. Callers get frozen
records, never rows.
"""

import secrets
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update

from ratings.answer import Answer, check_answer
from ratings.database import Database
from ratings.errors import UnknownResultError
from ratings.identified import result_id
from ratings.records import Contestant, Flag, Rating, Result
from ratings.rows import RESULT_COLUMNS, identity, new_uid, now, to_rating, to_result
from ratings.schema import bring_up_to_date
from ratings.tables import makings, ratings, results
from ratings.tombstones import require_not_forgotten

TOKEN_BYTES = 24
"""How long a token is before it becomes text."""
_ROWS_AT_ONCE = 1000

# Built once: building them took longer than running them.
_FIND_MAKING = (
    select(makings.c.id, makings.c.result_id, makings.c.made_at, *RESULT_COLUMNS)
    .join(results, results.c.id == makings.c.result_id)
    .where(makings.c.token == bindparam("dealt"))
    .with_for_update(of=results)
)
_SUPERSEDE = (
    update(ratings)
    .where(ratings.c.result_id == bindparam("of"), ratings.c.rater == bindparam("by"), ratings.c.current)
    .values(current=False, revision=ratings.c.revision + 1, published=False)
)
_INSERT_RATING = insert(ratings).returning(ratings.c.id)

_Query = Select[*tuple[Any, ...]]
_Row = Row[*tuple[Any, ...]]


class Store:
    """An open database of results and ratings; every thread may use it.

    Other processes may use the same database at the same time. A method that cannot reach the database
    raises StoreError, and then has stored nothing.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, url: str, *, busy_timeout: float = 10.0) -> Self:
        """Open the database at `url`, make it if it is new, migrate it if it is old.

        `busy_timeout` is how many seconds to wait while another program holds the database locked.

        Raises StoreError: a sentence on what is wrong with the URL, the file, its folder, its schema or the
        server.
        """
        database = Database.open(url, busy_timeout)
        with ExitStack() as undo:
            undo.callback(database.close)
            bring_up_to_date(database)
            undo.pop_all()
        return cls(database)

    def remember(self, result: Result) -> str:
        """Keep that this server made `result`; return the token that stands for it in `rate`.

        The token is random, URL-safe, and tells nothing of the result. The same result may be made, and
        remembered, any number of times.
        """
        with self.remembering([result]) as (token,):
            return token

    @contextmanager
    def remembering(self, made: Sequence[Result]) -> Generator[tuple[str, ...]]:
        """Do as `remember` for all that was `made` at once: they are kept when this is left, all or none.

        If anything is raised meanwhile, none is.
        """
        tokens = tuple(secrets.token_urlsafe(TOKEN_BYTES) for _ in made)
        # In the same order everywhere: servers that remember the same results never wait in a circle.
        in_order = sorted(zip(tokens, made, strict=True), key=lambda pair: identity(pair[1]))
        with self._database.writing() as connection:
            for token, result in in_order:
                _insert_making(connection, token, result)
            yield tokens

    def rate(
        self,
        token: str,
        rater: str | None,
        grade: int,
        defects: Iterable[str] = (),
        comment: str = "",
        *,
        accepted_licence: str,
    ) -> Rating:
        """Keep one opinion of the result behind `token`; return it as stored, once it is on the disk.

        When the same `rater` rates the same result again, also under another token, the new rating counts
        and the old one stays as history. Without a rater each rating is kept, flagged "api".

        Raises UnknownResultError: no result was dealt under `token`. BadRatingError: a part that cannot be
        stored as it is (see `ratings.answer`). ForgottenError: the rater asked to be forgotten.
        """
        answer = check_answer(rater, grade, defects, comment, accepted_licence)
        with self._database.writing() as connection:
            require_not_forgotten(connection, answer.rater)
            making = _making(connection, token)
            if answer.rater is not None:
                connection.execute(_SUPERSEDE, {"of": making.result_id, "by": answer.rater})
            return _insert_rating(connection, making, answer)

    def ratings(self, task: str | None = None, *, current_only: bool = False) -> Iterator[Rating]:
        """Yield the ratings of `task`, or all, oldest first, with how their results were made.

        They are streamed, and show the database as it was when the first one was read.
        """
        query = select(
            *(column for column in ratings.c if column is not ratings.c.result_id),
            *RESULT_COLUMNS,
            makings.c.made_at,
        )
        query = _chosen(query, task, current_only=current_only).order_by(ratings.c.id)
        with self._streaming(query) as rows:
            yield from map(to_rating, rows)

    def ranked(self, task: str) -> Iterator[tuple[Contestant, str, int]]:
        """Yield (contestant, rater, grade) of each rating of `task` that counts on its leaderboard.

        It counts when it is current, has no flag, and its result was made with the default settings.
        """
        query = select(
            results.c.model, results.c.version, results.c.weights_sha256, ratings.c.rater, ratings.c.grade
        )
        query = _chosen(query, task, current_only=True).where(
            ratings.c.flag.is_(None), makings.c.default_settings
        )
        with self._streaming(query) as rows:
            for model, version, weights, rater, grade in rows:
                yield Contestant(task, model, version, weights), rater, grade

    def count(self, task: str | None = None, *, current_only: bool = False) -> int:
        """Return how many ratings `task` has, or how many there are; with history unless `current_only`."""
        with self._database.reading() as connection:
            query = _chosen(select(func.count(ratings.c.id)), task, current_only=current_only)
            return connection.execute(query).scalar_one()

    def tasks(self) -> tuple[str, ...]:
        """Return the tasks that have ratings, in alphabetical order."""
        query = select(results.c.task).where(results.c.id.in_(select(ratings.c.result_id))).distinct()
        with self._database.reading() as connection:
            return tuple(sorted(connection.scalars(query)))

    @property
    def database(self) -> Database:
        """The database itself, for `ratings.integrity`."""
        return self._database

    def close(self) -> None:
        """Close the database; twice is harmless."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _streaming(self, query: _Query) -> Generator[Iterable[_Row]]:
        with self._database.reading() as connection:
            yield connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(query)


def _insert_making(connection: Connection, token: str, result: Result) -> None:
    connection.execute(
        insert(makings).values(
            token=token,
            result_id=result_id(connection, result),
            default_settings=result.default_settings,
            input_name=result.input_name,
            app_version=result.app_version,
            device=result.device,
            seconds=result.seconds,
            made_at=now(),
        )
    )


def _making(connection: Connection, token: object) -> _Row:
    """Return the making dealt under `token`, its result locked until the transaction ends (PostgreSQL)."""
    if not isinstance(token, str) or len(token) > 64 or not token.isascii() or "\0" in token:
        raise UnknownResultError
    making = connection.execute(_FIND_MAKING, {"dealt": token}).one_or_none()
    if making is None:
        raise UnknownResultError
    return making


def _insert_rating(connection: Connection, making: _Row, answer: Answer) -> Rating:
    flag = Flag.API if answer.rater is None else None
    rated_at, uid = now(), new_uid()
    row = {
        "making_id": making.id,
        "result_id": making.result_id,
        "rater": answer.rater,
        "grade": int(answer.grade),
        "defects": " ".join(answer.defects),
        "comment": answer.comment,
        "licence": answer.licence,
        "flag": flag,
        "current": True,
        "rated_at": rated_at,
        "uid": uid,
    }
    return Rating(
        id=connection.execute(_INSERT_RATING, row).scalar_one(),
        uid=uid,
        result=to_result(making),
        made_at=datetime.fromisoformat(making.made_at),
        rater=answer.rater,
        grade=answer.grade,
        defects=answer.defects,
        comment=answer.comment,
        licence=answer.licence,
        flag=flag,
        reason="",
        current=True,
        rated_at=datetime.fromisoformat(rated_at),
    )


def _chosen(query: _Query, task: str | None, *, current_only: bool) -> _Query:
    query = query.select_from(
        ratings.join(makings, makings.c.id == ratings.c.making_id).join(
            results, results.c.id == ratings.c.result_id
        )
    )
    if task is not None:
        query = query.where(results.c.task == task)
    return query.where(ratings.c.current) if current_only else query
