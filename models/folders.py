"""Which files a command works on, and where each result goes."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from models import pixels
from models.errors import CannotSaveError, ModelsError


@dataclass(frozen=True, slots=True)
class Job:
    """One photo to read, and where to write it."""

    source: Path
    target: Path


def jobs(source: Path, target: Path) -> list[Job]:
    """Return the work that `source` → `target` means: a file, or each picture below a folder.

    A folder's inner folders are kept. Formats that cannot be written (GIF, HEIC, AVIF) become PNG; where that
    would take another photo's name, "cat.heic" becomes "cat.heic.png".

    Raises ModelsError: there is no such file or folder, it holds no picture, or a folder would be written
    into itself or onto a file.
    """
    if not source.exists():
        raise ModelsError(f"There is no file or folder '{source}'. Check the path.")
    if not source.is_dir():
        place = target / f"{source.stem}{_suffix(source)}" if target.is_dir() else target
        if place.exists() and place.samefile(source):
            raise ModelsError(f"The output '{place}' is the input itself; choose another name, to keep both.")
        return [Job(source, place)]
    if target.is_file():
        raise ModelsError(f"'{source}' is a folder, so the output must be one too; '{target}' is a file.")
    if target.resolve().is_relative_to(source.resolve()):
        raise ModelsError(f"The output folder '{target}' lies inside the input folder; choose one outside.")
    files = (path for path in source.rglob("*") if path.is_file())
    pictures = sorted(path for path in files if path.suffix.lower() in pixels.READABLE)
    if not pictures:
        raise ModelsError(f"The folder '{source}' holds no pictures ({', '.join(sorted(pixels.READABLE))}).")
    return _named_apart([Job(path, _target(path, source, target)) for path in pictures])


def make_folder(folder: Path) -> None:
    """Make `folder`, and those it lies in, where they are missing.

    Raises CannotSaveError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotSaveError(
            f"The folder '{folder}' cannot be made: {error.strerror}. Choose another place."
        ) from error


def _target(path: Path, source: Path, target: Path) -> Path:
    return (target / path.relative_to(source)).with_suffix(_suffix(path))


def _named_apart(work: list[Job]) -> list[Job]:
    """Return `work` without two photos that would be written to one file."""
    wanted = Counter(job.target for job in work)
    return [
        job
        if wanted[job.target] == 1 or job.source.name == job.target.name
        else Job(job.source, job.target.with_name(f"{job.source.name}{job.target.suffix}"))
        for job in work
    ]


def _suffix(path: Path) -> str:
    return path.suffix if path.suffix.lower() in pixels.WRITABLE else ".png"
