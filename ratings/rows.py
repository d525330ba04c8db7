"""Rows of the database ↔ frozen records, and what makes two results the same."""

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Row

from ratings.records import Defect, Flag, Grade, Rating, Result, Value
from ratings.tables import makings, results

RESULT_COLUMNS = (
    results.c.task,
    results.c.model,
    results.c.version,
    results.c.weights_sha256,
    results.c.settings,
    makings.c.default_settings,
    results.c.input_sha256,
    results.c.output_sha256,
    makings.c.input_name,
    makings.c.app_version,
    makings.c.device,
    makings.c.seconds,
)


def now() -> str:
    """Return the time as the tables keep it: UTC, ISO 8601 with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def ago(span: timedelta) -> str:
    """Return the time that lies `span` back, as the tables keep it."""
    return (datetime.now(UTC) - span).isoformat(timespec="microseconds")


def new_uid() -> str:
    """Return a name for a row that no other database has given: 32 hex digits."""
    return secrets.token_hex(16)


def canonical(settings: Mapping[str, Value]) -> str:
    """Return the JSON that equal settings share."""
    return json.dumps(dict(settings), sort_keys=True, allow_nan=False)


def identity(result: Result) -> str:
    """Return the hash that two makings of the same result share: same model, settings, input and output."""
    settings = canonical(result.settings)
    parts = (result.task, result.model, result.version, result.weights_sha256, settings)
    return sha256(json.dumps([*parts, result.input_sha256, result.output_sha256]).encode()).hexdigest()


def to_result(row: Row[*tuple[Any, ...]]) -> Result:
    """Return the result in a row that has `RESULT_COLUMNS`."""
    named = {column.name: getattr(row, column.name) for column in RESULT_COLUMNS}
    return Result(**{**named, "settings": json.loads(row.settings)})


def to_rating(row: Row[*tuple[Any, ...]]) -> Rating:
    """Return the rating in a row of all its columns and those of its result and making."""
    return Rating(
        id=row.id,
        uid=row.uid,
        result=to_result(row),
        made_at=datetime.fromisoformat(row.made_at),
        rater=row.rater,
        grade=Grade(row.grade),
        defects=tuple(Defect(slug) for slug in row.defects.split()),
        comment=row.comment,
        licence=row.licence,
        flag=None if row.flag is None else Flag(row.flag),
        reason=row.reason,
        current=row.current,
        rated_at=datetime.fromisoformat(row.rated_at),
    )
