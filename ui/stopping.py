"""Stop flags by page: the Stop button raises those of its page, and runs look at theirs between strips."""

from collections.abc import Generator
from contextlib import contextmanager
from threading import Event, Lock

from models.progress import StopFlag


class StopFlags:
    """The flags of one tab's runs that are going on. Any thread may use it."""

    def __init__(self) -> None:
        self._running: dict[str, list[Event]] = {}
        self._lock = Lock()

    @contextmanager
    def running(self, page: str) -> Generator[StopFlag]:
        """Lend a run on `page` its flag, which tells whether it shall stop; it shall when it is left."""
        flag = Event()
        with self._lock:
            self._running.setdefault(page, []).append(flag)
        try:
            yield flag.is_set
        finally:
            flag.set()
            with self._lock:
                self._running[page].remove(flag)
                if not self._running[page]:
                    del self._running[page]

    def rise(self, page: str) -> None:
        """Ask all runs on `page`, if there are any, to stop."""
        with self._lock:
            for flag in self._running.get(page, ()):
                flag.set()
