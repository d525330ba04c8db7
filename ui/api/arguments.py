"""What scripts send, as the calls need it; what cannot be meant so is refused in a sentence."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from models import registry
from models.card import Task, Value
from models.errors import BadSettingError
from models.generator import LARGEST_COUNT
from ui.errors import NothingChosenError, UnknownTaskError

_FAR = 1e9
"""Larger numbers are not even told: some cannot become floats."""


def known_task(task: str, of: Sequence[Task]) -> str:
    """Return `task` if it is one of those `of` which there are models; raises UnknownTaskError."""
    there = {card.task for card in registry.cards()}
    tasks = tuple(str(each) for each in of if each in there)
    if task not in tasks:
        raise UnknownTaskError(task, tasks)
    return task


def given_photo(image: str | None) -> Path:
    """Return where the photo lies; raises NothingChosenError: none was sent."""
    if image is None:
        raise NothingChosenError("Expected a photo; got none. Upload one and name it as the image.")
    return Path(image)


def image_count(count: object) -> int:
    """Return how many images are asked for, as a number or as text; the generator knows the range."""
    whole = isinstance(count, int | float | str) and str(count).removesuffix(".0").isdecimal()
    if not whole or isinstance(count, bool) or len(str(count)) > 12:
        raise BadSettingError(f"Expected a count from 1 to {LARGEST_COUNT}; got {ascii(count)[:40]}.")
    return int(str(count).removesuffix(".0"))


def nudge_numbers(nudges: object) -> list[float]:
    """Return nudges as the numbers they should be; the generator knows their range."""
    given = nudges if nudges is not None else []
    if not isinstance(given, list) or not all(
        isinstance(each, int | float) and not isinstance(each, bool) and abs(each) < _FAR
        for each in cast("list[object]", given)
    ):
        raise BadSettingError(
            f"Expected nudges as a list of numbers, such as [1.5, -2]; got {ascii(nudges)[:60]}."
        )
    return [float(each) for each in cast("list[int | float]", given)]


def settings_by_name(settings: object) -> dict[str, Value]:
    """Return settings as the object they should be; none at all mean the defaults."""
    if settings is None:
        return {}
    if not isinstance(settings, dict):
        raise BadSettingError(
            f'Expected settings as an object by name, such as {{"size": 5}}; got {ascii(settings)[:60]}.'
        )
    return cast("dict[str, Value]", settings)
