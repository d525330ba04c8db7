"""Find what an imported answer speaks of, or make it anew: results, makings, stimuli, studies, sittings.

What is made anew gets tokens that nobody knows. Its pictures are not here, so it is dealt to nobody: a
stimulus is retired until the same picture is made again, and a study is closed.
"""

import json
import secrets
from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert, select

from ratings.arena import tally
from ratings.errors import BadRowError
from ratings.identified import contestant_id, result_id
from ratings.judging import Choice
from ratings.records import Result
from ratings.rows import identity, now
from ratings.sharing.columns import MADE, SHOWN, Row
from ratings.stimuli import stimulus_identity
from ratings.store import TOKEN_BYTES
from ratings.studies.design import Design, Item, State
from ratings.studies.sittings import FINISHED
from ratings.tables import makings, sittings, stimuli, studies

_MAKING = ("default_settings", "input_name", "app_version", "device", "seconds", "made_at")
_PICTURE = tuple(column.name for column in (*MADE, *SHOWN))

# Built once: building them takes longer than running them.
_MADE_THEN = (
    select(makings)
    .where(makings.c.result_id == bindparam("of"), makings.c.made_at == bindparam("then"))
    .order_by(makings.c.id)
)
_STIMULUS = select(stimuli.c.id).where(stimuli.c.identity == bindparam("key"))
_SITTING = select(sittings.c.id).where(sittings.c.uid == bindparam("name"))
_STUDY = select(studies.c.id).where(studies.c.uid == bindparam("name"))
_INSERTS = {table: insert(table).returning(table.c.id) for table in (makings, stimuli, sittings, studies)}


class Places:
    """What the rows of one transaction speak of, each looked for once, and what they add to the tallies."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[object, ...], Any] = {}
        self._counted: Counter[tuple[str, int, int, str]] = Counter()

    def making(self, row: Row, prefix: str) -> tuple[int, int]:
        """Return (making, result) of the picture under `prefix`."""
        picture = tuple(row[f"{prefix}{column.name}"] for column in MADE)
        return self._once(("making", row["task"], *picture), lambda: _making(self._connection, row, prefix))

    def stimulus(self, row: Row, prefix: str) -> tuple[int, int]:
        """Return (stimulus, contestant) of the picture under `prefix`, which is there."""
        owner = _owner(row, prefix)
        picture = tuple(row[f"{prefix}{name}"] for name in _PICTURE)
        making, _ = self.making(row, prefix)
        return self._once(
            ("stimulus", row["task"], owner, *picture),
            lambda: _stimulus(self._connection, row, prefix, making),
        )

    def sitting(self, row: Row, shown: Item) -> int:
        """Return the sitting of a judgement on what was `shown`.

        Raises BadRowError: the person has another one in the study.
        """
        return self._once(("sitting", row["sitting_uid"]), lambda: _sitting(self._connection, row, shown))

    def count(self, task: str, left: int, right: int, choice: str, by: int) -> None:
        """Note that `by` more votes on two contestants came out so; `settle` puts it into the tallies."""
        self._counted[task, left, right, choice] += by

    def settle(self) -> None:
        """Put what was counted into the tallies, in the same order everywhere: nobody waits in a circle."""
        for (task, left, right, choice), by in sorted(self._counted.items()):
            if by:
                tally.count(self._connection, task, left, right, Choice(choice), by)
        self._counted.clear()

    def _once(self, key: tuple[object, ...], find: Callable[[], Any]) -> Any:
        if key not in self._known:
            self._known[key] = find()
        return self._known[key]


def _result(row: Row, prefix: str) -> Result:
    made: dict[str, Any] = {column.name: row[f"{prefix}{column.name}"] for column in MADE}
    del made["made_at"]
    return Result(**{**made, "task": row["task"], "settings": json.loads(made["settings"])})


def _making(connection: Connection, row: Row, prefix: str) -> tuple[int, int]:
    result = result_id(connection, _result(row, prefix))
    making = {name: row[f"{prefix}{name}"] for name in _MAKING}
    for known in connection.execute(_MADE_THEN, {"of": result, "then": making["made_at"]}).mappings():
        if making == {name: known[name] for name in _MAKING}:
            return known["id"], result
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return _insert(connection, makings, {"token": token, "result_id": result, **making}), result


def _stimulus(connection: Connection, row: Row, prefix: str, making: int) -> tuple[int, int]:
    shown = {column.name: row[f"{prefix}{column.name}"] for column in SHOWN}
    result, owner = _result(row, prefix), _owner(row, prefix)
    key = stimulus_identity(identity(result), shown["shown_sha256"], shown["original_sha256"], owner)
    contestant = contestant_id(connection, result.contestant)
    found = connection.scalar(_STIMULUS, {"key": key})
    if found is None:
        stimulus = {
            "identity": key,
            "making_id": making,
            "contestant_id": contestant,
            "task": row["task"],
            "input_sha256": result.input_sha256,
            "input_name": result.input_name,
            **shown,
            "owner": owner,
            "consent": False,
            "retired": True,
            "made_at": row[f"{prefix}made_at"],
        }
        found = _insert(connection, stimuli, stimulus)
    return found, contestant


def _owner(row: Row, prefix: str) -> str | None:
    """Return whose own photo it is: what has no name in the gallery is shown to its owner alone."""
    return row["rater"] if row[f"{prefix}input_name"] is None else None


def _sitting(connection: Connection, row: Row, shown: Item) -> int:
    found = connection.scalar(_SITTING, {"name": row["sitting_uid"]})
    if found is not None:
        return found
    study = _study(connection, row, shown)
    person = (sittings.c.study_id == study, sittings.c.rater == row["rater"])
    if connection.scalar(select(sittings.c.id).where(*person)) is not None:
        raise BadRowError("a person must have one sitting in a study; found another sitting_uid")
    sitting = {
        "uid": row["sitting_uid"],
        "study_id": study,
        "rater": row["rater"],
        "participant": row["participant"],
        "row": row["sitting_row"],
        "plan": "[]",
        "state": FINISHED,
        "pilot": row["sitting_pilot"],
        "checks": row["sitting_checks"],
        "reason": "",
        "started_at": row["sitting_started_at"],
        "session_began_at": row["sitting_started_at"],
    }
    return _insert(connection, sittings, sitting)


def _study(connection: Connection, row: Row, shown: Item) -> int:
    """Return the study of a judgement, made now as one that nobody can take part in.

    What it asked beyond its method is not known until its own file is read: its revision is 0. Its design has
    one item, since each has one.
    """
    found = connection.scalar(_STUDY, {"name": row["study_uid"]})
    if found is not None:
        return found
    design = Design(method=row["study_method"], items=(shown,), checks=frozenset(), quota=1)
    study = {
        "uid": row["study_uid"],
        "token": secrets.token_urlsafe(TOKEN_BYTES),
        "title": row["study_title"],
        "task": row["task"],
        "method": row["study_method"],
        "state": State.CLOSED,
        "design": design.model_dump_json(),
        "made_at": row["sitting_started_at"],
        "changed_at": now(),
        "revision": 0,
    }
    return _insert(connection, studies, study)


def _insert(connection: Connection, table: Table, values: dict[str, Any]) -> int:
    return connection.execute(_INSERTS[table], values).scalar_one()
