"""Where photos and results lie while people look at them: a folder for each, found by its token alone.

Tokens cannot be guessed, so a link to a result is the right to see it. After a day a folder is swept away.
"""

import json
import re
import shutil
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from ui.errors import GoneError, StorageError

KEPT_SECONDS = 24 * 3600
SWEEP_EVERY_SECONDS = 600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,100}")


class Shelf:
    """Folders by token below `root`.

    Raises StorageError on making: the folder cannot be made or written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._swept = 0.0
        try:
            root.mkdir(parents=True, exist_ok=True)
            probe = root / ".writable"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise StorageError(root, error) from error

    def new(self, token: str) -> Path:
        """Make and return the folder of `token`.

        Raises StorageError: no permission or no space.
        """
        self._sweep_at_times()
        folder = self.root / token
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise StorageError(folder, error) from error
        return folder

    @contextmanager
    def filling(self, token: str) -> Generator[Path]:
        """Make the folder of `token`; if it cannot be filled, take it away, so that it holds no space.

        Raises StorageError: no permission or no space.
        """
        folder = self.new(token)
        with ExitStack() as undo:
            undo.callback(shutil.rmtree, folder, ignore_errors=True)
            yield folder
            undo.pop_all()

    def rename(self, folder: Path, token: str) -> Path:
        """Give a finished folder the token it is found by; return it."""
        return folder.rename(self.root / token)

    @contextmanager
    def renaming(self, folder: Path, token: str) -> Generator[Path]:
        """Do as `rename`; if what follows fails, take the folder away."""
        renamed = self.rename(folder, token)
        with ExitStack() as undo:
            undo.callback(shutil.rmtree, renamed, ignore_errors=True)
            yield renamed
            undo.pop_all()

    def find(self, token: str) -> Path:
        """Return the folder of `token`.

        Raises GoneError: there is none, or it has been swept away.
        """
        if not _TOKEN.fullmatch(token) or not (self.root / token).is_dir():
            raise GoneError
        return self.root / token

    def write(self, token: str, name: str, content: dict[str, Any]) -> None:
        """Keep `content` as `name`.json in the folder of `token`.

        Raises GoneError, StorageError.
        """
        path = self.find(token) / f"{name}.json"
        try:
            path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        except OSError as error:
            raise StorageError(path, error) from error

    def read(self, token: str, name: str) -> dict[str, Any]:
        """Return what was kept as `name`.json.

        Raises GoneError: nothing was.
        """
        path = self.find(token) / f"{name}.json"
        if not path.is_file():
            raise GoneError
        return json.loads(path.read_text(encoding="utf-8"))

    def _sweep_at_times(self) -> None:
        now = time.time()
        if now - self._swept < SWEEP_EVERY_SECONDS:
            return
        self._swept = now
        for folder in self.root.iterdir():
            if folder.is_dir() and now - _changed(folder) > KEPT_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def keep_file(path: Path, folder: Path, stem: str) -> Path:
    """Put the file at `path` into `folder` as `stem`, without copying where the disk allows it; return it.

    Raises StorageError: no permission or no space.
    """
    target = folder / f"{stem}{path.suffix.lower()}"
    if target.exists():
        return target
    try:
        try:
            target.hardlink_to(path)
        except OSError:
            shutil.copyfile(path, target)
    except OSError as error:
        raise StorageError(target, error) from error
    return target


def _changed(folder: Path) -> float:
    """Return when something was last put into `folder`; now, if another server has just swept it away."""
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return time.time()
