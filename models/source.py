"""Where a model's weights come from, and how they are known again. Nothing here reads a file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Bundled:
    """A file of `models/weights/`, which ships with Patina."""

    file: str


@dataclass(frozen=True, slots=True)
class Hub:
    """A file of a repository on the Hugging Face Hub, at one commit.

    `revision` is the full commit hash, 40 hexadecimal digits; None while nobody has read it.
    """

    repo: str
    file: str
    revision: str | None = None
    kind: Literal["model", "space"] = "model"


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A file of this machine, named in `models.toml`."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A checkpoint: where it is, and the SHA-256 (64 hexadecimal digits) its bytes must have.

    `sha256` and `bytes` are None while nobody has read them; without a revision and a hash it is not run.
    `licence` is the checkpoint's own, which may differ from the code's. `trained_on` is one sentence.
    """

    source: Bundled | Hub | OnDisk
    sha256: str | None = None
    bytes: int | None = None
    licence: str
    trained_on: str

    @property
    def pinned(self) -> bool:
        """Tell whether it is known exactly which bytes these are."""
        unread = isinstance(self.source, Hub) and self.source.revision is None
        return self.sha256 is not None and not unread
