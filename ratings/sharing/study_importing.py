"""A file of studies → the database: with their plans, and nobody can take part in them.

Their links are not in the file, nor their pictures: what people could begin comes closed, a draft as a draft.
"""

import secrets
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from ratings.database import Database
from ratings.errors import UnreadableError
from ratings.sharing import json_lines
from ratings.sharing.columns import STIMULUS, Row
from ratings.sharing.importing import Outcome, Taken, Tell, locked, sound
from ratings.sharing.placing import Places
from ratings.sharing.study_columns import DESIGN, PARTS, STIMULI, check_study
from ratings.sharing.study_rows import mark_studies_published
from ratings.store import TOKEN_BYTES
from ratings.studies.design import Design, State
from ratings.tables import studies


def import_studies(database: Database, file: Path, tell: Tell, *, published: bool = False) -> Taken:
    """Take in the studies of `file`, each in one transaction; `tell` gets a sentence for each broken line.

    `published` says that they come from the dataset, and need not be sent there.

    Raises UnreadableError: the file cannot be read. StoreError. Studies that were taken in before stay.
    """
    taken = Taken()
    try:
        for line in json_lines.read(file):
            study = sound(line, check_study, tell)
            if study is None:
                taken += Taken(broken=1)
                continue
            with database.writing() as connection:
                outcome = _take(connection, study, published=published)
            taken += Taken(**{outcome: 1})
    except OSError as error:
        raise UnreadableError(f"'{file}' cannot be read: {error.strerror or error}.") from error
    return taken


def _take(connection: Connection, study: Row, *, published: bool) -> Outcome:
    locked(connection)
    found = connection.execute(select(studies).where(studies.c.uid == study["uid"])).one_or_none()
    if found is not None and found.revision >= study["revision"]:
        if published:
            mark_studies_published(connection, [study])
        return "known"
    values = {**_values(connection, study), "published": published}
    if found is None:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        connection.execute(insert(studies).values(**values, token=token))
        return "added"
    if found.revision and study[DESIGN].withheld:  # what is here tells more
        del values[DESIGN]
    connection.execute(update(studies).where(studies.c.id == found.id).values(values))
    return "replaced" if found.revision else "added"


def _values(connection: Connection, study: Row) -> dict[str, Any]:
    """Return the study as its table has it, its pictures' records made where they are not here."""
    places = Places(connection)
    shown = [
        places.stimulus({**picture, "task": study["task"], "rater": None}, STIMULUS)[0]
        for picture in study[STIMULI]
    ]
    design: Design = study[DESIGN].renumbered(dict(enumerate(shown)))
    plain = {part.name: study[part.name] for part in PARTS}
    state = State.DRAFT if study["state"] == State.DRAFT else State.CLOSED
    return {**plain, "state": state, DESIGN: design.model_dump_json()}
