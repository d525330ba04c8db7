"""Stop flags by page: the Stop button raises a page's flag, its runs look at it between strips."""

from threading import Event, Lock

PAGES_KEPT = 1000
"""More pages than this do not run at the same time; the queue is shorter."""


class StopFlags:
    """One flag for every page that runs something; those of the pages that ran longest ago are forgotten."""

    def __init__(self) -> None:
        self._flags: dict[str, Event] = {}
        self._lock = Lock()

    def lower(self, page: str) -> Event:
        """Return a fresh flag for a run that begins on `page`."""
        flag = Event()
        with self._lock:
            self._flags.pop(page, None)
            self._flags[page] = flag
            if len(self._flags) > PAGES_KEPT:
                del self._flags[next(iter(self._flags))]
        return flag

    def rise(self, page: str) -> None:
        """Ask the run on `page`, if there is one, to stop."""
        with self._lock:
            flag = self._flags.get(page)
        if flag:
            flag.set()
