"""A model id and seeds in, images out: seed → latent → network → image."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from models import pixels, registry
from models.card import Card, Settings, Value
from models.clock import Clock
from models.errors import BadSettingError, OutOfMemoryError
from models.method import Generator
from models.photo import from_float
from models.pixels import Picture
from models.progress import Progress, StopFlag, never, silent
from models.provenance import Provenance, written_down
from models.rack import Loaded
from models.saving import save_result
from models.workshop import Workshop, own_workshop

LARGEST_SEED = 2**32 - 1
LARGEST_COUNT = 1024

CLASS = "class"
"""The name of the control by which a class is chosen, for generators that have classes."""


@dataclass(frozen=True, slots=True)
class Generated:
    """One finished image, the seed it was made from, and how it came about."""

    picture: Picture
    seed: int
    provenance: Provenance

    def save(self, path: Path, *, quality: int = 95) -> "Generated":
        """Write the image to `path` (format by suffix); return this with the file's hash.

        Raises CannotSaveError.
        """
        return replace(self, provenance=save_result(self.picture, self.provenance, path, quality=quality))


def generate(
    model: str,
    *,
    seed: int = 0,
    count: int = 1,
    settings: Settings | None = None,
    progress: Progress = silent,
    stop: StopFlag = never,
    workshop: Workshop | None = None,
) -> Iterator[Generated]:
    """Yield `count` images of `model`, made from the seeds `seed`, `seed` + 1, …

    An image depends on its own seed and the settings alone, so it is the same whether it is made alone or
    among others, up to the rounding of the device.

    Raises UnknownModelError; BadSettingError: also a model that restores, a seed not in 0 … 2³² − 1, a count
    not in 1 … 1024; NotReadyError, DeviceError, StoppedError.
    """
    card = registry.get(model)
    if not isinstance(card.build, Generator):
        raise BadSettingError(f"'{model}' restores photos and makes none; use `restore`.")
    if not (0 <= seed <= LARGEST_SEED and 1 <= count <= LARGEST_COUNT):
        raise BadSettingError(
            f"Expected a seed from 0 to {LARGEST_SEED} and a count from 1 to {LARGEST_COUNT}; "
            f"got {seed} and {count}.",
        )
    settled = card.settle(settings or {})
    return _images(card, card.build, range(seed, seed + count), settled, Clock(progress, stop), workshop)


def latent(seed: int, length: int) -> NDArray[np.float32]:
    """Return the `length` standard normal numbers, float32, that belong to `seed`."""
    return np.random.default_rng(seed).standard_normal(length, dtype=np.float32)


def _images(
    card: Card,
    build: Generator,
    seeds: Sequence[int],
    settled: dict[str, Value],
    clock: Clock,
    workshop: Workshop | None,
) -> Iterator[Generated]:
    workshop = workshop or own_workshop()
    conditions = [float(build.classes.index(str(settled[CLASS])))] if build.classes else []
    with ExitStack() as held:
        with clock.step("network"):
            loaded = held.enter_context(workshop.lend(card, clock.progress, clock.stop))
        computer = workshop.computer(loaded)
        done = 0
        while done < len(seeds):
            clock.check()
            began = perf_counter()
            images = _run(card.id, loaded, build, seeds[done:], conditions)
            steps = {**clock.seconds, "method": (perf_counter() - began) / len(images)}
            for seed, image in zip(seeds[done:], images, strict=False):
                picture = pixels.from_array(from_float(image, np.dtype(np.uint8)))
                made = written_down(card, settled, {**settled, "seed": seed}, picture, steps, computer)
                yield Generated(picture, seed, replace(made, input_sha256=None))
            done += len(images)
            clock.progress("method", done / len(seeds))


def _run(
    model: str, loaded: Loaded, build: Generator, seeds: Sequence[int], conditions: Sequence[float]
) -> NDArray[np.float32]:
    """Return the images of the first of `seeds`, as many as fit, (n, side, side, 3) float32 in [0, 1].

    Raises OutOfMemoryError: not even one fits; DeviceError.
    """
    batch = loaded.batch or loaded.engine.batch
    latents = np.stack([latent(seed, build.latent) for seed in seeds[:batch]])
    try:
        with loaded.turn:
            (images, *_) = loaded.engine.run(latents, conditions)
    except MemoryError:
        if batch > 1:
            loaded.batch = batch // 2
            return _run(model, loaded, build, seeds, conditions)
        raise OutOfMemoryError(
            f"'{model}' does not fit into the memory of the device '{loaded.engine.device}'. Close other "
            "programs, or run it on another device (PATINA_DEVICE)."
        ) from None
    return np.ascontiguousarray(images.transpose(0, 2, 3, 1))
