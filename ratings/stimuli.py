"""What can be put before people to be judged: results as the very pictures that are shown.

A stimulus is a lossless PNG of a result that this server made, with nothing in it but pixels. The picture
itself lies in the page's folder under its hash; here stands what it is. An own photo's stimuli belong to its
owner, and are dealt to nobody else.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, or_, select, update

from ratings.database import Database
from ratings.errors import UnknownResultError
from ratings.identified import contestant_id, find, make
from ratings.records import Contestant, Value
from ratings.rows import ago, now
from ratings.tables import contestants, makings, marks, ratings, results, stimuli
from ratings.tombstones import require_not_forgotten


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture as it is shown, before it is kept as a stimulus.

    `making` is the token under which the result is remembered. `sha256` is that of the PNG, `original_sha256`
    that of the PNG of its input; None where an image was made from nothing. `width` and `height` are in
    pixels. `psnr` (dB) and `ssim` are against a clean reference, None where there is none. `owner` is the
    pseudonym of the person whose own photo it is, None for the gallery's; `consent` tells that the person
    agreed to its being kept. `dealt` tells that the Arena may deal it.
    """

    making: str
    sha256: str
    original_sha256: str | None
    width: int
    height: int
    psnr: float | None = None
    ssim: float | None = None
    owner: str | None = None
    consent: bool = False
    dealt: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Stimulus:
    """A picture that can be judged, made with `settings`; see `Shown`.

    `id` and `contestant_id` are this database's own.
    """

    id: int
    contestant_id: int
    contestant: Contestant
    settings: Mapping[str, Value]
    input_sha256: str
    input_name: str | None
    shown_sha256: str
    original_sha256: str | None
    width: int
    height: int
    psnr: float | None
    ssim: float | None
    owner: str | None
    consent: bool

    @property
    def task(self) -> str:
        """Return what its model does."""
        return self.contestant.task


class Stimuli:
    """The stimuli of a database; every thread may use it. Methods raise StoreError as `Store`'s do."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, shown: Shown) -> Stimulus:
        """Keep a stimulus, or find the one that is kept already for the same result, picture and owner.

        What is found is dealt again if it was retired, unless it is not to be `dealt`, and kept as its owner
        agreed last; the second making of it is not remembered.

        Raises UnknownResultError: no result was remembered under `shown.making`. ForgottenError: the owner
        asked to be forgotten.
        """
        with self._database.writing() as connection:
            require_not_forgotten(connection, shown.owner)
            making = connection.execute(_MAKING.where(makings.c.token == shown.making)).one_or_none()
            if making is None:
                raise UnknownResultError
            return _find(connection, _add(connection, shown, making))

    def of_task(self, task: str, *, owner: str | None = None) -> tuple[Stimulus, ...]:
        """Return what can be dealt of `task`: the gallery's, or the own photos of `owner`; oldest first."""
        owned = stimuli.c.owner.is_(None) if owner is None else stimuli.c.owner == owner
        query = STIMULUS.where(stimuli.c.task == task, owned, ~stimuli.c.retired).order_by(stimuli.c.id)
        with self._database.reading() as connection:
            return tuple(map(to_stimulus, connection.execute(query)))

    def public(self, task: str) -> tuple[Stimulus, ...]:
        """Return all of `task` that is nobody's own photo, also what is never dealt; oldest first."""
        query = STIMULUS.where(stimuli.c.task == task, stimuli.c.owner.is_(None)).order_by(stimuli.c.id)
        with self._database.reading() as connection:
            return tuple(map(to_stimulus, connection.execute(query)))

    def input_names(self, task: str) -> tuple[str, ...]:
        """Return what the stimuli of `task` were made from, by name, in alphabetical order; no own photos."""
        named = (stimuli.c.task == task, stimuli.c.owner.is_(None), stimuli.c.input_name.is_not(None))
        with self._database.reading() as connection:
            return tuple(sorted(connection.scalars(select(stimuli.c.input_name).where(*named).distinct())))

    def is_public(self, sha256: str) -> bool:
        """Tell whether a picture, by its hash, is a stimulus or its original, and nobody's own photo."""
        same = or_(stimuli.c.shown_sha256 == sha256, stimuli.c.original_sha256 == sha256)
        query = select(stimuli.c.id).where(same, stimuli.c.owner.is_(None)).limit(1)
        with self._database.reading() as connection:
            return connection.execute(query).first() is not None

    def get(self, identifiers: Sequence[int]) -> dict[int, Stimulus]:
        """Return the stimuli with these ids; those that do not exist are missing."""
        query = STIMULUS.where(stimuli.c.id.in_(identifiers))
        with self._database.reading() as connection:
            return {row.id: to_stimulus(row) for row in connection.execute(query)}

    def restored_openly(self, input_sha256: str) -> bool:
        """Tell whether a result of this input was ever shown with its model's name, not as a stimulus."""
        blind = select(stimuli.c.making_id)
        query = (
            select(makings.c.id)
            .join(results, results.c.id == makings.c.result_id)
            .where(results.c.input_sha256 == input_sha256, makings.c.id.not_in(blind))
            .limit(1)
        )
        with self._database.reading() as connection:
            return connection.execute(query).first() is not None

    def expire_own(self, older_than: timedelta, drop_file: Callable[[str], object]) -> tuple[str, ...]:
        """Retire own photos' stimuli that nobody agreed to keep; return the pictures nobody needs any more.

        They are named by their SHA-256. What was answered stays, with its hashes. `drop_file` is called with
        each before the transaction ends: who adds such a picture again does so after that.
        """
        old = (stimuli.c.owner.is_not(None), ~stimuli.c.consent, stimuli.c.made_at < ago(older_than))
        with self._database.writing() as connection:
            retired = connection.execute(
                update(stimuli)
                .where(*old, ~stimuli.c.retired)
                .values(retired=True)
                .returning(stimuli.c.shown_sha256, stimuli.c.original_sha256)
            )
            pictures = {sha256 for row in retired for sha256 in row if sha256}
            needed = {sha256 for row in connection.execute(_NEEDED) for sha256 in row}
            needed |= set(connection.scalars(_GIVEN))
            unneeded = tuple(sorted(pictures - needed))
            for sha256 in unneeded:
                drop_file(sha256)
        return unneeded

    def retire(self, identifiers: Sequence[int]) -> None:
        """Deal these no more: their model or picture is gone. What was answered stays."""
        with self._database.writing() as connection:
            connection.execute(update(stimuli).where(stimuli.c.id.in_(identifiers)).values(retired=True))


_MAKING = select(
    makings.c.id,
    makings.c.input_name,
    results.c.identity,
    results.c.task,
    results.c.model,
    results.c.version,
    results.c.weights_sha256,
    results.c.input_sha256,
).join(results, results.c.id == makings.c.result_id)

_NEEDED = select(stimuli.c.shown_sha256, stimuli.c.original_sha256).where(~stimuli.c.retired)
_GIVEN = select(marks.c.image_sha256).where(marks.c.consent, marks.c.withdrawn_at.is_(None))

STIMULUS = (
    select(
        stimuli,
        contestants.c.model,
        contestants.c.version,
        contestants.c.weights_sha256,
        results.c.settings,
    )
    .join(contestants, contestants.c.id == stimuli.c.contestant_id)
    .join(makings, makings.c.id == stimuli.c.making_id)
    .join(results, results.c.id == makings.c.result_id)
)


def to_stimulus(row: Row[*tuple[Any, ...]]) -> Stimulus:
    """Return the stimulus in a row of its columns and its contestant's."""
    return Stimulus(
        id=row.id,
        contestant_id=row.contestant_id,
        contestant=Contestant(row.task, row.model, row.version, row.weights_sha256),
        settings=json.loads(row.settings),
        input_sha256=row.input_sha256,
        input_name=row.input_name,
        shown_sha256=row.shown_sha256,
        original_sha256=row.original_sha256,
        width=row.width,
        height=row.height,
        psnr=row.psnr,
        ssim=row.ssim,
        owner=row.owner,
        consent=row.consent,
    )


def _add(connection: Connection, shown: Shown, making: Row[*tuple[Any, ...]]) -> int:
    key = stimulus_identity(making.identity, shown.sha256, shown.original_sha256, shown.owner)
    found = find(connection, stimuli, key)
    if found is not None:
        _revive(connection, found, shown)
        _drop_making(connection, making.id)
        return found
    contestant = Contestant(making.task, making.model, making.version, making.weights_sha256)
    values = {
        "identity": key,
        "making_id": making.id,
        "contestant_id": contestant_id(connection, contestant),
        "task": making.task,
        "input_sha256": making.input_sha256,
        "input_name": making.input_name,
        "shown_sha256": shown.sha256,
        "original_sha256": shown.original_sha256,
        "width": shown.width,
        "height": shown.height,
        "psnr": shown.psnr,
        "ssim": shown.ssim,
        "owner": shown.owner,
        "consent": shown.consent,
        "retired": not shown.dealt,
        "made_at": now(),
    }
    return make(connection, stimuli, values)


def stimulus_identity(result: str, shown: str, original: str | None, owner: str | None) -> str:
    """Return the hash that equal stimuli share: the same result's identity, pictures and owner."""
    return sha256(repr((result, shown, original, owner)).encode()).hexdigest()


def _revive(connection: Connection, stimulus: int, shown: Shown) -> None:
    """Deal a stimulus again, be it retired or from a file: its picture is here now, and kept anew."""
    old = or_(stimuli.c.retired, stimuli.c.owner.is_not(None))
    again = update(stimuli).where(stimuli.c.id == stimulus, old)
    connection.execute(again.values(retired=not shown.dealt, consent=shown.consent, made_at=now()))


def _drop_making(connection: Connection, making: int) -> None:
    """Forget that a stimulus was made once more: nobody saw it, and it would pass for a named result."""
    used = exists().where(stimuli.c.making_id == makings.c.id) | exists().where(
        ratings.c.making_id == makings.c.id
    )
    connection.execute(delete(makings).where(makings.c.id == making, ~used))


def _find(connection: Connection, identifier: int) -> Stimulus:
    return to_stimulus(connection.execute(STIMULUS.where(stimuli.c.id == identifier)).one())
