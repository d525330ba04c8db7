"""How a generator grew, for the page: the sheets that its training drew on the way, and both losses.

Written to gallery/growth/NAME: sheets as WebP, and growth.json as `ui.generating.growth` reads it.
"""

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from lab.training import journal

QUALITY = 75
POINTS = 120
"""Losses are averaged over so many equal parts of the training."""


def growth(folder: Path, batch: int, chosen_step: int) -> Mapping[str, bytes]:
    """Return the files that tell how the training in `folder` went, by name; none if it drew no sheets.

    `batch` is how many real images each of its steps showed to the critic; the weights on board are those
    after `chosen_step`.
    """
    entries = journal.read(folder / journal.LOG)
    examined = {entry["step"]: entry for entry in entries if "figures" in entry}
    files: dict[str, bytes] = {}
    sheets: list[dict[str, Any]] = []
    for path in sorted(folder.glob("made-*.png")):
        step = int(path.stem.removeprefix("made-"))
        if step not in examined:
            continue
        name = f"{step * batch:08}.webp"
        files[name] = _webp(path)
        sheets.append({"file": name, "images": step * batch, "minutes": examined[step]["minutes"]})
    if not sheets:
        return {}
    told = {"kept": chosen_step * batch, "sheets": sheets, "losses": _losses(entries, batch)}
    return {**files, "growth.json": (json.dumps(told, indent=1) + "\n").encode()}


def _webp(path: Path) -> bytes:
    file = BytesIO()
    with Image.open(path) as picture:
        picture.save(file, "WEBP", quality=QUALITY, method=6)
    return file.getvalue()


def _losses(entries: Sequence[Mapping[str, Any]], batch: int) -> list[list[float]]:
    """Return (images, critic's loss, generator's loss), means over equal parts of the training."""
    logged = [(e["step"] * batch, e["loss"], e["generator"]) for e in entries if "generator" in e]
    bounds = np.linspace(0, len(logged), min(POINTS, len(logged)) + 1).round().astype(int).tolist()
    parts = [logged[first:last] for first, last in pairwise(bounds)]
    return [
        [part[-1][0], *(round(float(np.mean([entry[which] for entry in part])), 4) for which in (1, 2))]
        for part in parts
    ]
