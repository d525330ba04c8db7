"""What a folder's restoration has finished already, kept in the output folder.

One JSON line a photo in `.patina.jsonl`, written after the photo itself is wholly on the disk. So a run that
was killed goes on where it was: what has a line that fits, and a file that fits the line, is done.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from time import time

from models.card import Value
from models.errors import CannotSaveError
from models.folders import Job, make_folder

NAME = ".patina.jsonl"

_LEFT_OVER = ".*.unfinished"
"""How `pixels.save` calls a file until it is whole; a killed run leaves one."""

_ABANDONED = 3600
"""Seconds after which an unfinished file belongs to nobody: writing one takes seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All that decides what a photo becomes, beside the photo.

    `settings` are complete, as they were asked for ("auto" stays "auto"). `stages` is the folder for inner
    images, if they were asked for.
    """

    model: str
    version: int
    weights_sha256: str | None
    settings: Mapping[str, Value]
    quality: int
    keep_gps: bool
    stages: str | None


class Ledger:
    """The finished photos of one output folder. Any thread may write; so may two runs at once.

    A photo counts as the same while its path below `source`, its size and its time of change are.
    """

    def __init__(self, source: Path, target: Path, recipe: Recipe) -> None:
        self._source, self._target = source, target
        self._recipe = asdict(recipe)
        self._file = target / NAME
        self._lines = _read(self._file)
        self._sources = dict[Job, dict[str, object]]()

    def is_done(self, job: Job) -> bool:
        """Tell whether `job` was finished with the same recipe, and its result is still there.

        What the photo looks like is remembered for `note`: should it change meanwhile, it is done again.
        """
        try:
            self._sources[job] = _described(job.source, self._source)
            return self._lines.get(_relative(job.target, self._target)) == self._line(job)
        except OSError:
            return False

    def note(self, job: Job) -> None:
        """Write down that the result of `job`, of which `is_done` was asked, is whole.

        Both are safely on the disk when this returns. Raises CannotSaveError.
        """
        try:
            _sync(job.target)
            line = json.dumps(self._line(job))  # ASCII, so that any file name can be written
            with self._file.open("ab") as file:
                file.write(f"{line}\n".encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise CannotSaveError(
                f"'{job.target.name}' is written, but '{self._file}' cannot be: {error.strerror}. The next "
                "run would do this photo again; make room, or mend the folder's rights."
            ) from error

    def open(self) -> None:
        """Make the folder ready: end a torn last line, remove what killed runs left unfinished.

        Raises CannotSaveError.
        """
        make_folder(self._target)
        try:
            _end_torn_line(self._file)
            for path in self._target.rglob(_LEFT_OVER):
                _remove_if_abandoned(path)
        except OSError as error:
            raise CannotSaveError(
                f"The folder '{self._target}' cannot be written: {error.strerror}. Choose another place."
            ) from error

    def _line(self, job: Job) -> dict[str, object]:
        """Return what the line of `job` says. Raises OSError: its result is not there."""
        return {
            **self._sources[job],
            **self._recipe,
            "output": _relative(job.target, self._target),
            "output_bytes": job.target.stat().st_size,
        }


def _described(source: Path, folder: Path) -> dict[str, object]:
    found = source.stat()
    return {
        "input": _relative(source, folder),
        "input_bytes": found.st_size,
        "input_changed_ns": found.st_mtime_ns,
    }


def _remove_if_abandoned(path: Path) -> None:
    with suppress(FileNotFoundError):  # another run finished it just now
        if path.stat().st_mtime < time() - _ABANDONED:
            path.unlink()


def _read(file: Path) -> dict[str, dict[str, object]]:
    """Return the last line of each output; a line that is torn or strange is left out."""
    try:
        text = file.read_bytes().decode(errors="replace")
    except OSError:
        return {}
    lines = dict[str, dict[str, object]]()
    for each in text.splitlines():
        try:
            line = json.loads(each)
        except ValueError:
            continue
        if isinstance(line, dict) and isinstance(line.get("output"), str):
            lines[line["output"]] = line
    return lines


def _end_torn_line(file: Path) -> None:
    if not file.exists():
        return
    with file.open("rb+") as opened:
        if opened.seek(0, os.SEEK_END) == 0:
            return
        opened.seek(-1, os.SEEK_END)
        if opened.read(1) != b"\n":
            opened.write(b"\n")


def _sync(file: Path) -> None:
    """Wait until the bytes of `file` are on the disk."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
