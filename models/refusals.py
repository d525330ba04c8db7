"""Why weights are not used, in sentences a person can act on."""

import re
from pathlib import Path

from models.errors import FetchError, NotPinnedError, WrongWeightsError
from models.source import Bundled, Hub, OnDisk, Weights

SUFFIXES = (".safetensors", ".pth", ".pt", ".bin")
REVISION = re.compile(r"[0-9a-f]{40}")
SHA256 = re.compile(r"[0-9a-f]{64}")


def pinned_hash(model: str, weights: Weights) -> str:
    """Return the SHA-256 that the bytes must have.

    Raises NotPinnedError: it or the revision is unknown, or no full hash; WrongWeightsError: a suffix that
    holds no weights.
    """
    source = weights.source
    revision = source.revision if isinstance(source, Hub) else None
    asked = "revision and SHA-256" if isinstance(source, Hub) else "SHA-256"
    whence = "the Hub" if isinstance(source, Hub) else "the file"
    if not weights.pinned or weights.sha256 is None:
        raise NotPinnedError(
            f"'{model}' is not pinned: nobody has said yet which {asked} its weights have. "
            f"`python -m models pin {model}` reads {asked} from {whence} and prints lines for models.toml."
        )
    if not SHA256.fullmatch(weights.sha256) or (revision is not None and not REVISION.fullmatch(revision)):
        raise NotPinnedError(
            f"'{model}' is not pinned: a revision has 40, a SHA-256 64 digits 0-9 a-f; "
            f"found '{revision}' and '{weights.sha256}'. "
            f"`python -m models pin {model}` reads {asked} from {whence}."
        )
    name = source.path.name if isinstance(source, OnDisk) else source.file
    if not name.lower().endswith(SUFFIXES):
        raise WrongWeightsError(
            f"The weights of '{model}' must be a {', '.join(SUFFIXES)} file; found {name}. Name such a file."
        )
    return weights.sha256


def absent(model: str, weights: Weights, path: Path) -> FetchError:
    """Return the error for weights that should be at `path` and are not."""
    if isinstance(weights.source, Bundled):
        return FetchError(f"The weights of '{model}' should ship with Patina as {path}. Reinstall Patina.")
    if isinstance(weights.source, OnDisk):
        return FetchError(f"The weights of '{model}' are not at {path}. Correct its path in models.toml.")
    return FetchError(
        f"The weights of '{model}' are not here yet. Download them: `python -m models fetch {model}`."
    )


def wrong_file(model: str, path: Path, expected: str, found: str) -> WrongWeightsError:
    """Return the error for a file of the person's own whose SHA-256 is not the pinned one."""
    return WrongWeightsError(
        f"The weights of '{model}' are not used: {path} has the SHA-256 {found[:8]}…, not {expected[:8]}…. "
        "Put the right file there, or pin this one if you trust it."
    )


def wrong_pin(model: str, source: Hub, expected: str, found: str) -> WrongWeightsError:
    """Return the error for a pinned SHA-256 that is not that of the Hub's own file."""
    return WrongWeightsError(
        f"The weights of '{model}' are not used: {source.file} of {source.repo} has the SHA-256 {found[:8]}… "
        f"on the Hub, but {expected[:8]}… is pinned. `python -m models pin {model}` reads the right one."
    )


def damaged(model: str, source: Hub, expected: str, found: str, *, page: bool) -> WrongWeightsError:
    """Return the error for a download with another SHA-256 than pinned; `page`: it looks like HTML."""
    what = "a web page came instead of weights" if page else "the file was damaged on its way"
    return WrongWeightsError(
        f"The weights of '{model}' are not used: {what} (SHA-256 {expected[:8]}… expected, {found[:8]}… "
        f"found for {source.file} of {source.repo}). It was removed; try again."
    )
