"""How the page's own events are declared: never part of the API, and silent where they take no time."""

from typing import Any, Final

PRIVATE: Final[dict[str, Any]] = {"api_visibility": "private"}
"""Work that shows its progress."""

HIDDEN: Final[dict[str, Any]] = {**PRIVATE, "show_progress": "hidden"}
"""Quick work that shows none."""

INSTANT: Final[dict[str, Any]] = {**HIDDEN, "queue": False}
"""Work that does not even wait in the queue."""

ENGINE = "engine"
"""Runs of all tabs share one queue, so that they do not slow each other down."""

AT_ONCE = 2
