"""A file of rows → the database: what is broken is named, the rest is taken in, twice changes nothing.

Rows are taken in by batches, each in one transaction, so that a kill leaves whole batches and the import can
be repeated; and so that people who answer meanwhile never wait for long.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Literal, get_args

from sqlalchemy import Connection, func, select

from ratings.database import Database
from ratings.errors import BadRowError, UnreadableError
from ratings.sharing.checking import check_row
from ratings.sharing.columns import Kind, Row
from ratings.sharing.formats import FORMATS
from ratings.sharing.keeping import add, replace
from ratings.sharing.line import Line
from ratings.sharing.placing import Places
from ratings.sharing.rows import TABLES, mark_published
from ratings.tables import forgotten

AT_ONCE = 50
"""Rows in a transaction; SQLite lets nobody else write meanwhile."""

_IMPORT_LOCK = 0x706174696E62
"""Any number will do that no other program in the database takes."""

Outcome = Literal["added", "replaced", "known", "forgotten", "broken"]
_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True, slots=True)
class Taken:
    """How many rows were new, took the place of an older revision, or were here already as new or newer.

    `forgotten` were left out since their rater asked for it, `broken` since they are no answers.
    """

    added: int = 0
    replaced: int = 0
    known: int = 0
    forgotten: int = 0
    broken: int = 0

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Taken)))


Tell = Callable[[str], object]


def import_file(database: Database, file: Path, tell: Tell, *, published: bool = False) -> Taken:
    """Take in the rows of `file` (.csv, .jsonl or .parquet); `tell` gets a sentence for each broken line.

    `published` says that they come from the dataset, and need not be sent there.

    Raises UnreadableError: another suffix, or a file that is not of that form. StoreError. Batches that were
    taken in before stay.
    """
    form = FORMATS.get(file.suffix.lower())
    if form is None:
        raise UnreadableError(f"An import ends in {', '.join(FORMATS)}; got '{file.name}'.")
    try:
        return take_in(database, form.read(file), tell, published=published)
    except OSError as error:
        raise UnreadableError(f"'{file}' cannot be read: {error.strerror or error}.") from error


def take_in(database: Database, lines: Iterable[Line], tell: Tell, *, published: bool = False) -> Taken:
    """Take in `lines`; see `import_file`."""
    taken = Taken()
    for batch in _batches(lines):
        good = [(line, row) for line in batch if (row := sound(line, check_row, tell)) is not None]
        # What is told of a batch is told when it is on the disk.
        faults: list[str] = []
        with database.writing() as connection:
            outcomes = _take(connection, good, faults.append, published=published)
        for fault in faults:
            tell(fault)
        taken += Taken(**{outcome: outcomes.count(outcome) for outcome in _OUTCOMES})
        taken += Taken(broken=len(batch) - len(good))
    return taken


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    iterator = iter(lines)
    while batch := list(islice(iterator, AT_ONCE)):
        yield batch


def sound(line: Line, check: Callable[[Mapping[str, object]], Row], tell: Tell) -> Row | None:
    """Return what a line says, once checked; None if something is wrong with it, which `tell` gets."""
    if line.told is None:
        tell(f"Line {line.number:,}: {line.fault}.")
        return None
    try:
        return check(line.told)
    except BadRowError as error:
        tell(f"Line {line.number:,}: {error}.")
        return None


def _take(
    connection: Connection, rows: Sequence[tuple[Line, Row]], tell: Tell, *, published: bool
) -> list[Outcome]:
    """Take in the rows of one batch; return what became of each."""
    locked(connection)
    gone, known, places = _forgotten(connection, rows), _known(connection, rows), Places(connection)
    outcomes: list[Outcome] = []
    for line, row in rows:
        uid, revision = row["uid"], known.get(row["uid"])
        outcome: Outcome = "added"
        try:
            if row["rater"] in gone:
                outcome = "forgotten"
            elif revision is None:
                add(connection, places, row, published=published)
            elif row["revision"] > revision:
                outcome = "replaced"
                replace(connection, places, row, published=published)
            else:
                outcome = "known"
                if published:
                    mark_published(connection, [row])
        except BadRowError as error:
            tell(f"Line {line.number:,}: {error}.")
            outcome = "broken"
        if outcome in ("added", "replaced"):
            known[uid] = row["revision"]
        outcomes.append(outcome)
    places.settle()
    return outcomes


def locked(connection: Connection) -> None:
    """Wait for other imports: two at once would make the same result twice."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_IMPORT_LOCK)))


def _known(connection: Connection, rows: Sequence[tuple[Line, Row]]) -> dict[str, int]:
    """Return the revisions of those answers that are here, by uid."""
    known: dict[str, int] = {}
    for kind in Kind:
        uids = [row["uid"] for _, row in rows if row["kind"] == kind]
        if uids:
            table = TABLES[kind]
            query = select(table.c.uid, table.c.revision).where(table.c.uid.in_(uids))
            known |= dict(map(tuple, connection.execute(query)))
    return known


def _forgotten(connection: Connection, rows: Sequence[tuple[Line, Row]]) -> frozenset[str]:
    raters = {row["rater"] for _, row in rows if row["rater"] is not None}
    return frozenset(connection.scalars(select(forgotten.c.rater).where(forgotten.c.rater.in_(raters))))
