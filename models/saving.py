"""A result written in full quality, and known again by its hash."""

import hashlib
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from models import pixels
from models.pixels import Picture
from models.provenance import Provenance


def save_result(
    picture: Picture, provenance: Provenance, path: Path, *, quality: int, keep_gps: bool = False
) -> Provenance:
    """Write `picture` to `path` (format by suffix); return `provenance` with the file's hash and the time.

    Raises CannotSaveError: unknown suffix, no permission, no space.
    """
    began = perf_counter()
    made_by_model = provenance.method == "network"
    pixels.save(picture, path, quality=quality, keep_gps=keep_gps, made_by_model=made_by_model)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    steps = {**provenance.steps, "save": perf_counter() - began}
    return replace(provenance, output_sha256=sha256, steps=steps)
