"""The studies of a database as lines of a file: what was asked of whom, whatever was answered."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, select, update

from ratings.sharing.columns import Row
from ratings.sharing.rows import pictures
from ratings.sharing.study_columns import DESIGN, PARTS, STIMULI
from ratings.studies.design import Design, State, read_design
from ratings.tables import studies

_KNOWN = studies.c.revision > 0
_WAITING = (_KNOWN, studies.c.state != State.DRAFT, ~studies.c.published)


def study_rows(connection: Connection) -> Iterator[Row]:
    """Yield every study whole, in the order of `made_at`, then `uid`; not those known by answers alone."""
    yield from _read(connection, select(studies).where(_KNOWN), public=False)


def unpublished_studies(connection: Connection) -> list[Row]:
    """Return the studies that the dataset has not as they are now, as everybody may read them; no drafts."""
    return list(_read(connection, select(studies).where(*_WAITING), public=True))


def count_unpublished_studies(connection: Connection) -> int:
    """Return how many studies the dataset has not, or not as they are now."""
    return connection.execute(select(func.count()).select_from(studies).where(*_WAITING)).scalar_one()


def mark_studies_published(connection: Connection, sent: Sequence[Row]) -> None:
    """Say that the dataset has these; those that have changed meanwhile are still to be sent."""
    for row in sent:
        same = (studies.c.uid == row["uid"], studies.c.revision == row["revision"])
        connection.execute(update(studies).where(*same).values(published=True))


def _read(connection: Connection, query: Select[*tuple[Any, ...]], *, public: bool) -> Iterator[Row]:
    for found in connection.execute(query.order_by(studies.c.made_at, studies.c.uid)).mappings().all():
        design = read_design(found[DESIGN])
        if public:
            design = design.as_published(State(found["state"]))
        known = pictures(connection, design.shown)
        yield {
            **{part.name: found[part.name] for part in PARTS},
            DESIGN: _told(design.renumbered({each: place for place, each in enumerate(design.shown)})),
            STIMULI: [known[each] for each in design.shown],
        }


def _told(design: Design) -> dict[str, Any]:
    """Return a design as JSON has it, the same at every call."""
    return {**design.model_dump(mode="json"), "checks": sorted(design.checks)}
