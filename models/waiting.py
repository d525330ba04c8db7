"""Waiting for what somebody else holds, without becoming deaf to a stop."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from filelock import FileLock, Timeout

from models.errors import StoppedError
from models.progress import StopFlag

LOOK = 0.1
"""Seconds between two looks at the stop flag."""


@contextmanager
def turn(lock: Lock, stop: StopFlag) -> Generator[None]:
    """Hold `lock`, which other threads hold too.

    Raises StoppedError.
    """
    while not lock.acquire(timeout=LOOK):
        _check(stop)
    try:
        _check(stop)
        yield
    finally:
        lock.release()


@contextmanager
def alone(path: Path, stop: StopFlag) -> Generator[None]:
    """Hold the file `path`, which other processes hold too; make its folder if there is none.

    Raises StoppedError; OSError: the file cannot be written, and nothing of the block was run.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    while True:
        try:
            lock.acquire(timeout=LOOK)
            break
        except Timeout:
            _check(stop)
    try:
        yield
    finally:
        lock.release()


def _check(stop: StopFlag) -> None:
    if stop():
        raise StoppedError("Stopped while waiting for the weights. Nothing was changed.")
