"""What went wrong between here and the Hub, in sentences a person can act on."""

from models.errors import FetchError
from models.hub import cache
from models.hub.download import Failure
from models.source import Hub

DENIED = frozenset({"token", "gated"})
"""Reasons that end when the person has a token that may read the repository."""

_SENTENCES = {
    "offline": "offline mode is on. Unset HF_HUB_OFFLINE, then try again.",
    "unreachable": "{hub} cannot be reached. Check the network (and HF_ENDPOINT, if set), then try again.",
    "slow": "{hub} sent nothing for {detail}. Nothing was kept; try again later.",
    "cut": "{hub} cut the download off in the middle. Nothing was kept; try again.",
    "token": "{hub} asks who you are (401): {repo} does not exist, is private, or needs a valid token. "
    "Check the name, set HF_TOKEN to a token that may read it, then try again.",
    "gated": "{repo} is gated (403). Accept its terms on its page on the Hub, set HF_TOKEN to a token of "
    "that account, then try again.",
    "repository": "{hub} has no repository {repo} (404), or it is private. Check the name, or set HF_TOKEN.",
    "revision": "{repo} has no revision {revision} (404). "
    "`python -m models pin {model}` reads the current one.",
    "file": "{repo} has no file {file} at revision {revision} (404). Check the file's name in {repo}.",
    "busy": "{hub} had too many requests (429). Wait some minutes; with HF_TOKEN set, more are allowed.",
    "server": "{hub} has a fault of its own ({detail}). Try again later.",
    "stranger": "{hub} answers, but not as a Hub: a proxy or a login page may stand in between. "
    "Check the network (and HF_ENDPOINT, if set), then try again.",
    "full": "the disk is full ({need} needed in {cache}). Make room, or set HF_HOME to another disk, "
    "then try again. Nothing was kept.",
    "folder": "{cache} cannot be written ({detail}). Mend its permissions, or set HF_HOME to a folder "
    "that can be written, then try again.",
    "crashed": "the download ended by itself ({detail}). Try again; if it stays, reinstall huggingface_hub.",
}


def fetch_error(failure: Failure, model: str, source: Hub, endpoint: str | None) -> FetchError:
    """Return the error for a download of the weights of `model` that failed."""
    return FetchError(f"The weights of '{model}' were not fetched: {_said(failure, model, source, endpoint)}")


def pin_error(failure: Failure, model: str, source: Hub, endpoint: str | None) -> FetchError:
    """Return the error for revision and hash of the weights of `model` that could not be read."""
    said = _said(failure, model, source, endpoint)
    return FetchError(f"Revision and hash of the weights of '{model}' were not read: {said}")


def _said(failure: Failure, model: str, source: Hub, endpoint: str | None) -> str:
    return _SENTENCES[failure.why].format(
        model=model,
        repo=source.repo,
        file=source.file,
        revision=(source.revision or "")[:10],
        hub=endpoint or "the Hugging Face Hub",
        cache=cache.folder(),
        detail=failure.detail.rstrip(".") or "it gave no reason",
        need="room for the file" if failure.size is None else f"{failure.size / 1e6:.1f} MB",
    )
