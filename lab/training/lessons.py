"""The lessons there are, by the names that recipes use."""

from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any

from lab.errors import RecipeError
from lab.generating.images import EXAMINED, Images
from lab.training.camera_noise import CameraNoise
from lab.training.gaussian_noise import GaussianNoise
from lab.training.haze import Haze
from lab.training.lesson import Lesson
from lab.training.rust import Rust

LESSONS: Mapping[str, type] = {
    "gaussian-noise": GaussianNoise,
    "camera-noise": CameraNoise,
    "haze": Haze,
    "rust": Rust,
    "images": Images,
}

EXAMINED_PHOTOS = 12
"""How many of the held-out photos most examinations on the way are held on; all of them at the end."""


def takes_cutouts(kind: str) -> bool:
    """Tell whether the lesson `kind` learns from see-through pictures too; false if there is none."""
    return LESSONS.get(kind) is Rust


def takes_images(kind: str) -> bool:
    """Tell whether the lesson `kind` learns from whole images, squares of one size, not from pieces."""
    return LESSONS.get(kind) is Images


def examined_photos(kind: str) -> int:
    """Return how many of the held-out photos an examination on the way is held on."""
    return EXAMINED if takes_images(kind) else EXAMINED_PHOTOS


def lesson(kind: str, settings: Mapping[str, Any]) -> Lesson:
    """Return the lesson `kind` with its `settings`, as a recipe gives them; lists become tuples.

    Raises RecipeError: no such lesson, a setting it does not have, or one out of its range.
    """
    if kind not in LESSONS:
        near = get_close_matches(kind, LESSONS, n=1) or [", ".join(LESSONS)]
        raise RecipeError(f"There is no lesson '{kind}'; choose {near[0]}.")
    known = [each.name for each in fields(LESSONS[kind])]
    for name in settings:
        if name not in known:
            raise RecipeError(f"The lesson '{kind}' has no setting '{name}'; it has {', '.join(known)}.")
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}
    try:
        return LESSONS[kind](**values)
    except TypeError as error:
        raise RecipeError(f"The lesson '{kind}' got a setting of the wrong type: {error}.") from error
