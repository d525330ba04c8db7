"""A model id and seeds in, images out: seed → latent → network → image."""

from collections.abc import Generator as Yielding
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from models import latents, pixels, registry
from models.card import Card, Settings, Value
from models.clock import Clock
from models.errors import BadSettingError, OutOfMemoryError
from models.latents import FARTHEST_NUDGE, LARGEST_SEED, Latent, Point
from models.method import Generator
from models.photo import from_float
from models.pixels import Picture
from models.progress import Progress, StopFlag, never, silent
from models.provenance import Provenance, as_text, written_down
from models.rack import Loaded
from models.saving import save_result
from models.workshop import Workshop, own_workshop

LARGEST_COUNT = 1024

LONGEST_WALK = 240
"""Frames of a walk: eight seconds at thirty a second."""

CLASS, TRUNCATION = "class", "truncation"
"""The names of the controls by which a class is chosen, and how far from the typical images may lie."""


@dataclass(frozen=True, slots=True)
class Generated:
    """One finished image, where it lies, and how it came about."""

    picture: Picture
    point: Point
    provenance: Provenance

    @property
    def seed(self) -> int:
        """The seed it was made from."""
        return self.point.seed

    def save(self, path: Path, *, quality: int = 95) -> "Generated":
        """Write the image to `path` (format by suffix); return this with the file's hash.

        A PNG says in itself how it came about, under "Patina".

        Raises CannotSaveError.
        """
        text = as_text(self.provenance.as_json())
        saved = save_result(self.picture, self.provenance, path, quality=quality, text=text)
        return replace(self, provenance=saved)


def generate(
    model: str,
    *,
    seed: int = 0,
    count: int = 1,
    settings: Settings | None = None,
    nudges: Sequence[float] = (),
    progress: Progress = silent,
    stop: StopFlag = never,
    workshop: Workshop | None = None,
) -> Iterator[Generated]:
    """Yield `count` images of `model`, made from the seeds `seed`, `seed` + 1, …, each moved by `nudges`.

    An image depends on its own seed, the nudges and the settings alone: on one device with the same number of
    threads it is the same to the last bit, whether it is made alone or among others. (Where memory was short
    fewer are made at once from then on, which may round otherwise.)

    Raises UnknownModelError; BadSettingError: also a model that restores, a seed not in 0 … 2⁶⁴ − 1, a count
    not in 1 … 1024, nudges that are too many or too far; NotReadyError, DeviceError, StoppedError.
    """
    if not 1 <= count <= LARGEST_COUNT:
        raise BadSettingError(f"Expected a count from 1 to {LARGEST_COUNT}; got {count}.")
    given = [Point(seed + number, tuple(nudges)) for number in range(count)]
    card, build, settled = checked(model, given, settings or {})
    points = [Point(point.seed, latents.effective(point.nudges)) for point in given]
    return _images(card, build, points, settled, Clock(progress, stop), workshop)


def walk(
    model: str,
    stops: Sequence[Point],
    *,
    frames: int = 60,
    settings: Settings | None = None,
    progress: Progress = silent,
    stop: StopFlag = never,
    workshop: Workshop | None = None,
) -> Iterator[NDArray[np.uint8]]:
    """Yield `frames` images, (side, side, 1 or 3) uint8, on the way through `stops`, two points or more.

    Raises as `generate` does; BadSettingError: also frames not in 2 … 240.
    """
    if not 2 <= frames <= LONGEST_WALK or len(stops) < 2:
        raise BadSettingError(
            f"Expected a walk of 2 to {LONGEST_WALK} frames between two images or more; got {frames} frames "
            f"and {len(stops)} images."
        )
    card, build, settled = checked(model, stops, settings or {})
    return _frames(card, build, stops, frames, settled, Clock(progress, stop), workshop)


def checked(
    model: str, points: Sequence[Point], settings: Settings
) -> tuple[Card, Generator, dict[str, Value]]:
    """Return the card of `model`, its build, and its settings settled; raises as `generate` does."""
    card = registry.get(model)
    build = card.build
    if not isinstance(build, Generator):
        raise BadSettingError(f"'{model}' restores photos and makes none; use `restore`.")
    for point in points:
        if not 0 <= point.seed <= LARGEST_SEED:
            raise BadSettingError(f"Expected seeds from 0 to {LARGEST_SEED}; got {point.seed}.")
        most = min(latents.DIRECTIONS, build.latent) if build.first_layer else 0
        if len(point.nudges) > most:
            raise BadSettingError(
                f"'{model}' can be nudged along {most} directions; got {len(point.nudges)}."
            )
        if not all(abs(nudge) <= FARTHEST_NUDGE for nudge in point.nudges):  # not true of NaN either
            raise BadSettingError(
                f"Expected nudges from −{FARTHEST_NUDGE:g} to {FARTHEST_NUDGE:g}; got {list(point.nudges)}."
            )
    return card, build, card.settle(settings)


def _images(
    card: Card,
    build: Generator,
    points: Sequence[Point],
    settled: dict[str, Value],
    clock: Clock,
    workshop: Workshop | None,
) -> Iterator[Generated]:
    workshop = workshop or own_workshop()
    with _lent(card, clock, workshop) as loaded:
        computer = workshop.computer(loaded)
        wanted = _latents(card, build, points, settled, workshop)
        places = iter(points)
        began = perf_counter()
        for images in _run(card, loaded, wanted, settled, clock):
            steps = {**clock.seconds, "method": (perf_counter() - began) / len(images)}
            for image, point in zip(images, places, strict=False):
                picture = pixels.from_array(image)
                exact = {**settled, "seed": point.seed, **_named(point.nudges)}
                made = written_down(card, settled, exact, picture, steps, computer)
                default = made.default_settings and not any(point.nudges)
                yield Generated(picture, point, replace(made, input_sha256=None, default_settings=default))
            began = perf_counter()


def _frames(
    card: Card,
    build: Generator,
    stops: Sequence[Point],
    frames: int,
    settled: dict[str, Value],
    clock: Clock,
    workshop: Workshop | None,
) -> Iterator[NDArray[np.uint8]]:
    workshop = workshop or own_workshop()
    with _lent(card, clock, workshop) as loaded:
        way = list(latents.walk(_latents(card, build, stops, settled, workshop), frames))
        for images in _run(card, loaded, way, settled, clock):
            yield from images


@contextmanager
def _lent(card: Card, clock: Clock, workshop: Workshop) -> Yielding[Loaded]:
    with ExitStack() as held:
        with clock.step("network"):
            loaded = held.enter_context(workshop.lend(card, clock.progress, clock.stop))
        yield loaded


def _latents(
    card: Card, build: Generator, points: Sequence[Point], settled: dict[str, Value], workshop: Workshop
) -> list[Latent]:
    """Return the latent of each point: its seed's, moved, and drawn towards the middle by the truncation."""
    scale = float(settled.get(TRUNCATION, 1.0))
    nudged = any(any(point.nudges) for point in points)
    directions = workshop.directions(card) if nudged else np.empty((0, build.latent), np.float32)
    return [
        (scale * (latents.latent(point.seed, build.latent) + _moved(point.nudges, directions))).astype(
            np.float32
        )
        for point in points
    ]


def _moved(nudges: Sequence[float], directions: NDArray[np.float32]) -> NDArray[np.float32] | float:
    return np.asarray(nudges, np.float32) @ directions[: len(nudges)] if any(nudges) else 0.0


def _named(nudges: Sequence[float]) -> dict[str, Value]:
    """Return the nudges that move something, by name, as settings."""
    return {f"nudge-{number}": nudge for number, nudge in enumerate(nudges, start=1) if nudge}


def _run(
    card: Card, loaded: Loaded, wanted: Sequence[Latent], settled: dict[str, Value], clock: Clock
) -> Iterator[list[NDArray[np.uint8]]]:
    """Yield the images of `wanted`, each (side, side, 1 or 3) uint8, as many at once as fit.

    Raises OutOfMemoryError, DeviceError, StoppedError.
    """
    assert isinstance(card.build, Generator)
    classes = card.build.classes
    conditions = [float(classes.index(str(settled[CLASS])))] if classes else []
    done = 0
    while done < len(wanted):
        clock.check()
        images = _run_once(card.id, loaded, wanted[done:], conditions)
        yield [from_float(image, np.dtype(np.uint8)) for image in images]
        done += len(images)
        clock.progress("method", done / len(wanted))


def _run_once(
    model: str, loaded: Loaded, wanted: Sequence[Latent], conditions: Sequence[float]
) -> NDArray[np.float32]:
    """Return the images of the first of `wanted`, as many as fit, (n, side, side, 1 or 3) float32 in [0, 1].

    The network always gets as many latents at once, zeros for those that lack: another number would round
    otherwise.

    Raises OutOfMemoryError: not even one fits; DeviceError.
    """
    size = loaded.batch or loaded.engine.batch
    first = wanted[:size]
    padded = np.zeros((size, len(first[0])), np.float32)
    padded[: len(first)] = first
    try:
        with loaded.turn:
            (images, *_) = loaded.engine.run(padded, conditions)
    except MemoryError:
        if size > 1:
            loaded.batch = size // 2
            return _run_once(model, loaded, wanted, conditions)
        raise OutOfMemoryError(
            f"'{model}' does not fit into the memory of the device '{loaded.engine.device}'. Close other "
            "programs, or run it on another device (PATINA_DEVICE)."
        ) from None
    return np.ascontiguousarray(images[: len(first)].transpose(0, 2, 3, 1))
