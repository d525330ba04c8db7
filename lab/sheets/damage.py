"""What a sheet of docs/degradations.md is: a name, what to see on it, and how its rows are made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lab.quality.photos import to_bytes
from lab.sheets.drawing import Row
from lab.sheets.view import View
from models import pixels
from models.method import Pixels

CLEAN = Path(__file__).parents[2] / "gallery" / "clean"
CELL = 216
"""Side of a cell, in pixels: five stand beside each other on a page."""
WORKED = 2 * CELL
"""Side that photos have when haze or rust is put on: they are shown at half of it, as on a page."""

_SMALL = View(side=CELL)


@dataclass(frozen=True, slots=True)
class DamageSheet:
    """A sheet: `name` is its file's, `photos` are of the gallery, `rows` makes what is drawn."""

    name: str
    title: str
    says: str
    photos: Sequence[str]
    rows: Callable[[], list[Row]]


def square(name: str, side: int = WORKED) -> Pixels:
    """Return the middle of the gallery's clean photo `name`, reduced to (`side`, `side`, 3) uint8."""
    image = to_bytes(pixels.open(CLEAN / name).pixels)
    return View(side=side, crop=min(image.shape[:2])).of(image)


def piece(name: str, at: tuple[float, float], side: int = CELL) -> Pixels:
    """Return a piece of the photo at its own scale, (`side`, `side`, 3) uint8: noise must not be reduced."""
    return View(side=side, crop=side, at=at).of(to_bytes(pixels.open(CLEAN / name).pixels))


def small(image: Pixels) -> Pixels:
    """Return `image` as a cell shows it, its longer side `CELL`."""
    return _SMALL.of(image)


def grey(plane: Pixels) -> Pixels:
    """Return `plane` (h, w) in [0, 1] as an image (h, w, 3) uint8, 1 white."""
    return to_bytes(np.asarray(plane, np.float32)[..., None])
