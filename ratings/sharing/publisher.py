"""Send answers to the dataset in the background; nobody who answers ever waits for it.

Each file is new and never written to again. A kill loses nothing: what was not marked as published is sent at
the next start, at worst a second time under another name; readers take the highest revision of each answer.
"""

import random
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import func, select, update

from ratings.database import Database
from ratings.errors import DatasetError, RatingsError
from ratings.sharing.card import card
from ratings.sharing.columns import UNPUBLISHED, Row
from ratings.sharing.dataset import Dataset
from ratings.sharing.json_lines import encoded
from ratings.sharing.layout import ANSWERS, CARD, STUDIES, new_file
from ratings.sharing.reading_back import is_due, read_back
from ratings.sharing.rewriting import ATTEMPTS, rewrite_without
from ratings.sharing.rows import count_unpublished, mark_published, unpublished
from ratings.sharing.study_rows import (
    count_unpublished_studies,
    mark_studies_published,
    unpublished_studies,
)
from ratings.tables import forgotten

EVERY = 600.0
"""Seconds between two looks for answers to send."""

AT_ONCE = 2000
"""At most so many answers of a kind in a file."""

MARKED_AT_ONCE = 200
"""Rows that are marked in one transaction: on SQLite nobody votes meanwhile."""

FIRST_WAIT, LONGEST_WAIT = 30.0, 3600.0
"""Seconds after the first failure, and at most; doubled in between, and shortened by up to half at random."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How publishing goes, for the administrator; times are in UTC.

    `waiting` answers are not in the dataset yet, `to_forget` raters still are. `reading` tells that the
    dataset is still to be read back. `last_failure` is a sentence, None after a success.
    """

    repo: str
    waiting: int = 0
    to_forget: int = 0
    reading: bool = False
    last_success: datetime | None = None
    last_failure: str | None = None
    failed_at: datetime | None = None


class Publisher:
    """Publishes what a database holds to `dataset`; every thread may ask it.

    `begin` starts its thread. `tell` gets a sentence when something goes wrong or begins to go well again.
    """

    def __init__(
        self,
        database: Database,
        dataset: Dataset,
        tell: Callable[[str], object],
        *,
        every: float = EVERY,
        first_wait: float = FIRST_WAIT,
    ) -> None:
        self._database = database
        self._dataset = dataset
        self._tell = tell
        self._every, self._first_wait = every, first_wait
        self._status = Status(repo=dataset.repo, reading=is_due(database, dataset.repo))
        self._turn = threading.Lock()
        self._wanted, self._closed = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)

    def begin(self) -> None:
        """Start publishing, at once and then from time to time."""
        self._thread.start()

    def ask(self) -> None:
        """Have what waits sent now; returns at once."""
        self._wanted.set()

    def close(self, patience: float = 5.0) -> None:
        """Stop; a commit that is under way gets `patience` seconds, and is not lost if it takes longer."""
        self._closed.set()
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join(patience)

    def status(self) -> Status:
        """Return how it goes. Raises StoreError."""
        with self._database.reading() as connection:
            to_forget = select(func.count()).select_from(forgotten).where(~forgotten.c.published)
            return replace(
                self._status,
                waiting=count_unpublished(connection),
                to_forget=connection.execute(to_forget).scalar_one(),
            )

    def publish(self) -> int:
        """Do now all there is to do; return how many answers were sent.

        Raises DatasetError, StoreError: what was done until then stays done.
        """
        with self._turn:
            if self._status.reading:
                taken = read_back(self._database, self._dataset, self._tell)
                self._status = replace(self._status, reading=False)
                self._tell(f"Read {taken.added + taken.replaced:,} answers back from '{self._dataset.repo}'.")
            self._forget()
            sent = 0
            while number := self._send():
                sent += number
            return sent

    def rewrite_without(self, raters: Collection[str]) -> str:
        """Take the rows of `raters` out of the dataset's current revision now; return the new one.

        Who is in the table `forgotten` is taken out without being asked for.

        Raises DatasetError.
        """
        with self._turn:
            return rewrite_without(self._dataset, raters)

    def _forget(self) -> None:
        """Take out of the dataset whoever asked to be forgotten since the last time."""
        with self._database.reading() as connection:
            raters = list(connection.scalars(select(forgotten.c.rater).where(~forgotten.c.published)))
        if not raters:
            return
        rewrite_without(self._dataset, raters)
        with self._database.writing() as connection:
            done = update(forgotten).where(forgotten.c.rater.in_(raters))
            connection.execute(done.values(published=True))

    def _send(self) -> int:
        """Send one file of answers, and the studies that wait; return how many answers there were."""
        with self._database.reading() as connection:
            if not count_unpublished(connection) and not count_unpublished_studies(connection):
                return 0
        for attempt in range(1, ATTEMPTS + 1):
            # Before the rows are read: a rater whose rows are taken out meanwhile moves the dataset on.
            head = self._dataset.head()
            with self._database.reading() as connection:
                rows, studies = unpublished(connection, AT_ONCE), unpublished_studies(connection)
            if not rows and not studies:
                return 0
            added = {**_files(rows, studies), CARD: card(self._dataset.repo).encode()}
            try:
                self._dataset.commit(_message(rows, studies), added, parent=head or self._dataset.make())
            except DatasetError as error:
                if not error.moved or attempt == ATTEMPTS:
                    raise
            else:
                self._mark(rows, studies)
                return len(rows)
        raise AssertionError

    def _mark(self, rows: list[Row], studies: list[Row]) -> None:
        for first in range(0, len(rows), MARKED_AT_ONCE):
            with self._database.writing() as connection:
                mark_published(connection, rows[first : first + MARKED_AT_ONCE])
        if studies:
            with self._database.writing() as connection:
                mark_studies_published(connection, studies)

    def _run(self) -> None:
        failures = 0
        while not self._closed.is_set():
            self._wanted.clear()
            try:
                self.publish()
            except RatingsError as error:
                failures += 1
                self._fail(str(error))
            else:
                failures = 0
                self._succeed()
            self._wanted.wait(self._wait(failures))

    def _wait(self, failures: int) -> float:
        if not failures:
            return self._every
        longest = min(LONGEST_WAIT, self._first_wait * 2 ** min(failures - 1, 20))
        return longest * random.uniform(0.5, 1)

    def _succeed(self) -> None:
        if self._status.last_failure is not None:
            self._tell(f"Ratings are shared on '{self._dataset.repo}' again.")
        self._status = replace(
            self._status, last_success=datetime.now(UTC), last_failure=None, failed_at=None
        )

    def _fail(self, sentence: str) -> None:
        if self._closed.is_set():
            return
        if sentence != self._status.last_failure:
            self._tell(f"Ratings are not shared for now: {sentence} It is tried again by itself.")
        self._status = replace(self._status, last_failure=sentence, failed_at=datetime.now(UTC))


def _files(rows: list[Row], studies: list[Row]) -> dict[str, bytes]:
    """Return the new files for these, by name."""
    contents = {
        ANSWERS: b"".join(encoded({**row, **UNPUBLISHED}) for row in rows),
        STUDIES: b"".join(map(encoded, studies)),
    }
    return {new_file(folder): content for folder, content in contents.items() if content}


def _message(rows: list[Row], studies: list[Row]) -> str:
    parts = ((rows, "answers"), (studies, "studies"))
    return f"Add {' and '.join(f'{len(each):,} {what}' for each, what in parts if each)}"
