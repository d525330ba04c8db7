"""Which judgements are looked at: a board, and the evidence behind its rows, are made of those that pass."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What is let through; None lets all through.

    `study` is the uid of one study, whose answers are looked at instead of the Arena's votes: the two are
    never merged. `since` and `until` are days in UTC, both included. `input_name` is one input of the
    gallery. `models` are ids.
    """

    study: str | None = None
    since: date | None = None
    until: date | None = None
    input_name: str | None = None
    models: frozenset[str] | None = None

    @property
    def any(self) -> bool:
        """Tell whether something is filtered at all."""
        return self != Filters()
