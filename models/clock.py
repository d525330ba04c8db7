"""The steps of a run: how long each took, how far it is, and whether it should stop."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

from models.errors import StoppedError
from models.progress import Progress, StopFlag


@dataclass(slots=True)
class Clock:
    """Seconds by step, and the progress reports that go with them."""

    progress: Progress
    stop: StopFlag
    seconds: dict[str, float] = field(default_factory=dict[str, float])

    @contextmanager
    def step(self, name: str) -> Generator[None]:
        """Time what is done inside as the step `name`.

        Raises StoppedError: a stop was asked for before.
        """
        self.check()
        self.progress(name, 0.0)
        began = perf_counter()
        yield
        self.seconds[name] = perf_counter() - began
        self.progress(name, 1.0)

    def check(self) -> None:
        """Go on, unless a stop was asked for.

        Raises StoppedError.
        """
        if self.stop():
            raise StoppedError("Stopped, as you asked. Nothing of this run was kept.")
