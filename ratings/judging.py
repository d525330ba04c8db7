"""What every kind of judgement shares: how one may choose, and how the pictures were looked at."""

import json
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import cast


class Choice(StrEnum):
    """What a person may say of two pictures. Both bad counts as a tie, and is reported apart."""

    LEFT = "left"
    RIGHT = "right"
    TIE = "tie"
    BOTH_BAD = "both-bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """How pictures were looked at, as the page tells; None where it does not tell, or tells nonsense.

    `viewport_width` and `viewport_height` are in CSS pixels, `device_pixel_ratio` is device pixels per CSS
    pixel, `zoom` how much the pictures were enlarged when the answer was given (1: a pixel a pixel), `zooms`
    how often that was changed, `toggles` how often the original was called for.
    """

    viewport_width: int | None = None
    viewport_height: int | None = None
    device_pixel_ratio: float | None = None
    zoom: float | None = None
    zooms: int | None = None
    toggles: int | None = None

    def as_text(self) -> str:
        """Return the JSON that is stored: only what is known."""
        known = {name: value for name, value in asdict(self).items() if value is not None}
        return json.dumps(known, sort_keys=True)


LARGEST = 100_000
"""No honest page tells a larger number."""


def read_viewing(told: object) -> Viewing:
    """Return what a page told, each number that is none or out of all reason left out.

    >>> read_viewing({"viewport_width": 390, "zoom": "big", "more": 1}).as_text()
    '{"viewport_width": 390}'
    """
    if not isinstance(told, dict):
        return Viewing()
    given = cast("dict[object, object]", told)
    whole = {"viewport_width", "viewport_height", "zooms", "toggles"}
    known = {
        field.name: _number(given.get(field.name), whole=field.name in whole) for field in fields(Viewing)
    }
    return Viewing(**known)  # pyright: ignore[reportArgumentType] — whole numbers where they are asked for


def viewing_from_text(text: str) -> Viewing:
    """Return what `Viewing.as_text` gave."""
    return read_viewing(json.loads(text or "{}"))


def read_response(told: object) -> int | None:
    """Return how long an answer took in milliseconds, None if the page does not tell it sensibly."""
    number = _number(told, whole=True, largest=24 * 3600 * 1000)
    return int(number) if number is not None else None


def _number(told: object, *, whole: bool, largest: float = LARGEST) -> float | int | None:
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    if not 0 <= told <= largest:  # refuses what is not a number, too
        return None
    return int(told) if whole else float(told)
