"""What trainings learn from, and under which licence; written down by hand in `material.toml`."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lab.errors import ShipError

FILE = Path(__file__).with_name("material.toml")


@dataclass(frozen=True, slots=True)
class Material:
    """A folder of photos: its short name, what it is, and its licence.

    `held_out` says which of them are not learnt from: those "listed" in lab/training/held_out, its own "test
    part", or, where no folder has either, "a tenth" by their names.
    """

    name: str
    what: str
    licence: str
    held_out: Literal["listed", "test part", "a tenth"] = "listed"


def material(folders: Sequence[str]) -> tuple[Material, ...]:
    """Return what is known of `folders`, given by their names.

    Raises ShipError: there are none, or nothing is known of one.

    >>> material(["bsd400"])[0].licence
    'for research use'
    """
    known = tomllib.loads(FILE.read_text(encoding="utf-8"))
    unknown = [name for name in folders if name not in known]
    if unknown or not folders:
        named = f"of '{unknown[0]}'" if unknown else "of the photos, for the command names none by --data"
        raise ShipError(
            f"Nothing is known {named}, and a model card must say what was learnt from and under which "
            f"licence. Describe the folder in lab/shipping/{FILE.name}; it has {', '.join(known)}."
        )
    return tuple(Material(**known[name]) for name in folders)
