"""Stop flags by page: the Stop button raises those of its page, and runs look at theirs between strips."""

from collections.abc import Generator
from contextlib import contextmanager
from threading import Event, Lock

from models.progress import StopFlag

PAGES_WAITING = 1000
"""More pages than this do not wait at the same time; the queue is shorter. Closed pages are forgotten so."""


class StopFlags:
    """The flags of one tab's runs that are going on. Any thread may use it."""

    def __init__(self) -> None:
        self._running: dict[str, list[Event]] = {}
        self._waiting: dict[str, Event] = {}
        self._lock = Lock()

    def expect(self, page: str) -> None:
        """Get ready for a run on `page` that waits for its turn: it may be stopped before it begins."""
        with self._lock:
            self._waiting.pop(page, None)
            self._waiting[page] = Event()
            if len(self._waiting) > PAGES_WAITING:
                del self._waiting[next(iter(self._waiting))]

    @contextmanager
    def running(self, page: str) -> Generator[StopFlag]:
        """Lend a run on `page` its flag, which tells whether it shall stop; it shall when it is left."""
        with self._lock:
            flag = self._waiting.pop(page, None) or Event()
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
        """Ask all runs on `page`, if there are any, to stop; also one that waits."""
        with self._lock:
            waiting = self._waiting.get(page)
            for flag in (*self._running.get(page, ()), *([waiting] if waiting else ())):
                flag.set()
