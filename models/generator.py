"""A model id and seeds in, images out: seed → latent → network → image."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models import pixels, registry
from models.card import Card, Settings, Value
from models.clock import Clock
from models.errors import BadSettingError
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
        for first in range(0, len(seeds), loaded.engine.batch):
            batch = seeds[first : first + loaded.engine.batch]
            with clock.step("method"):
                images = _run(loaded, build, batch, conditions)
            clock.progress("method", (first + len(batch)) / len(seeds))
            for seed, image in zip(batch, images, strict=True):
                picture = pixels.from_array(from_float(image, np.dtype(np.uint8)))
                exact = {**settled, "seed": seed}
                made = written_down(card, settled, exact, picture, clock.seconds, computer)
                yield Generated(picture, seed, replace(made, input_sha256=None))


def _run(
    loaded: Loaded, build: Generator, seeds: Sequence[int], conditions: Sequence[float]
) -> NDArray[np.float32]:
    """Return the images of `seeds`, (n, side, side, 3) float32 in [0, 1]."""
    latents = np.stack([latent(seed, build.latent) for seed in seeds])
    with loaded.turn:
        (images, *_) = loaded.engine.run(latents, conditions)
    return np.ascontiguousarray(images.transpose(0, 2, 3, 1))
