"""Reads from the Hub which bytes a file has today: the commit, the SHA-256, the size. Writes nothing."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.hub import cache
from models.hub.download import Failure, download
from models.hub.sentences import pin_error
from models.progress import Progress, never, silent
from models.receipts import sha256_of
from models.source import Hub

if TYPE_CHECKING:
    from huggingface_hub.hf_api import ModelInfo, SpaceInfo

_SECONDS = 10.0  # for one answer of the Hub
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What the Hub says of one file: where it is (with the full revision), its SHA-256, its size in bytes."""

    source: Hub
    sha256: str
    bytes: int


def read_pin(model: str, source: Hub, *, endpoint: str | None = None, progress: Progress = silent) -> Reading:
    """Ask the Hub for the commit of `source` (its revision, or the branch main), the file's hash and size.

    The Hub knows the SHA-256 of large files alone; a small one is downloaded and hashed here.

    Raises FetchError: a sentence for each way in which the Hub may refuse.
    """
    try:
        info = _ask(source, endpoint)
    except Failure as failure:
        raise pin_error(failure, model, source, endpoint) from failure.__cause__
    assert info.sha is not None
    pinned = replace(source, revision=info.sha)
    file = next((file for file in info.siblings or () if file.rfilename == source.file), None)
    if file is None:
        raise pin_error(Failure("file"), model, pinned, endpoint)
    if file.lfs is not None:
        return Reading(pinned, file.lfs.sha256, file.lfs.size)
    return _hashed(model, pinned, endpoint, progress)


def _ask(source: Hub, endpoint: str | None) -> "ModelInfo | SpaceInfo":
    """Return what the Hub says of the repository.

    Raises Failure.
    """
    import httpx2
    from huggingface_hub import HfApi

    from models.hub.process import detail, reason

    api = HfApi(endpoint=endpoint)
    revision = source.revision or "main"
    try:
        if source.kind == "space":
            return api.space_info(source.repo, revision=revision, files_metadata=True, timeout=_SECONDS)
        return api.model_info(source.repo, revision=revision, files_metadata=True, timeout=_SECONDS)
    except (OSError, httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise Failure(reason(error), detail(error)) from error
    except ValueError as error:  # the client refuses the repository's name, or the answer is no JSON
        raise Failure("stranger", str(error)) from error


def _hashed(model: str, source: Hub, endpoint: str | None, progress: Progress) -> Reading:
    folder = cache.folder()
    try:
        download(source, folder, None, endpoint=endpoint, patience=_PATIENCE, progress=progress, stop=never)
    except Failure as failure:
        raise pin_error(failure, model, source, endpoint) from None
    path = cache.pointer(source)
    return Reading(source, sha256_of(path, progress, never), path.stat().st_size)
