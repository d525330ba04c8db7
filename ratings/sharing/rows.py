"""The answers of a database as rows, of all kinds, oldest first.

The database's own numbers and the tokens under which things were dealt never leave it.
"""

import heapq
import math
from base64 import b64encode
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, FromClause, Label, Select, Table, bindparam, func, select, update

from ratings import tables
from ratings.sharing.columns import MADE, NAMES, OTHER, PICTURE, SHOWN, STIMULUS, Kind, Row

_ROWS_AT_ONCE = 500
_MADE_BY_RESULT = frozenset(tables.results.c.keys())

TABLES: dict[Kind, Table] = {
    Kind.RATING: tables.ratings,
    Kind.VOTE: tables.votes,
    Kind.JUDGEMENT: tables.judgements,
    Kind.MARK: tables.marks,
}
"""Where the answers of each kind are."""

ANSWERED_AT = {
    Kind.RATING: "rated_at",
    Kind.VOTE: "voted_at",
    Kind.JUDGEMENT: "judged_at",
    Kind.MARK: "marked_at",
}
"""The column that tells when."""

_Query = Select[*tuple[Any, ...]]
_Labels = list[Label[Any]]


def rows(connection: Connection) -> Iterator[Row]:
    """Yield every answer, in the order of `answered_at`, then `uid`; streamed, a few at a time."""
    connection = connection.execution_options(yield_per=_ROWS_AT_ONCE)
    streams = [
        _read(connection, kind, query.order_by(_answered_at(kind), TABLES[kind].c.uid))
        for kind, query in _QUERIES.items()
    ]
    return heapq.merge(*streams, key=_place)


def unpublished(connection: Connection, most: int) -> list[Row]:
    """Return answers that the dataset has not, or not as they are now; at most so many of a kind.

    Of marks it is a fortieth: each may have a megabyte.
    """
    found: list[Row] = []
    for kind, query in _QUERIES.items():
        table, limit = TABLES[kind], most // 40 if kind is Kind.MARK else most
        found += _read(connection, kind, query.where(~table.c.published).order_by(table.c.id).limit(limit))
    return sorted(found, key=_place)


def count_unpublished(connection: Connection) -> int:
    """Return how many answers the dataset has not, or not as they are now."""
    return sum(
        connection.execute(select(func.count()).select_from(table).where(~table.c.published)).scalar_one()
        for table in TABLES.values()
    )


def mark_published(connection: Connection, sent: Sequence[Row]) -> None:
    """Say that the dataset has these answers; those that have changed meanwhile are still to be sent."""
    for kind, table in TABLES.items():
        same = (table.c.uid == bindparam("sent"), table.c.revision == bindparam("as"))
        of_kind = [{"sent": row["uid"], "as": row["revision"]} for row in sent if row["kind"] == kind]
        if of_kind:
            connection.execute(update(table).where(*same).values(published=True), of_kind)


def pictures(connection: Connection, stimuli: Collection[int]) -> dict[int, Row]:
    """Return these stimuli, each in the columns that an answer has for the picture that was judged."""
    picture = _Picture(STIMULUS)
    query = picture.joined(select(tables.stimuli.c.id, *picture.columns), tables.stimuli.c.id)
    found = connection.execute(query.where(tables.stimuli.c.id.in_(stimuli))).mappings()
    return {each["id"]: {name: _FORMS.get(name, _as_it_is)(each[name]) for name in PICTURE} for each in found}


def _place(row: Row) -> tuple[str, str]:
    return row["answered_at"], row["uid"]


def _answered_at(kind: Kind) -> Any:
    return TABLES[kind].c[ANSWERED_AT[kind]]


def _read(connection: Connection, kind: Kind, query: _Query) -> Iterator[Row]:
    for found in connection.execute(query).mappings():
        told: dict[str, Any] = {**found, "kind": str(kind)}
        yield {name: _FORMS.get(name, _as_it_is)(told.get(name)) for name in NAMES}


def _as_it_is(value: Any) -> Any:
    return value


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _words(value: str | None) -> list[str] | None:
    return None if value is None else value.split()


def _base64(value: bytes | None) -> str | None:
    return None if value is None else b64encode(value).decode()


_FORMS: dict[str, Callable[[Any], Any]] = {
    "defects": _words,
    "mask": _base64,
    **{f"{prefix}{name}": _finite for prefix in (STIMULUS, OTHER) for name in ("psnr", "ssim")},
}


def _own(kind: Kind, *names: str) -> _Labels:
    """Return the columns of the answer's own table: those that all kinds share, and `names`."""
    table = TABLES[kind]
    shared = ("uid", "revision", "rater", "licence", "flag", "reason")
    return [
        *(table.c[name].label(name) for name in (*shared, *names)),
        _answered_at(kind).label("answered_at"),
    ]


def _made(prefix: str, result: FromClause, making: FromClause) -> _Labels:
    sources = {name: result if name in _MADE_BY_RESULT else making for name in (each.name for each in MADE)}
    return [source.c[name].label(f"{prefix}{name}") for name, source in sources.items()]


class _Picture:
    """A stimulus and how it was made, under names of its own: a pair has two."""

    def __init__(self, prefix: str) -> None:
        self.stimulus, self.making, self.result = (
            table.alias(f"{prefix}{table.name}") for table in (tables.stimuli, tables.makings, tables.results)
        )
        shown = [self.stimulus.c[column.name].label(f"{prefix}{column.name}") for column in SHOWN]
        self.columns = [*_made(prefix, self.result, self.making), *shown]

    def joined(self, query: _Query, reference: Any, *, outer: bool = False) -> _Query:
        """Return `query` joined with the picture whose stimulus `reference` names."""
        return (
            query.join(self.stimulus, self.stimulus.c.id == reference, isouter=outer)
            .join(self.making, self.making.c.id == self.stimulus.c.making_id, isouter=outer)
            .join(self.result, self.result.c.id == self.making.c.result_id, isouter=outer)
        )


def _ratings() -> _Query:
    made = _made(STIMULUS, tables.results, tables.makings)
    own = _own(Kind.RATING, "grade", "defects", "comment", "current")
    return (
        select(*own, tables.results.c.task, *made)
        .join(tables.makings, tables.makings.c.id == tables.ratings.c.making_id)
        .join(tables.results, tables.results.c.id == tables.ratings.c.result_id)
    )


def _votes() -> _Query:
    left, right = _Picture(STIMULUS), _Picture(OTHER)
    own = _own(Kind.VOTE, "task", "choice", "response_ms", "viewing", "withdrawn_at")
    query = select(*own, *left.columns, *right.columns).join(
        tables.deals, tables.deals.c.id == tables.votes.c.deal_id
    )
    return right.joined(left.joined(query, tables.deals.c.left_id), tables.deals.c.right_id)


def _judgements() -> _Query:
    first, second = _Picture(STIMULUS), _Picture(OTHER)
    own = _own(Kind.JUDGEMENT, "grade", "choice", "response_ms", "viewing", "trial")
    sitting, study = tables.sittings, tables.studies
    seat = [
        sitting.c[name].label(f"sitting_{name}") for name in ("uid", "row", "pilot", "checks", "started_at")
    ]
    asked = [study.c[name].label(f"study_{name}") for name in ("uid", "title", "method")]
    more = [tables.judgements.c.kind.label("trial_kind"), study.c.task, sitting.c.participant]
    query = (
        select(*own, *more, *seat, *asked, *first.columns, *second.columns)
        .join(sitting, sitting.c.id == tables.judgements.c.sitting_id)
        .join(study, study.c.id == sitting.c.study_id)
    )
    query = first.joined(query, tables.judgements.c.stimulus_id)
    return second.joined(query, tables.judgements.c.other_id, outer=True)


def _marks() -> _Query:
    picture = _Picture(STIMULUS)
    own = _own(
        Kind.MARK,
        "image_sha256",
        "image_name",
        "label",
        "tool",
        "mask",
        "mask_sha256",
        "share",
        "withdrawn_at",
    )
    size = [tables.marks.c[name].label(f"image_{name}") for name in ("width", "height")]
    query = select(*own, *size, picture.stimulus.c.task, *picture.columns)
    return picture.joined(query, tables.marks.c.stimulus_id, outer=True)


_QUERIES: dict[Kind, _Query] = {
    Kind.RATING: _ratings(),
    Kind.VOTE: _votes(),
    Kind.JUDGEMENT: _judgements(),
    Kind.MARK: _marks(),
}
