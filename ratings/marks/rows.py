"""Rows of marks ↔ frozen records, and which of them stand, count or have changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, select

from ratings.marks.check import Checked
from ratings.marks.labels import Tool
from ratings.marks.records import Mark
from ratings.records import Flag
from ratings.rows import RESULT_COLUMNS, new_uid, to_result
from ratings.tables import makings, marks, results, stimuli

AnyRow = Row[*tuple[Any, ...]]

KEY = (marks.c.id, marks.c.stimulus_id, marks.c.image_sha256, marks.c.label, marks.c.marked_at)
"""What tells which mark takes the place of which."""

CURRENT = marks.c.withdrawn_at.is_(None)
"""What is true of marks that were neither replaced nor taken back."""

COUNTS = and_(CURRENT, marks.c.flag.is_(None))
"""What is true of marks that count."""

CHANGED: Mapping[str, Any] = {"revision": marks.c.revision + 1, "published": False}
"""What every change of a mark sets."""

MARK: Select[*tuple[Any, ...]] = (
    select(marks, *RESULT_COLUMNS)
    .outerjoin(stimuli, stimuli.c.id == marks.c.stimulus_id)
    .outerjoin(makings, makings.c.id == stimuli.c.making_id)
    .outerjoin(results, results.c.id == makings.c.result_id)
)
"""Marks with the results they are on, as `to_mark` reads them."""


def to_mark(row: AnyRow) -> Mark:
    """Return the mark in a row of its columns and its result's."""
    return Mark(
        id=row.id,
        uid=row.uid,
        stimulus_id=row.stimulus_id,
        result=None if row.stimulus_id is None else to_result(row),
        image_sha256=row.image_sha256,
        image_name=row.image_name,
        width=row.width,
        height=row.height,
        consent=row.consent,
        rater=row.rater,
        label=row.label,
        tool=Tool(row.tool),
        mask=bytes(row.mask),
        mask_sha256=row.mask_sha256,
        share=row.share,
        licence=row.licence,
        flag=None if row.flag is None else Flag(row.flag),
        reason=row.reason,
        marked_at=datetime.fromisoformat(row.marked_at),
        withdrawn_at=None if row.withdrawn_at is None else datetime.fromisoformat(row.withdrawn_at),
    )


def values_of(checked: Checked) -> dict[str, Any]:
    """Return what the row of a mark says of it, but for its picture."""
    return {
        "rater": checked.rater,
        "label": checked.label,
        "tool": checked.tool,
        "mask": checked.mask.png,
        "mask_sha256": checked.mask.sha256,
        "share": checked.mask.share,
        "uid": new_uid(),
        "licence": checked.licence,
    }
