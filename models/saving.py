"""A result written in full quality, and known again by its hash."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from models import pixels
from models.card import Task
from models.pixels import Picture, Source
from models.provenance import Provenance


def save_result(
    picture: Picture,
    provenance: Provenance,
    path: Path,
    *,
    quality: int,
    keep_gps: bool = False,
    text: Mapping[str, str] | None = None,
) -> Provenance:
    """Write `picture` to `path` (format by suffix); return `provenance` with the file's hash and the time.

    `text` is as in `pixels.save`.

    Raises CannotSaveError: unknown suffix, no permission, no space.
    """
    began = perf_counter()
    pixels.save(picture, path, quality=quality, keep_gps=keep_gps, source=_source(provenance), text=text)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    steps = {**provenance.steps, "save": perf_counter() - began}
    return replace(provenance, output_sha256=sha256, steps=steps)


def _source(provenance: Provenance) -> Source | None:
    if provenance.method != "network":
        return None
    return Source.WHOLLY_MODEL if provenance.task == Task.GENERATE else Source.PARTLY_MODEL
