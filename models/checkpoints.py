"""A card's `Weights` → a verified file on this machine.

    bundled, or on disk ──────────────┐
    Hub: in the client's cache? ──────┼→ hashed once before? → else hash → right? → the path
         else download ───────────────┘

A file that does not match is never returned. Importing this imports neither torch nor huggingface_hub.
"""

from collections.abc import Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from threading import Lock

from models.errors import FetchError, WrongWeightsError
from models.hub import cache
from models.hub.download import Failure, OtherHash, download
from models.hub.sentences import DENIED, fetch_error
from models.progress import Progress, StopFlag, never, silent
from models.receipts import Receipts, sha256_of
from models.refusals import absent, damaged, pinned_hash, wrong_file, wrong_pin
from models.source import Bundled, Hub, OnDisk, Weights
from models.waiting import alone, turn

BUNDLED = Path(__file__).with_name("weights")


class State(StrEnum):
    """What stands between a model and its first run.

    READY: its file is here (its hash is compared at the first use). MISSING: a bundled file, or one on disk,
    is not where it should be.
    """

    READY = "ready"
    TO_DOWNLOAD = "to-download"
    NEEDS_TOKEN = "needs-token"  # noqa: S105 # a state's name
    NOT_PINNED = "not-pinned"
    MISSING = "missing"


class Checkpoints:
    """Finds, downloads and verifies weights. Any thread may call; several processes may share `folder`.

    `folder`, made when it is first needed, holds the receipts and locks; downloads go to the Hub client's own
    cache. `endpoint` None is the Hub itself. A download is given up when nothing has come for `patience`
    seconds.
    """

    def __init__(self, folder: Path, *, endpoint: str | None = None, patience: float = 30.0) -> None:
        self._locks = folder / "locks"
        self._receipts = Receipts(folder / "verified")
        self._endpoint = endpoint
        self._patience = patience
        self._turns: dict[str, Lock] = {}
        self._refused: dict[str, str | None] = {}  # model → the token that was not enough

    def state(self, model: str, weights: Weights | None) -> State:
        """Say what stands between `model` and its first run; no request, no hashing."""
        if weights is None:
            return State.READY
        if not weights.pinned:
            return State.NOT_PINNED
        if _is_there(_local(weights)):
            return State.READY
        if not isinstance(weights.source, Hub):
            return State.MISSING
        return State.NEEDS_TOKEN if self._still_refused(model) else State.TO_DOWNLOAD

    def size(self, weights: Weights | None) -> int | None:
        """Return how many bytes the file has, or would have; None where nobody knows."""
        if weights is None:
            return None
        path = _local(weights) if weights.pinned else None
        return path.stat().st_size if path and _is_there(path) else weights.bytes

    def fetch(
        self, model: str, weights: Weights, progress: Progress = silent, stop: StopFlag = never
    ) -> Path:
        """Return the verified file of `weights`, downloading it if it is not here.

        Progress is reported as "fetch" and "verify". The second call makes no request and hashes nothing.

        Raises NotPinnedError, FetchError, WrongWeightsError, StoppedError.
        """
        sha256 = pinned_hash(model, weights)
        path = _local(weights)
        if self._receipts.vouch(sha256, path):
            return path
        with self._turn(sha256, stop):
            if self._receipts.vouch(sha256, path):
                return path
            if not _is_there(path):
                self._bring(model, weights, progress, stop)
            return self._verified(model, weights, progress, stop)

    def verify(
        self, model: str, weights: Weights, progress: Progress = silent, stop: StopFlag = never
    ) -> Path:
        """Return the file of `weights` after hashing it again, whatever was remembered; no request.

        Raises NotPinnedError; FetchError: it is not here; WrongWeightsError, StoppedError.
        """
        sha256 = pinned_hash(model, weights)
        with self._turn(sha256, stop):
            if not _is_there(_local(weights)):
                raise absent(model, weights, _local(weights))
            self._receipts.forget(sha256)
            return self._verified(model, weights, progress, stop)

    def free(self, model: str, weights: Weights) -> int:
        """Remove the downloaded file of `weights`; return how many bytes that gave back.

        Bundled files and files on disk stay. A file that other revisions in the cache share stays, too.

        Raises FetchError: it cannot be removed.
        """
        if not isinstance(weights.source, Hub) or not weights.pinned:
            return 0
        sha256 = pinned_hash(model, weights)
        with self._turn(sha256, never):
            self._receipts.forget(sha256)
            try:
                return cache.remove(weights.source)
            except OSError as error:
                raise FetchError(f"The weights of '{model}' could not be removed: {error}.") from error

    def _bring(self, model: str, weights: Weights, progress: Progress, stop: StopFlag) -> None:
        """Download the file, unless it is not on the Hub or another process has just done so."""
        source = weights.source
        if not isinstance(source, Hub):
            raise absent(model, weights, _local(weights))
        sha256 = pinned_hash(model, weights)
        folder = cache.folder()
        with self._alone(model, sha256, stop):
            if _is_there(cache.pointer(source)):
                return
            try:
                download(
                    source,
                    folder,
                    sha256,
                    endpoint=self._endpoint,
                    patience=self._patience,
                    progress=progress,
                    stop=stop,
                )
            except OtherHash as other:
                raise wrong_pin(model, source, sha256, other.found) from None
            except Failure as failure:
                if failure.why in DENIED:
                    self._refused[model] = _token()
                raise fetch_error(failure, model, source, self._endpoint) from None
        self._refused.pop(model, None)

    def _verified(self, model: str, weights: Weights, progress: Progress, stop: StopFlag) -> Path:
        """Hash the local file; return it, or take a broken download out of the cache."""
        expected = pinned_hash(model, weights)
        path = _local(weights)
        try:
            found = sha256_of(path, progress, stop)
        except OSError as error:
            raise FetchError(f"The weights of '{model}' cannot be read: {error}.") from error
        if found == expected:
            self._receipts.write(expected, path)
            return path
        self._receipts.forget(expected)
        if not isinstance(weights.source, Hub):
            raise wrong_file(model, path, expected, found)
        if cache.named_by_hash(path, found):
            raise wrong_pin(model, weights.source, expected, found)
        raise self._discarded(model, weights.source, expected, found)

    def _discarded(self, model: str, source: Hub, expected: str, found: str) -> WrongWeightsError:
        page = _is_web_page(cache.pointer(source))
        try:
            cache.discard(source)
        except OSError as error:
            return WrongWeightsError(
                f"The weights of '{model}' are broken, and cannot be removed: {error}. Remove them yourself."
            )
        return damaged(model, source, expected, found, page=page)

    def _still_refused(self, model: str) -> bool:
        return model in self._refused and self._refused[model] == _token()

    def _turn(self, sha256: str, stop: StopFlag) -> AbstractContextManager[None]:
        """Let one thread at a time look after a file."""
        return turn(self._turns.setdefault(sha256, Lock()), stop)

    @contextmanager
    def _alone(self, model: str, sha256: str, stop: StopFlag) -> Generator[None]:
        """Let one process at a time download a file."""
        with ExitStack() as held:
            try:
                held.enter_context(alone(self._locks / f"{sha256}.lock", stop))
            except OSError as error:
                raise FetchError(
                    f"The weights of '{model}' were not fetched: {self._locks} cannot be written "
                    f"({error.strerror}). Mend its permissions, or set PATINA_DATA_DIR to a folder that can "
                    "be written, then try again."
                ) from error
            yield


def _local(weights: Weights) -> Path:
    """Return where the file is, or would be."""
    source = weights.source
    if isinstance(source, Bundled):
        return BUNDLED / source.file
    return source.path if isinstance(source, OnDisk) else cache.pointer(source)


def _is_there(path: Path) -> bool:
    """Tell whether the file is there; one in a folder that may not be looked into is not."""
    try:
        return path.is_file()
    except OSError:
        return False


def _token() -> str | None:
    from huggingface_hub import get_token

    return get_token()


def _is_web_page(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(64).lstrip().startswith(b"<")
