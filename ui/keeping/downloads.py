"""Files for the administrator alone: each under a name nobody can guess, once, gone in minutes."""

import re
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from ui.errors import StorageError

KEPT_SECONDS = 600.0
_TICKET_BYTES = 32
_NAME = re.compile(r"[A-Za-z0-9_-]{43}(\.[a-z]{1,8}){1,2}")
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Downloads:
    """Files below `root`, named by tickets; what an earlier process left there is deleted.

    Raises StorageError on making: the folder cannot be made or emptied.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        try:
            root.mkdir(parents=True, exist_ok=True)
            for left in root.iterdir():
                if time.time() - left.stat().st_mtime > KEPT_SECONDS:  # another server's may be new
                    left.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(root, error) from error

    def offer(self, suffix: str, write: Callable[[Path], object]) -> str:
        """Let `write` fill a file; return the name under which it can be fetched, once, within minutes."""
        name = f"{secrets.token_urlsafe(_TICKET_BYTES)}{suffix}"
        file = self._root / name
        with ExitStack() as undo:
            undo.callback(file.unlink, missing_ok=True)
            write(file)
            undo.pop_all()
        vanishing = threading.Timer(KEPT_SECONDS, file.unlink, kwargs={"missing_ok": True})
        vanishing.daemon = True
        vanishing.start()
        return name

    def take(self, name: str) -> Path | None:
        """Return the file of that name, which nobody gets again; None if there is none."""
        if not _NAME.fullmatch(name):
            return None
        taken = self._root / f".{name}"
        try:
            return (self._root / name).rename(taken)
        except FileNotFoundError:
            return None
