"""Whose the gallery's photos are, so that an export can say it: gallery/gallery.toml, read as plain data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ratings.errors import ExportError
from ratings.records import LICENCE

GALLERY = Path(__file__).parents[2] / "gallery" / "gallery.toml"


@dataclass(frozen=True, slots=True)
class Credit:
    """Whose a picture is, and under which licence (an SPDX name, or "public domain")."""

    credit: str
    licence: str


GIVEN = Credit("given by the person who marked it", LICENCE)
"""Of an own photo that was given to be published with its mask."""

UNKNOWN = Credit("unknown", "unknown")


def read(file: Path = GALLERY) -> Mapping[str, Credit]:
    """Return the credits of the gallery's photos by their ids.

    Raises ExportError: the file cannot be read.
    """
    try:
        items = tomllib.loads(file.read_text(encoding="utf-8"))["item"]
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ExportError(f"'{file}', which says whose the photos are, cannot be read: {error}.") from error
    return {item["id"]: Credit(item["credit"], item["licence"]) for item in items}
