"""Remembers which files have been hashed, so that gigabytes are read once and not at each start."""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from models.errors import StoppedError
from models.progress import Progress, StopFlag

_CHUNK = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class _Receipt:
    """What a file looked like when its hash was right: where, how many bytes, when last written."""

    path: str
    size: int
    mtime_ns: int


class Receipts:
    """One receipt for each SHA-256 that was found right, in `folder` and in memory.

    A folder that cannot be written costs the memory of the next start, nothing else. Any thread may call.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, _Receipt] = {}

    def vouch(self, sha256: str, path: Path) -> bool:
        """Tell whether `path` was once found to have `sha256` and has not changed since."""
        receipt = _describe(path)
        if receipt is None:
            return False
        return receipt == self._known.get(sha256) or receipt == self._read(sha256)

    def write(self, sha256: str, path: Path) -> None:
        """Note that `path`, as it is now, has `sha256`."""
        receipt = _describe(path)
        if receipt is None:
            return
        self._known[sha256] = receipt
        with suppress(OSError):  # a read-only installation hashes again at its next start
            self._folder.mkdir(parents=True, exist_ok=True)
            _replace(self._file(sha256), json.dumps(asdict(receipt)))

    def forget(self, sha256: str) -> None:
        """Remove the receipt of `sha256`, if there is one."""
        self._known.pop(sha256, None)
        with suppress(OSError):
            self._file(sha256).unlink()

    def _file(self, sha256: str) -> Path:
        return self._folder / f"{sha256}.json"

    def _read(self, sha256: str) -> _Receipt | None:
        try:
            return _Receipt(**json.loads(self._file(sha256).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None


def sha256_of(path: Path, progress: Progress, stop: StopFlag) -> str:
    """Return the SHA-256 of a file, 64 hexadecimal digits; progress is reported as "verify".

    Raises OSError, StoppedError.
    """
    digest = hashlib.sha256()
    size = max(path.stat().st_size, 1)
    done = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if stop():
                raise StoppedError("Stopped while the weights were being checked. Nothing was changed.")
            digest.update(chunk)
            done += len(chunk)
            progress("verify", min(done / size, 1.0))
    return digest.hexdigest()


def _describe(path: Path) -> _Receipt | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return _Receipt(str(path.absolute()), found.st_size, found.st_mtime_ns)


def _replace(path: Path, text: str) -> None:
    """Write `text` to `path` in one step: a reader sees the old file or the new one, never half of it."""
    with NamedTemporaryFile("w", dir=path.parent, suffix=".part", delete=False, encoding="utf-8") as file:
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise
    Path(file.name).replace(path)
