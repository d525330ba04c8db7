"""The pictures that are judged: lossless, never changed, found by what they are.

They outlive the day that other results are kept, since answers speak of them.
"""

import hashlib
import re
import secrets
from pathlib import Path

from ui.errors import GoneError, StorageError

_SHA256 = re.compile(r"[0-9a-f]{64}")


class StimulusShelf:
    """PNG files below `root`, each named by the SHA-256 of its bytes; every thread may use it.

    Raises StorageError on making: the folder cannot be made.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(root, error) from error

    def put(self, png: bytes) -> str:
        """Keep a picture, whole or not at all; return its SHA-256.

        Raises StorageError: no permission or no space.
        """
        sha256 = hashlib.sha256(png).hexdigest()
        file = self._path(sha256)
        if file.exists():
            return sha256
        draft = self.root / f".{secrets.token_hex(8)}"
        try:
            draft.write_bytes(png)
            draft.replace(file)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise StorageError(file, error) from error
        return sha256

    def file(self, sha256: str) -> Path:
        """Return where a picture lies.

        Raises GoneError: there is none of that hash.
        """
        if not _SHA256.fullmatch(sha256) or not self._path(sha256).is_file():
            raise GoneError
        return self._path(sha256)

    def drop(self, sha256: str) -> None:
        """Take a picture away, if it is there."""
        self._path(sha256).unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path:
        return self.root / f"{sha256}.png"
