"""The types that a column may have: how a value is checked, and how CSV and Parquet hold it.

Every value is checked on its way in, and nothing is guessed: what comes back from a file is what was written.
"""

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Literal, cast

from ratings.errors import BadRowError

Arrow = Literal["string", "int64", "double", "bool", "timestamp", "list"]

LONGEST = 4_000_000
"""The longest text, in characters: a mask of a megabyte in base64, and room."""

_WHOLE = re.compile(r"-?\d{1,10}")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Type:
    """`words` tell the type in the dictionary and in messages.

    `check` returns the value as rows hold it, or raises ValueError or TypeError. `from_cell` makes what
    `check` takes of a CSV cell that is not empty. `arrow` is Parquet's type. `spoken` tells that a cell is
    text which a spreadsheet might take for a formula.
    """

    words: str
    check: Callable[[object], Any]
    from_cell: Callable[[str], object]
    arrow: Arrow
    spoken: bool = False

    def read(self, name: str, value: object) -> Any:
        """Return the checked value of column `name`; raises BadRowError."""
        try:
            return self.check(value)
        except (TypeError, ValueError, OverflowError):
            raise BadRowError(f"{name} must be {self.words}; found {_shown(value)}") from None


def text(longest: int = LONGEST) -> Type:
    """Return the type of text that every database can keep."""

    def check(value: object) -> str:
        if not isinstance(value, str) or len(value) > longest or not _storable(value):
            raise ValueError
        return value

    words = "text" if longest == LONGEST else f"text of at most {longest:,} characters"
    return Type(words, check, str, "string", spoken=True)


def digits(number: int) -> Type:
    """Return the type of a name of so many lower-case hexadecimal digits."""
    form = re.compile(rf"[0-9a-f]{{{number}}}")

    def check(value: object) -> str:
        if not isinstance(value, str) or not form.fullmatch(value):
            raise ValueError
        return value

    return Type(f"{number} lower-case hex digits", check, str, "string")


def one_of(words: Sequence[str]) -> Type:
    """Return the type of one of these `words`."""

    def check(value: object) -> str:
        if value not in words:
            raise ValueError
        return str(value)

    return Type(f"one of {', '.join(words)}", check, str, "string")


def slug(longest: int) -> Type:
    """Return the type of a word of small letters, digits and hyphens."""
    form = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{longest - 1}}}")

    def check(value: object) -> str:
        if not isinstance(value, str) or not form.fullmatch(value):
            raise ValueError
        return value

    return Type(f"a word of at most {longest} small letters, digits and hyphens", check, str, "string")


def some_of(words: Sequence[str]) -> Type:
    """Return the type of a list of these `words`, each at most once, in their order."""

    def check(value: object) -> list[str]:
        if not isinstance(value, list) or any(word not in words for word in cast("list[object]", value)):
            raise ValueError
        given = cast("list[str]", value)
        if given != [word for word in words if word in given]:
            raise ValueError
        return given

    return Type(f"a list of some of {', '.join(words)}, in this order", check, str.split, "list")


def whole(low: int, high: int = 2**31 - 1) -> Type:
    """Return the type of a whole number from `low` to `high`; both databases keep 32 bits."""

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError
        return value

    return Type(f"a whole number from {low} to {high:,}", check, _whole, "int64")


def number(low: float = float("-inf")) -> Type:
    """Return the type of a finite number that is at least `low`."""

    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError
        known = float(value)
        if not isfinite(known) or known < low:
            raise ValueError
        return known

    least = "" if low == float("-inf") else f" of at least {low:g}"
    return Type(f"a finite number{least}", check, float, "double")


def _check_truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _truth(cell: str) -> object:
    return {"true": True, "false": False}.get(cell, cell)


def _check_time(value: object) -> str:
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(when, datetime) or when.tzinfo is None:
        raise ValueError
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def _check_object(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    try:
        told = json.loads(value, parse_constant=_refuse)
    except RecursionError:
        raise ValueError from None
    if not isinstance(told, dict):
        raise TypeError
    content = cast("dict[str, object]", told)
    known = json.dumps(content, sort_keys=True, allow_nan=False)
    if not _storable(json.dumps(content, ensure_ascii=False)) or "\\u0000" in known:
        raise ValueError
    return known


def _refuse(constant: str) -> object:
    raise ValueError(constant)


def _check_bytes(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise ValueError
    try:
        b64decode(value, validate=True)
    except binascii.Error:
        raise ValueError from None
    return value


def _whole(cell: str) -> object:
    return int(cell) if _WHOLE.fullmatch(cell) else cell


TRUTH = Type("true or false", _check_truth, _truth, "bool")
TIME = Type("a time, ISO 8601 with its offset from UTC", _check_time, str, "timestamp")
OBJECT = Type("a JSON object as text", _check_object, str, "string")
BASE64 = Type("bytes in base64", _check_bytes, str, "string")


def _storable(value: str) -> bool:
    """Tell whether every database can keep this: no NUL (PostgreSQL), no half of a surrogate pair."""
    return not _UNSTORABLE.search(value)


def _shown(value: object) -> str:
    """Return at most 40 characters of `value`, all of them printable."""
    shown = ascii(value[:40] if isinstance(value, str) else value)
    return shown if len(shown) <= 44 else f"{shown[:40]}…"
