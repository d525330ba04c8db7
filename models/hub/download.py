"""Runs the process that downloads one file; listens to it, and ends it in time."""

import json
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from tempfile import TemporaryFile
from threading import Thread
from time import monotonic
from typing import IO, Any

from models.errors import StoppedError
from models.progress import Progress, StopFlag
from models.source import Hub

_PROGRAM = Path(__file__).with_name("process.py")
_LOOK = 0.1  # seconds between two looks at the stop flag
_START = 30.0  # seconds in which the process must have started, on a busy machine too
_GRACE = 3.0  # seconds in which an ended process may remove its half file
_SHA256_DIGITS = 64


class Failure(Exception):  # noqa: N818 # not for a person: `models.hub.sentences` makes the sentence
    """The download failed: a word for why, what the client said, and the file's bytes if they are known."""

    def __init__(self, why: str, detail: str = "", size: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.detail = detail
        self.size = size


class OtherHash(Exception):  # noqa: N818 # as Failure
    """The Hub says that the file has another SHA-256 than the pinned one."""

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found


def download(
    source: Hub,
    cache: Path,
    sha256: str | None,
    *,
    endpoint: str | None,
    patience: float,
    progress: Progress,
    stop: StopFlag,
) -> None:
    """Bring the file of `source` into the `cache`; progress is reported as "fetch".

    It ends before the first byte if the Hub names another hash than `sha256` (None: any will do), and is
    given up when nothing has come for `patience` seconds. What has come is not looked at here.

    Raises Failure, OtherHash, StoppedError.
    """
    order = {
        "repo": source.repo,
        "file": source.file,
        "revision": source.revision,
        "kind": source.kind,
        "endpoint": endpoint,
        "cache": str(cache),
    }
    size: int | None = None
    progress("fetch", 0.0)
    with _process(order) as messages:
        for message in _patiently(messages, patience, stop):
            match message["said"]:
                case "found":
                    size = message["bytes"]
                    _compare(message["etag"], sha256)
                case "got" if size:
                    progress("fetch", min(max(message["bytes"] / size, 0.0), 1.0))
                case "failed":
                    raise Failure(message["why"], message["detail"], size)
                case "done":
                    progress("fetch", 1.0)
                    return
                case _:
                    pass
    raise AssertionError("the process ends with 'done' or 'failed'")


def _compare(etag: str, sha256: str | None) -> None:
    """Compare what the Hub says of the file: the ETag of large files is their SHA-256, of small ones not."""
    if sha256 is not None and len(etag) == _SHA256_DIGITS and etag != sha256:
        raise OtherHash(etag)


Message = dict[str, Any]
"""One line of the process; see `models.hub.process`."""


@contextmanager
def _process(order: dict[str, str | None]) -> Generator["Queue[Message]"]:
    """Start the process and yield what it says; it has ended when the context ends."""
    with TemporaryFile() as errors, _started(order, errors) as process:
        messages: Queue[Message] = Queue()
        assert process.stdout is not None
        listener = Thread(target=_listen, args=(process, errors, messages), daemon=True)
        listener.start()
        try:
            yield messages
        finally:
            _end(process)
            listener.join()


def _started(order: dict[str, str | None], errors: IO[bytes]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-P", str(_PROGRAM), json.dumps(order)]
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)  # noqa: S603 # our own file
    except OSError as error:  # no process or no memory left
        raise Failure("crashed", str(error)) from error


def _listen(process: "subprocess.Popen[bytes]", errors: IO[bytes], messages: "Queue[Message]") -> None:
    """Put each line into `messages`; say "failed" if the process ends without a last word."""
    assert process.stdout is not None
    for line in process.stdout:
        messages.put(json.loads(line))
    code = process.wait()
    errors.seek(0)
    last = errors.read().decode(errors="replace").strip().rpartition("\n")[2]
    messages.put({"said": "failed", "why": "crashed", "detail": last[:200] or f"exit code {code}"})


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            process.kill()


def _patiently(messages: "Queue[Message]", patience: float, stop: StopFlag) -> Iterator[Message]:
    """Yield the messages as they come.

    Raises StoppedError; Failure: none came for `patience` seconds.
    """
    heard = monotonic()
    limit = max(patience, _START)
    while True:
        if stop():
            raise StoppedError("Stopped while the weights were being fetched. Nothing was kept.")
        try:
            message = messages.get(timeout=_LOOK)
        except Empty:
            if monotonic() - heard > limit:
                raise Failure("slow", f"{limit:g} s") from None
            continue
        heard, limit = monotonic(), patience
        yield message
