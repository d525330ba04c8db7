"""The Hub client's own cache on disk: where a pinned file would lie, and how it is taken out again.

The layout is the client's documented one: `snapshots/REVISION/FILE` is a pointer, usually a symbolic link, to
`blobs/ETAG`; other programs use the same cache.
"""

from contextlib import suppress
from pathlib import Path

from models.source import Hub


def folder() -> Path:
    """Return the cache's folder, which HF_HOME and HF_HUB_CACHE set."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def pointer(source: Hub) -> Path:
    """Return where the cache has the file, or would have it."""
    assert source.revision is not None
    return _repository(source) / "snapshots" / source.revision / source.file


def named_by_hash(path: Path, sha256: str) -> bool:
    """Tell whether the Hub itself gives `sha256` for the file of this pointer: it names large files so."""
    return path.is_symlink() and path.readlink().name == sha256


def remove(source: Hub) -> int:
    """Take the file out of the cache; return how many bytes that gave back.

    A blob that another revision points to as well stays.

    Raises OSError.
    """
    path = pointer(source)
    if not path.is_symlink():
        size = path.stat().st_size if path.exists() else 0
        path.unlink(missing_ok=True)
        return size
    blob = path.parent / path.readlink()
    path.unlink()
    if any(other.is_symlink() and _same(other, blob) for other in _pointers(source)):
        return 0
    size = blob.stat().st_size if blob.exists() else 0
    blob.unlink(missing_ok=True)
    return size


def discard(source: Hub) -> None:
    """Take a broken file out of the cache, whoever points to it, so that a retry downloads it anew.

    Raises OSError.
    """
    path = pointer(source)
    blobs = [path.parent / path.readlink()] if path.is_symlink() else []
    for blob in blobs:
        if blob.is_symlink():  # the client's store of blobs shared between repositories
            with suppress(OSError):
                (blob.parent / blob.readlink()).unlink()
        blob.unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def _pointers(source: Hub) -> list[Path]:
    return [path for path in (_repository(source) / "snapshots").rglob("*") if not path.is_dir()]


def _same(pointer_path: Path, blob: Path) -> bool:
    return (pointer_path.parent / pointer_path.readlink()).resolve() == blob.resolve()


def _repository(source: Hub) -> Path:
    return folder() / "--".join([f"{source.kind}s", *source.repo.split("/")])
