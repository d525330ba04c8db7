"""What survives a kill: the whole state of a training in one file, replaced only by a whole new one."""

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from filelock import FileLock, Timeout

from lab.errors import CannotKeepError, CheckpointError
from lab.training.files import CHECKPOINT

_KEYS = {"recipe", "photos", "precision", "learner", "best"}


@contextmanager
def alone_in(folder: Path) -> Generator[None]:
    """Make `folder`, and keep other trainings out of it; even a killed process lets it go.

    Raises CannotKeepError: it cannot be made. CheckpointError: another training is at work in it.
    """
    lock = FileLock(folder / "training.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise CheckpointError(
            f"Another training is at work in '{folder}': wait for it, stop it, or choose another --out."
        ) from error
    except OSError as error:
        raise CannotKeepError(f"The folder '{folder}' cannot be made: {error.strerror}.") from error
    try:
        yield
    finally:
        lock.release()


def save(folder: Path, state: Mapping[str, Any]) -> None:
    """Write `state` to `folder`: all of it or nothing; raises CannotKeepError, and the old one stays."""
    draft = folder / f"{CHECKPOINT}.incomplete"
    try:
        with draft.open("wb") as file:
            torch.save(dict(state), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / CHECKPOINT)
    except (OSError, RuntimeError) as error:
        draft.unlink(missing_ok=True)
        # torch tells of a full disk by a RuntimeError about its own file format.
        reason = error.strerror if isinstance(error, OSError) else "the disk is most likely full"
        raise CannotKeepError(
            f"The checkpoint could not be written to '{folder}': {reason}. What was written before is whole: "
            "free some space, or mend the folder's rights, and run the same command to go on."
        ) from error


def load(folder: Path, recipe: Mapping[str, Any], photos: str, precision: str) -> dict[str, Any] | None:
    """Return the state kept in `folder`, or None if there is none.

    Raises CheckpointError: it is broken, or another recipe's, or was made with other photos or precision.
    """
    path = folder / CHECKPOINT
    if not path.exists():
        return None
    try:
        state: Any = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, UnpicklingError) as error:
        raise CheckpointError(
            f"'{path}' is no whole checkpoint: {error}. Delete it to begin anew, or choose another --out."
        ) from error
    if not isinstance(state, dict) or set(state) != _KEYS:
        raise CheckpointError(
            f"'{path}' is not a checkpoint of this program. Delete it, or choose another --out."
        )
    differences = _differences(state["recipe"], recipe)
    if differences:
        raise CheckpointError(
            f"'{path}' belongs to another recipe: {'; '.join(differences)}. Choose another --out, or delete "
            "the checkpoint to begin anew."
        )
    for what, found, expected in (
        ("photos", state["photos"], photos),
        ("precision", state["precision"], precision),
    ):
        if found != expected:
            raise CheckpointError(
                f"'{path}' was made with other {what} ({found[:12]}, now {expected[:12]}). Give the same "
                "again, or choose another --out."
            )
    return state


def _differences(old: Mapping[str, Any], new: Mapping[str, Any], where: str = "") -> list[str]:
    """Return a phrase for each key whose value differs, inner tables looked through."""
    found: list[str] = []
    for key in sorted({*old, *new}):
        before, now = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(now, dict):
            found += _differences(before, now, f"{where}{key}.")
        elif before != now:
            found.append(f"{where}{key} was {before!r}, is {now!r}")
    return found
