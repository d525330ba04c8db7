"""What somebody's file says → a row of ours, or what is wrong with it."""

from base64 import b64decode
from collections.abc import Mapping
from hashlib import sha256

from ratings.errors import BadMarkError, BadRowError
from ratings.marks import mask
from ratings.records import Flag
from ratings.sharing.columns import (
    BY_NAME,
    COLUMNS,
    MADE,
    OPTIONAL,
    OTHER,
    SHOWN,
    STIMULUS,
    Column,
    Kind,
    Row,
)
from ratings.studies.design import Method

NEEDED = tuple(column.name for column in (*MADE, *SHOWN) if column.name not in OPTIONAL)
"""What every picture that was shown has, before its prefix."""

_ROUNDING = 1e-6


def check_row(told: Mapping[str, object]) -> Row:
    """Return the row that was `told`, each value by its column's name; columns left out are none.

    Raises BadRowError: the first thing that is wrong with it.
    """
    unknown = sorted(told.keys() - BY_NAME.keys())
    if unknown:
        raise BadRowError(
            f"the columns must be those of docs/ratings-data.md; found {ascii(unknown[0])[:60]}"
        )
    kind = Kind(BY_NAME["kind"].type.read("kind", told.get("kind")))
    row = {column.name: _value(column, kind, told.get(column.name)) for column in COLUMNS}
    _check_rater(row)
    if kind is not Kind.RATING:
        for prefix in (STIMULUS, OTHER):
            _check_whole(row, prefix)
    if kind is Kind.JUDGEMENT:
        _check_judgement(row)
    if kind is Kind.MARK:
        _check_mark(row)
    return row


def _value(column: Column, kind: Kind, value: object) -> object:
    if value is None:
        if kind in column.must:
            raise BadRowError(f"{column.name} must be {column.type.words}; found nothing")
        return None
    if kind not in column.may:
        raise BadRowError(f"{column.name} must be none in a {kind}; found {ascii(value)[:40]}")
    return column.type.read(column.name, value)


def _check_rater(row: Row) -> None:
    """Refuse a row without a rater that might count, and one with a rater that says it has none."""
    if (row["rater"] is None) != (row["flag"] == Flag.API):
        raise BadRowError(f"a row must have a rater, or the flag '{Flag.API}'; found both or none")


def _check_whole(row: Row, prefix: str) -> None:
    """Refuse a picture of which a part is missing."""
    given = [column.name for column in (*MADE, *SHOWN) if row[f"{prefix}{column.name}"] is not None]
    missing = [f"{prefix}{name}" for name in NEEDED if row[f"{prefix}{name}"] is None]
    if given and missing:
        raise BadRowError(f"{missing[0]} must be there, since {prefix}{given[0]} is; found nothing")


def _check_judgement(row: Row) -> None:
    pairs, beside = row["study_method"] == Method.PAIRS, row["study_method"] in (Method.PAIRS, Method.DCR)
    if (row["choice"] is not None, row["grade"] is not None) != (pairs, not pairs):
        raise BadRowError("a judgement must have a choice of pairs, else a grade; found otherwise")
    if (row["other_model"] is not None) != beside:
        raise BadRowError("a judgement must have an other picture for pairs and DCR alone; found otherwise")


def _check_mark(row: Row) -> None:
    png = b64decode(row["mask"])
    if sha256(png).hexdigest() != row["mask_sha256"]:
        raise BadRowError("mask_sha256 must be that of mask; found another")
    width, height = row["image_width"], row["image_height"]
    try:
        share = mask.check(png, width, height).share
    except BadMarkError as error:
        raise BadRowError(f"mask must be a PNG of {width} × {height} pixels; found none: {error}") from error
    if abs(share - row["share"]) > _ROUNDING:
        raise BadRowError(f"share must be that of mask, {share:g}; found {row['share']:g}")
    if row["stimulus_model"] is None:
        if row["task"] is not None:
            raise BadRowError("task must be none of a mark on a photo; found one")
    elif row["task"] is None or row["image_sha256"] != row["stimulus_shown_sha256"]:
        raise BadRowError("a mark on a result must have its task and image; found another or none")
