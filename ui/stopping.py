"""Stop flags by page: the Stop button raises a page's flag, its runs look at it between strips."""

from threading import Event, Lock


class StopFlags:
    """One flag for every page that runs something; flags of finished runs are forgotten."""

    def __init__(self) -> None:
        self._flags: dict[str, Event] = {}
        self._lock = Lock()

    def lower(self, page: str) -> Event:
        """Return a fresh flag for a run that begins on `page`."""
        with self._lock:
            self._flags[page] = Event()
            return self._flags[page]

    def rise(self, page: str) -> None:
        """Ask the run on `page`, if there is one, to stop."""
        with self._lock:
            flag = self._flags.get(page)
        if flag:
            flag.set()

    def forget(self, page: str) -> None:
        """Drop the flag of `page`."""
        with self._lock:
            self._flags.pop(page, None)
