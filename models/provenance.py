"""How a result came about: enough to make it again, and to know it again."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from models import pixels
from models.card import AUTO, Card, Value
from models.method import Pixels, Window
from models.order import Order

APP_VERSION = "0.1.0"
"""Patina's own version; a test holds it against pyproject.toml."""

LIBRARIES = ("numpy", "opencv-python-headless", "imagecodecs", "pillow")
"""Packages that decode, compute and encode: their version may move a result by a rounding."""


@dataclass(frozen=True, slots=True)
class Computer:
    """What computed: a device ("cpu", or a GPU's own name), and for networks an engine's library."""

    device: str
    engine: str | None = None
    precision: str = "float32"


@dataclass(frozen=True, slots=True)
class Provenance:
    """One run: what was done to which pixels, by what, how long it took.

    Hashes are SHA-256 of files; `input_sha256` is None where there was no photo, `output_sha256` until the
    result is saved. `estimated` names the settings that were "auto", whose found values stand in `settings`.
    `engine` is the library that ran a network, None for other methods. `steps` maps load, network (fetching
    and loading it), preprocess, method, postprocess and save to seconds. `window` is the region (top, left,
    height, width) if not the whole photo; `height` and `width` are the result's, in pixels. `created` is UTC
    in ISO 8601. `notes` are sentences for the person, from reading the file. `hint_sha256` is
    `models.hint.Hint.sha256` of what a person painted, None if nothing was.
    """

    model: str
    task: str
    method: str
    method_version: int
    weights_sha256: str | None
    settings: Mapping[str, Value]
    estimated: tuple[str, ...]
    default_settings: bool
    input_sha256: str | None
    output_sha256: str | None
    height: int
    width: int
    window: Window | None
    app_version: str
    libraries: Mapping[str, str]
    device: str
    engine: str | None
    precision: str
    steps: Mapping[str, float]
    created: str
    notes: tuple[str, ...] = ()
    hint_sha256: str | None = None

    @property
    def seconds(self) -> float:
        """Seconds of all steps together."""
        return sum(self.steps.values())

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON types, seconds included."""
        return {**asdict(self), "seconds": round(self.seconds, 4)}


def as_text(provenance: Mapping[str, Any]) -> dict[str, str]:
    """Return by keyword what a file says of itself, of `Provenance.as_json`: enough to make it again.

    "enlarged" says so many times of an image that is shown larger than it was made.

    Neither time nor duration is in it: the same image is the same file.
    """
    told = (
        "model",
        "method_version",
        "weights_sha256",
        "settings",
        "height",
        "width",
        "enlarged",
        "app_version",
        "device",
        "engine",
        "precision",
    )
    said = {name: value for name, value in provenance.items() if name in told}
    return {"Software": f"Patina {provenance['app_version']}", "Patina": json.dumps(said, ensure_ascii=False)}


@cache
def library_versions(engine: str | None = None) -> Mapping[str, str]:
    """Return the installed versions of the packages that compute; found once, as it takes 6 ms."""
    return {name: version(name) for name in (*LIBRARIES, *([engine] if engine else []))}


def written_down(
    card: Card,
    settled: Mapping[str, Value],
    exact: Mapping[str, Value],
    result: pixels.Picture,
    steps: Mapping[str, float],
    computer: Computer,
    order: Order | None = None,
) -> Provenance:
    """Return how `result` came about: with the settings `settled` as asked for, `exact` as done.

    `order` is None where no photo was restored.
    """
    height, width = result.size
    return Provenance(
        model=card.id,
        task=str(card.task),
        method=card.method,
        method_version=card.version,
        weights_sha256=card.weights.sha256 if card.weights else None,
        settings=exact,
        estimated=tuple(name for name, value in settled.items() if value == AUTO),
        default_settings=settled == card.defaults,
        input_sha256=result.sha256,
        output_sha256=None,
        height=height,
        width=width,
        window=order.window if order else None,
        app_version=APP_VERSION,
        libraries=library_versions(computer.engine),
        device=computer.device,
        engine=computer.engine,
        precision=computer.precision,
        steps=dict(steps),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        notes=result.notes,
        hint_sha256=order.hint.sha256 if order and order.hint else None,
    )


@dataclass(frozen=True, slots=True)
class Stage:
    """An inner image of a run, for people: uint8, grey (h, w) or RGB (h, w, 3), long side ≤ 1600 px.

    `title` is English; `gain` tells by how much a difference was enlarged (1 if not).
    """

    slug: str
    title: str
    image: Pixels
    gain: float = 1.0

    def save(self, path: Path) -> None:
        """Write the image in the format of the suffix.

        Raises CannotSaveError.
        """
        image = self.image[..., None] if self.image.ndim == 2 else self.image
        pixels.save(pixels.from_array(image), path)


def stage_titles(card: Card) -> dict[str, str]:
    """Return slug → title of every stage a run of `card` shows, in order."""
    return {**(card.stages or {}), "removed": "What was taken away"}
