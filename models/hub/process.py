"""The program that downloads one file, in a process of its own, so that it can be ended at any moment.

The client retries for minutes, waits between tries, and looks names up without a limit of time; none of
that can be interrupted from inside. `models.hub.download` starts this file, listens, and ends it when the
person asks for a stop or nothing has come for too long.

It is called with one argument, a JSON object with repo, file, revision, kind, endpoint and cache; it prints
one JSON object a line: {"said": "started" | "found" | "got" | "done" | "failed", ...}. It imports nothing of
Patina.
"""

import errno
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

import httpx2
from filelock import FileLock, Timeout
from huggingface_hub import constants, get_session, hf_hub_download, hf_hub_url
from huggingface_hub.errors import (
    FileMetadataError,
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RemoteEntryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import HfFileMetadata, get_hf_file_metadata, repo_folder_name
from huggingface_hub.utils import hf_raise_for_status

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_SECONDS = 10  # for the first answer; the client's own limit, too


def say(said: str, **details: str | float | None) -> None:
    """Tell the parent process one thing."""
    sys.stdout.write(json.dumps({"said": said, **details}) + "\n")
    sys.stdout.flush()


class Bar:
    """What the client takes for a progress bar: it passes on how many bytes have come."""

    def __init__(self, *, initial: int = 0, **_appearance: object) -> None:
        self.bytes = initial

    def update(self, count: int) -> None:
        """Add `count` bytes; it is negative when the client starts anew."""
        self.bytes += count
        say("got", bytes=self.bytes)

    def close(self) -> None:
        """Do nothing: the parent draws the bar."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def download(order: dict[str, Any]) -> None:
    """Bring the file into the cache, asking the Hub for its size and hash first.

    That first question is not retried, unlike the client's own: an unreachable Hub is known at once.
    """
    url = hf_hub_url(
        order["repo"],
        order["file"],
        repo_type=order["kind"],
        revision=order["revision"],
        endpoint=order["endpoint"],
    )
    found = get_hf_file_metadata(url, timeout=_SECONDS, endpoint=order["endpoint"])
    if found.commit_hash is None or found.etag is None:
        raise FileMetadataError("no commit and no ETag in its answer")
    say("found", bytes=found.size, etag=found.etag)
    _remove_leftovers(order, found)
    get_session().event_hooks["response"].append(_raise_at_once)
    hf_hub_download(
        order["repo"],
        order["file"],
        repo_type=order["kind"],
        revision=order["revision"],
        endpoint=order["endpoint"],
        cache_dir=order["cache"],
        tqdm_class=Bar,  # type: ignore[arg-type] # the client asks for no more than Bar has
    )
    say("done")


def _raise_at_once(response: httpx2.Response) -> None:
    """Refuse to wait and retry when the Hub is busy, and to take a web page for weights."""
    if response.status_code in (408, 429) or response.status_code >= 500:
        hf_raise_for_status(response)
    if response.status_code == 200 and response.headers.get("Content-Type", "").startswith("text/html"):
        raise FileMetadataError("a web page in its answer")


def _remove_leftovers(order: dict[str, Any], found: HfFileMetadata) -> None:
    """Remove the halves of this file that killed downloads left; not one that somebody is writing.

    Who writes one holds the client's own lock of that file.
    """
    folder = repo_folder_name(repo_id=order["repo"], repo_type=order["kind"])
    leftovers = list(Path(order["cache"], folder, "blobs").glob(f"{found.etag}*.incomplete"))
    lock = Path(order["cache"], ".locks", folder, f"{found.etag}.lock")
    if not leftovers or not lock.parent.is_dir():
        return
    with suppress(Timeout), FileLock(lock, mode=0o664).acquire(timeout=0):
        for leftover in leftovers:
            leftover.unlink(missing_ok=True)


def reason(error: BaseException) -> str:
    """Return the one word that `models.hub.sentences` knows for what went wrong."""
    for cause in _chain(error):
        for kind, word in _WORDS:
            if isinstance(cause, kind):
                return word
        if isinstance(cause, HfHubHTTPError):
            return _STATUSES.get(cause.response.status_code, "server")
        if isinstance(cause, OSError) and cause.errno is not None:
            return "full" if cause.errno in _FULL else "folder"
    return "cut" if isinstance(error, OSError) else "server"


_WORDS = (
    (OfflineModeIsEnabled, "offline"),
    (GatedRepoError, "gated"),
    (RevisionNotFoundError, "revision"),
    (RemoteEntryNotFoundError, "file"),
    (FileMetadataError, "stranger"),
    (httpx2.InvalidURL, "unreachable"),
    (httpx2.ConnectTimeout, "unreachable"),
    (httpx2.TimeoutException, "slow"),
    (httpx2.ConnectError, "unreachable"),
    (httpx2.ProxyError, "unreachable"),
    (httpx2.TransportError, "cut"),
)
_STATUSES = {401: "token", 403: "gated", 404: "repository", 429: "busy"}


def detail(error: Exception) -> str:
    """Return in a few words what the client said."""
    if isinstance(error, HfHubHTTPError):
        return f"{error.response.status_code} {error.response.reason_phrase}"
    if isinstance(error, httpx2.TimeoutException):
        return f"{_SECONDS} s"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split())[:200]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error, then what caused it: the client wraps what happened."""
    while error is not None:
        yield error
        error = error.__cause__


def _end_with_parent() -> None:
    """Leave when the parent is gone: it holds the other end of our standard input."""
    while os.read(0, 1):
        pass
    os._exit(1)


def _leave(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit(1)  # lets the client remove its half file


def main() -> int:
    """Download what the first argument orders; return 0 when the file is in the cache."""
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # In this process alone: small chunks, so that a slow line shows that it is alive; and plain HTTP, whose
    # faults are known and tested, where Xet would be taken for large files.
    constants.DOWNLOAD_CHUNK_SIZE = 1 << 18  # bytes
    constants.HF_HUB_DISABLE_XET = True
    say("started")
    try:
        download(json.loads(sys.argv[1]))
    except (OSError, httpx2.HTTPError, httpx2.InvalidURL) as error:  # the client's own errors are OSErrors
        say("failed", why=reason(error), detail=detail(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
