"""Where marks are kept: one current mark of each person for each label on each picture.

A mark is stored in one transaction with the end of the one it replaces, and is on the disk before it is
acknowledged. What was replaced or taken back stays as history.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, insert, select, update

from ratings.arena.suspicion import crowded
from ratings.database import Database
from ratings.errors import TooManyError, UnknownMarkError
from ratings.marks.check import Checked, check
from ratings.marks.records import Mark, Painted, Photo
from ratings.marks.rows import CHANGED, COUNTS, CURRENT, KEY, MARK, AnyRow, to_mark, values_of
from ratings.records import Flag
from ratings.rows import now
from ratings.tables import marks, results, stimuli
from ratings.tombstones import require_not_forgotten

FLAGGED_A_MINUTE = 40
"""More marks of one browser within a minute are stored and flagged."""

REFUSED_A_MINUTE = 120
"""Still more are refused: each may take a megabyte."""

_ROWS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class State:
    """What tells whether the marks on a result have changed: equal states, equal marks.

    Rows are only added (`newest` rises), deleted (`rows` falls) or changed (`revisions` rises). `raters` are
    those whose marks count.
    """

    rows: int
    newest: int
    revisions: int
    raters: int


class Marks:
    """The marks of a database; every thread may use it. Methods raise StoreError as `Store`'s do."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def on_result(
        self, stimulus_id: int, painted: Painted, rater: str | None, *, accepted_licence: object
    ) -> Mark:
        """Keep what was `painted` on a stimulus; it takes the place of the rater's last with that label.

        Without a rater each mark is kept, flagged "api".

        Raises UnknownMarkError: no such stimulus, or one of somebody else's photo. BadMarkError,
        BadRatingError: a part that cannot be stored as it is. TooManyError. ForgottenError: the rater asked
        to be forgotten.
        """
        with self._database.reading() as connection:
            found = _stimulus(connection, stimulus_id, rater)
        size = (found.width, found.height)
        checked = check(painted, size, found.task, rater, accepted_licence)
        picture = {
            "stimulus_id": found.id,
            "image_sha256": found.shown_sha256,
            "image_name": found.input_name,
            "width": found.width,
            "height": found.height,
            "consent": found.consent,
        }
        return self._keep(picture, checked)

    def on_photo(
        self, photo: Photo, painted: Painted, rater: str | None, *, accepted_licence: object
    ) -> Mark:
        """Keep what was `painted` on a photo; see `on_result`."""
        checked = check(painted, (photo.width, photo.height), None, rater, accepted_licence)
        picture = {
            "stimulus_id": None,
            "image_sha256": photo.sha256,
            "image_name": photo.name,
            "width": photo.width,
            "height": photo.height,
            "consent": photo.consent and photo.name is None,
        }
        return self._keep(picture, checked)

    def withdraw(self, uid: str, rater: str) -> Mark:
        """Take back a mark of `rater` and return it; it stays as history and counts no more.

        Raises UnknownMarkError: there is none, it counts no more, or it is somebody else's.
        """
        with self._database.writing() as connection:
            return _take_back(connection, _own(connection, uid, rater))

    def undo(self, uid: str, rater: str) -> Mark:
        """Take back a mark of `rater` and return it, and let the one that it had replaced count again.

        Raises UnknownMarkError: as `withdraw`.
        """
        with self._database.writing() as connection:
            mark = _own(connection, uid, rater)
            taken = _take_back(connection, mark)
            replaced = and_(_same_place(mark, rater), marks.c.withdrawn_at == mark.marked_at)
            connection.execute(update(marks).where(replaced).values(withdrawn_at=None, **CHANGED))
            return taken

    def mine(self, stimulus_id: int | None, image_sha256: str, rater: str) -> tuple[Mark, ...]:
        """Return the marks of `rater` on a picture that were neither replaced nor taken back."""
        query = MARK.where(
            marks.c.rater == rater, marks.c.image_sha256 == image_sha256, marks.c.withdrawn_at.is_(None)
        )
        same = marks.c.stimulus_id.is_(None) if stimulus_id is None else marks.c.stimulus_id == stimulus_id
        with self._database.reading() as connection:
            return tuple(map(to_mark, connection.execute(query.where(same).order_by(marks.c.id))))

    def needs(self, image_sha256: str) -> bool:
        """Tell whether a picture must be kept: given with a mark that counts, or shown with a result."""
        given = select(1).where(marks.c.image_sha256 == image_sha256, marks.c.consent, CURRENT)
        shown = (stimuli.c.original_sha256 == image_sha256) | (stimuli.c.shown_sha256 == image_sha256)
        with self._database.reading() as connection:
            return any(
                connection.execute(query.limit(1)).first() for query in (given, select(1).where(shown))
            )

    def state(self, stimulus_id: int) -> State:
        """Return the state of the marks on a stimulus, without reading a mask."""
        columns = (
            func.count(),
            func.coalesce(func.max(marks.c.id), 0),
            func.coalesce(func.sum(marks.c.revision), 0),
            func.count(case((COUNTS, marks.c.rater)).distinct()),
        )
        query = select(*columns).where(marks.c.stimulus_id == stimulus_id)
        with self._database.reading() as connection:
            return State(*connection.execute(query).one())

    def raters(self, task: str) -> Mapping[int, int]:
        """Return how many people's marks count on each stimulus of `task`; those without any are missing."""
        query = (
            select(marks.c.stimulus_id, func.count(marks.c.rater.distinct()).label("people"))
            .join(stimuli, stimuli.c.id == marks.c.stimulus_id)
            .where(stimuli.c.task == task, COUNTS)
            .group_by(marks.c.stimulus_id)
        )
        with self._database.reading() as connection:
            return {row.stimulus_id: row.people for row in connection.execute(query)}

    def labels(self, task: str) -> Mapping[int, Mapping[str, int]]:
        """Return how many people's marks count by stimulus of `task` and label, most often marked first."""
        people = func.count(marks.c.rater.distinct()).label("people")
        query = (
            select(marks.c.stimulus_id, marks.c.label, people)
            .join(stimuli, stimuli.c.id == marks.c.stimulus_id)
            .where(stimuli.c.task == task, COUNTS)
            .group_by(marks.c.stimulus_id, marks.c.label)
            .order_by(people.desc(), marks.c.label)
        )
        found: dict[int, dict[str, int]] = {}
        with self._database.reading() as connection:
            for row in connection.execute(query):
                found.setdefault(row.stimulus_id, {})[row.label] = row.people
        return found

    def marked_by(self, rater: str) -> frozenset[tuple[int | None, str]]:
        """Return the pictures (see `Mark.picture`) that `rater` has marked."""
        query = select(marks.c.stimulus_id, marks.c.image_sha256).where(
            marks.c.rater == rater, marks.c.withdrawn_at.is_(None)
        )
        with self._database.reading() as connection:
            return frozenset((row.stimulus_id, row.image_sha256) for row in connection.execute(query))

    def counted(
        self,
        *,
        task: str | None = None,
        model: str | None = None,
        label: str | None = None,
        stimulus_id: int | None = None,
    ) -> Iterator[Mark]:
        """Yield the marks that count, picture by picture, and in each rater by rater, oldest first.

        Each argument that is given leaves out what is not of it. Marks are streamed, and show the database
        as it was when the first one was read.
        """
        wanted = {
            results.c.task: task,
            results.c.model: model,
            marks.c.label: label,
            marks.c.stimulus_id: stimulus_id,
        }
        query = MARK.where(
            COUNTS, *(column == value for column, value in wanted.items() if value is not None)
        )
        order = (marks.c.stimulus_id, marks.c.image_sha256, marks.c.rater, marks.c.id)
        with self._database.reading() as connection:
            streaming = connection.execution_options(yield_per=_ROWS_AT_ONCE)
            yield from map(to_mark, streaming.execute(query.order_by(*order)))

    def _keep(self, picture: Mapping[str, Any], checked: Checked) -> Mark:
        with self._database.writing() as connection:
            require_not_forgotten(connection, checked.rater)
            if crowded(connection, marks.c.marked_at, checked.rater, REFUSED_A_MINUTE):
                raise TooManyError
            flag, reason = _suspicion(connection, checked.rater)
            marked_at = now()
            row = {**picture, **values_of(checked), "marked_at": marked_at, "flag": flag, "reason": reason}
            added = connection.execute(insert(marks).values(row).returning(*KEY)).one()
            if checked.rater is not None:
                earlier = and_(_same_place(added, checked.rater), marks.c.id < added.id, CURRENT)
                connection.execute(update(marks).where(earlier).values(withdrawn_at=marked_at, **CHANGED))
            return to_mark(connection.execute(MARK.where(marks.c.id == added.id)).one())


def _stimulus(connection: Connection, identifier: int, rater: str | None) -> AnyRow:
    query = select(stimuli).where(stimuli.c.id == identifier)
    found = connection.execute(query).one_or_none()
    if found is None or found.owner not in (None, rater):
        raise UnknownMarkError
    return found


def _suspicion(connection: Connection, rater: str | None) -> tuple[Flag | None, str]:
    if rater is None:
        return Flag.API, "It came without a browser's token."
    if crowded(connection, marks.c.marked_at, rater, FLAGGED_A_MINUTE):
        return Flag.TOO_MANY, f"More than {FLAGGED_A_MINUTE} marks of one browser within a minute."
    return None, ""


def _own(connection: Connection, uid: object, rater: str) -> AnyRow:
    """Return the key of a mark of `rater` that was not taken back."""
    if not isinstance(uid, str) or len(uid) > 32 or not uid.isascii() or "\0" in uid:
        raise UnknownMarkError
    query = select(*KEY).where(marks.c.uid == uid, marks.c.rater == rater, CURRENT)
    found = connection.execute(query.with_for_update()).one_or_none()
    if found is None:
        raise UnknownMarkError
    return found


def _take_back(connection: Connection, mark: AnyRow) -> Mark:
    connection.execute(update(marks).where(marks.c.id == mark.id).values(withdrawn_at=now(), **CHANGED))
    return to_mark(connection.execute(MARK.where(marks.c.id == mark.id)).one())


def _same_place(mark: AnyRow, rater: str) -> ColumnElement[bool]:
    """Return what is true of all marks of `rater` with the label and on the picture of `mark`."""
    stimulus = marks.c.stimulus_id
    same = stimulus.is_(None) if mark.stimulus_id is None else stimulus == mark.stimulus_id
    return and_(
        same,
        marks.c.image_sha256 == mark.image_sha256,
        marks.c.rater == rater,
        marks.c.label == mark.label,
        marks.c.id != mark.id,
    )
