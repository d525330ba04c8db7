"""The studies of a database: made, tried out, opened, closed, looked at."""

import secrets
from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from ratings.database import Database
from ratings.errors import BadStudyError, NoSuchStudyError, UnknownStudyError
from ratings.rows import new_uid, now
from ratings.stimuli import Stimuli
from ratings.studies.design import Design, State, read_design
from ratings.studies.records import Participant, Progress, Study
from ratings.tables import judgements, sittings, studies

LONGEST_TITLE = 200
_TOKEN_BYTES = 16

WITHHELD = (
    "The gold and trap items of this study were left out where it comes from: nobody can take part in it."
)

ONWARD = {
    State.DRAFT: {State.PILOT, State.OPEN, State.CLOSED},
    State.PILOT: {State.DRAFT, State.OPEN, State.CLOSED},
    State.OPEN: {State.CLOSED},
    State.CLOSED: {State.OPEN},
}
"""Once people answer in earnest, a study is never tried out again."""

PUBLIC = frozenset({State.CLOSED})
"""The states in which anybody may see what has come of a study: who still takes part must not."""

BEGUN = frozenset({State.OPEN, State.CLOSED})
"""The states in which answers count: their results are the administrator's to see."""


class Studies:
    """Makes and keeps studies; every thread may use it. Methods raise StoreError as `Store`'s do."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, title: str, task: str, design: Design) -> Study:
        """Keep a new study, as a draft.

        Raises BadStudyError: no title, or stimuli that are not there, not of `task`, or somebody's own photo.
        """
        if not title.strip() or len(title) > LONGEST_TITLE:
            raise BadStudyError(f"A study has a title of 1 to {LONGEST_TITLE} characters.")
        found = Stimuli(self._database).get(sorted(design.stimuli))
        if design.withheld:
            raise BadStudyError(WITHHELD)
        unfit = [
            each
            for each in design.stimuli
            if each not in found or found[each].task != task or found[each].owner is not None
        ]
        if unfit:
            raise BadStudyError(
                f"These are no stimuli of '{task}' here: {', '.join(map(str, sorted(unfit)))}."
            )
        study = Study(
            uid=new_uid(),
            token=secrets.token_urlsafe(_TOKEN_BYTES),
            title=title.strip(),
            task=task,
            state=State.DRAFT,
            design=design,
            made_at=datetime.fromisoformat(now()),
        )
        with self._database.writing() as connection:
            connection.execute(
                insert(studies).values(
                    uid=study.uid,
                    token=study.token,
                    title=study.title,
                    task=task,
                    method=design.method,
                    state=study.state,
                    design=design.model_dump_json(),
                    made_at=now(),
                    changed_at=now(),
                )
            )
        return study

    def all(self) -> tuple[Study, ...]:
        """Return every study, the newest first."""
        with self._database.reading() as connection:
            return tuple(
                to_study(row) for row in connection.execute(select(studies).order_by(studies.c.id.desc()))
            )

    def public(self, task: str) -> tuple[Study, ...]:
        """Return the studies of `task` whose results anybody may see, the newest first."""
        return self._in(task, PUBLIC)

    def named(self, task: str, name: object, *, states: frozenset[State] = PUBLIC) -> Study:
        """Return the study of `task`, in one of `states`, whose uid is, or begins with, `name`.

        Raises NoSuchStudyError: there is none, or there are several.
        """
        known = self._in(task, states)
        found = [each for each in known if isinstance(name, str) and name and each.uid.startswith(name)]
        if len(found) != 1:
            raise NoSuchStudyError(
                name, task, sorted(states), [f"{each.uid[:8]} ({each.title})" for each in known]
            )
        return found[0]

    def _in(self, task: str, states: frozenset[State]) -> tuple[Study, ...]:
        return tuple(each for each in self.all() if each.task == task and each.state in states)

    def get(self, uid: str) -> Study:
        """Return the study with that uid; raises UnknownStudyError."""
        with self._database.reading() as connection:
            row = connection.execute(select(studies).where(studies.c.uid == uid)).one_or_none()
        if row is None:
            raise UnknownStudyError
        return to_study(row)

    def change(self, uid: str, state: State) -> Study:
        """Put a study into another state.

        Raises UnknownStudyError; BadStudyError: no way leads there.
        """
        study = self.get(uid)
        if state not in ONWARD[study.state]:
            raise BadStudyError(f"A study that is {study.state} cannot become {state}.")
        if study.design.withheld and state is not State.CLOSED:
            raise BadStudyError(WITHHELD)
        changed = {
            "state": state,
            "changed_at": now(),
            "revision": studies.c.revision + 1,
            "published": False,
        }
        with self._database.writing() as connection:
            connection.execute(update(studies).where(studies.c.uid == uid).values(changed))
        return self.get(uid)

    def progress(self, uid: str) -> Progress:
        """Return how far a study is; raises UnknownStudyError."""
        study = self.get(uid)
        with self._database.reading() as connection:
            mine = connection.execute(
                select(sittings.c.state, func.count())
                .join(studies, studies.c.id == sittings.c.study_id)
                .where(studies.c.uid == uid)
                .group_by(sittings.c.state)
            )
            states = Counter({row[0]: row[1] for row in mine})
            flags = connection.execute(
                select(judgements.c.flag, func.count())
                .join(sittings, sittings.c.id == judgements.c.sitting_id)
                .join(studies, studies.c.id == sittings.c.study_id)
                .where(studies.c.uid == uid)
                .group_by(judgements.c.flag)
            )
            answers = {row[0] or "": row[1] for row in flags}
        return Progress(sittings=states, quota=study.design.quota, answers=answers)

    def participants(self, uid: str) -> tuple[Participant, ...]:
        """Return who took part, the first first."""
        columns = [
            sittings.c[name]
            for name in ("uid", "participant", "state", "flag", "reason", "started_at", "finished_at")
        ]
        query = (
            select(*columns)
            .join(studies, studies.c.id == sittings.c.study_id)
            .where(studies.c.uid == uid)
            .order_by(sittings.c.id)
        )
        with self._database.reading() as connection:
            return tuple(
                Participant(
                    sitting=row.uid,
                    participant=row.participant,
                    state=row.state,
                    flag=row.flag,
                    reason=row.reason,
                    started_at=row.started_at,
                    finished_at=row.finished_at,
                )
                for row in connection.execute(query)
            )


def to_study(row: Row[*tuple[Any, ...]]) -> Study:
    """Return the study in a row of its table."""
    return Study(
        uid=row.uid,
        token=row.token,
        title=row.title,
        task=row.task,
        state=State(row.state),
        design=read_design(row.design),
        made_at=datetime.fromisoformat(row.made_at),
    )
