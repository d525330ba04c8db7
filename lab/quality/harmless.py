"""Photos without rust that have the colours of rust: a method should leave them as they are.

Some of the gallery, which ships with Patina, and those of `harmless.txt` that the given folders hold.
"""

from collections.abc import Sequence
from pathlib import Path

from lab.quality import listing
from lab.quality.photos import Clean, to_bytes
from models import pixels

GALLERY = Path(__file__).parents[2] / "gallery" / "clean"
SHIPPED = ("chelsea.jpg", "coffee.jpg", "larches.jpg", "room.jpg", "astronaut.jpg")
"""Fur; wood and a red saucer; autumn trees; wood and leather; skin and orange cloth."""

_LISTED = Path(__file__).with_name("harmless.txt")


def names() -> frozenset[str]:
    """Return the file names in harmless.txt; what stands after a name says what the photo shows."""
    return listing.names(_LISTED)


def photos(given: Sequence[Clean]) -> list[Clean]:
    """Return the shipped photos, then those of `given` that are listed."""
    shipped = [Clean(name, to_bytes(pixels.open(GALLERY / name).pixels)) for name in SHIPPED]
    listed = names()
    return [*shipped, *(photo for photo in given if photo.name in listed)]
