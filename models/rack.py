"""The networks that are loaded: each once, the least recently used given back when memory runs short."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Lock

from models.errors import DeviceError, OutOfMemoryError
from models.progress import StopFlag, never
from models.runtime.engine import Engine
from models.waiting import turn


@dataclass(slots=True)
class Loaded:
    """A loaded network. Who runs it holds its `turn`, so that one network's memory is needed once.

    `tile_pixels` and `batch` (tiles at once) are what has been learned to fit, None while nothing has failed.
    """

    engine: Engine
    turn: Lock = field(default_factory=Lock)
    tile_pixels: int | None = None
    batch: int | None = None


@dataclass(slots=True)
class _Place:
    """Where one network stands, loaded or not: `loading` is held by who loads it, `users` run it now."""

    loading: Lock = field(default_factory=Lock)
    loaded: Loaded | None = None
    users: int = 0
    used: int = 0


class Rack:
    """Keeps loaded networks by key, within a budget of bytes. Any thread may use it."""

    def __init__(self, budget: Callable[[], int], loaded: Mapping[str, Engine] | None = None) -> None:
        self._budget = budget
        self._places = {key: _Place(loaded=Loaded(engine)) for key, engine in (loaded or {}).items()}
        self._lock = Lock()
        self._clock = count(1)

    @contextmanager
    def use(self, key: str, load: Callable[[], Engine], stop: StopFlag = never) -> Generator[Loaded]:
        """Lend the network `key`, loading it by `load` if it is not here; two threads never load it twice.

        A network that is in use is not given back, even above the budget. One whose device was lost is
        dropped, so that the next use loads it anew.

        Raises what `load` raises; StoppedError: `stop` said so while somebody else loaded it.
        """
        place = self._enter(key)
        try:
            with turn(place.loading, stop):
                loaded = place.loaded or Loaded(self._load(load))
                place.loaded = loaded
            self._make_room()
            try:
                yield loaded
            except OutOfMemoryError:  # the device is still there
                raise
            except DeviceError:
                self._drop(place, loaded)
                raise
        finally:
            self._leave(place)

    def keys(self) -> tuple[str, ...]:
        """Return the keys of the networks that are loaded."""
        with self._lock:
            return tuple(key for key, place in self._places.items() if place.loaded)

    def memory(self, key: str) -> int | None:
        """Return about how many bytes the network `key` holds, None if it is not loaded."""
        with self._lock:
            place = self._places.get(key)
            return place.loaded.engine.memory if place and place.loaded else None

    def release(self, key: str) -> bool:
        """Give back the network `key`; tell whether it is gone. One that is in use stays."""
        with self._lock:
            place = self._places.get(key)
            return place is None or self._close(place)

    def forked(self) -> "Rack":
        """Return a rack of the same networks with locks of its own, for a process that was just forked.

        A lock that another thread held while forking is never let go there.
        """
        loaded = {key: place.loaded.engine for key, place in self._places.items() if place.loaded}
        return Rack(self._budget, loaded)

    def _load(self, load: Callable[[], Engine]) -> Engine:
        """Load; if memory is short, give back everything idle and try once more."""
        try:
            return load()
        except MemoryError:
            with self._lock:
                for place in self._places.values():
                    self._close(place)
        return load()

    def _enter(self, key: str) -> _Place:
        with self._lock:
            place = self._places.setdefault(key, _Place())
            place.users += 1
            return place

    def _leave(self, place: _Place) -> None:
        with self._lock:
            place.users -= 1
            place.used = next(self._clock)
        self._make_room()

    def _make_room(self) -> None:
        """Give back idle networks, the least recently used first, until the rest fits the budget."""
        with self._lock:
            standing = [place for place in self._places.values() if place.loaded]
            held = sum(place.loaded.engine.memory for place in standing if place.loaded)
            budget = self._budget() if held else 0
            for place in sorted(standing, key=lambda place: place.used):
                if held <= budget:
                    return
                memory = place.loaded.engine.memory if place.loaded else 0
                if self._close(place):
                    held -= memory

    def _close(self, place: _Place) -> bool:
        """Give back a network that nobody uses; the lock is held."""
        if place.users:
            return False
        if place.loaded:
            place.loaded.engine.close()
            place.loaded = None
        return True

    def _drop(self, place: _Place, lost: Loaded) -> None:
        """Forget a network whose device was lost, unless it was replaced; who runs it meets the error too."""
        with self._lock:
            if place.loaded is lost:
                place.loaded = None
