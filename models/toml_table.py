"""Reads tables of a TOML file a person wrote: each mistake is one sentence naming file, table and key."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn, cast

from models.errors import BadSettingError


@dataclass(frozen=True, slots=True)
class Table:
    """One table: where it stands ("data/models.toml, [pins.denoise-x]") and its values."""

    place: str
    values: Mapping[str, Any]

    def only(self, keys: Sequence[str]) -> None:
        """Refuse keys that mean nothing here.

        Raises BadSettingError.
        """
        for key in self.values:
            if key not in keys:
                near = get_close_matches(key, keys, n=1)
                known = f"it may have {', '.join(keys)}." if keys else "it may have nothing at all."
                hint = f"did you mean '{near[0]}'?" if near else known
                self.refuse(f"has no '{key}': {hint}")

    def text(self, key: str, example: str) -> str:
        """Return the text under `key`.

        Raises BadSettingError: it is missing, empty or no text; `example` shows one.
        """
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            found = "nothing" if value is None else repr(value)
            self.refuse(f'needs {key} = "{example}"; found {found}.')
        return value

    def optional_text(self, key: str, default: str) -> str:
        """Return the text under `key`, or `default`."""
        return self.text(key, "…") if key in self.values else default

    def table(self, key: str) -> "Table":
        """Return the inner table `key`; an absent one is empty.

        Raises BadSettingError: it is no table.
        """
        inner = self.values.get(key, {})
        place = f"{self.place}, [{key}]" if self.place.endswith(".toml") else f"{self.place[:-1]}.{key}]"
        if not isinstance(inner, dict):
            raise BadSettingError(f"{place} must be a table; found {inner!r}.")
        return Table(place, cast(dict[str, Any], inner))

    def refuse(self, sentence: str) -> NoReturn:
        """Raise BadSettingError with where this table stands and what is wrong with it."""
        raise BadSettingError(f"{self.place} {sentence}")


def read(path: Path) -> Table:
    """Return the whole file as a table; a file that is not there is an empty one.

    Raises BadSettingError: it cannot be read, or it is no TOML.
    """
    try:
        return Table(str(path), tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Table(str(path), {})
    except OSError as error:
        raise BadSettingError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # no TOML, or no UTF-8
        raise BadSettingError(f"{path} is not TOML: {error}. See docs/adding-a-model.md.") from error
