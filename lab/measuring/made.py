"""What is measured: a generator of the registry, or the folder that a training left."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lab.errors import MaterialError
from lab.generating.images import channels_of
from lab.measuring.images import Images
from lab.shipping.report import Report, read_training
from lab.training import lessons
from lab.training.recipe import NetworkChoice
from models import generator, latents
from models.photo import from_float
from models.workshop import Workshop

_BATCH = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """How a generator's weights came to be, as its report says.

    `shown` is how many real images the critic was shown; `chosen_step` the step whose weights were kept.
    """

    recipe: str
    seed: int
    shown: int
    steps: int
    chosen_step: int
    minutes: float
    device: str
    threads: int
    parameters: int

    @property
    def kept(self) -> int:
        """How many real images the critic had been shown when these weights were kept."""
        return self.shown // self.steps * self.chosen_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """A generator: `make(count)` yields the images of the seeds 0 to `count` − 1, in pieces.

    The image of a seed is the one that `python -m models generate` makes of it with default settings.
    """

    name: str
    side: int
    channels: int
    make: Callable[[int], Iterator[Images]]
    weights_sha256: str
    training: Training | None = None

    def images(self, count: int) -> Images:
        """Return the images of the first `count` seeds."""
        return np.concatenate(list(self.make(count)))


def maker(word: str, workshop: Workshop) -> Maker:
    """Return the generator that `word` names: a training's folder, or else a model's id.

    Raises MaterialError: the folder's training made no generator; ShipError: there is none, or it is not
    finished; ModelsError: no such model, it makes no images, or its weights are not here.
    """
    return _trained(Path(word)) if Path(word).is_dir() else _registered(word, workshop)


def _trained(folder: Path) -> Maker:
    found = read_training(folder)
    recipe = found.report.recipe
    kind, settings = recipe["lesson"]["kind"], recipe["lesson"]["settings"]
    if not lessons.takes_images(kind):
        raise MaterialError(
            f"The training in '{folder}' learnt '{kind}', and makes no images from random numbers. Name the "
            "folder of a generator's training; `lab bench` measures the others."
        )
    return Maker(
        name=folder.resolve().name,
        side=recipe["training"]["patch"],
        channels=channels_of(settings),
        make=lambda count: _by_network(found.weights, NetworkChoice(**recipe["network"]), count),
        weights_sha256=found.report.weights_sha256,
        training=_training(found.report),
    )


def _training(report: Report) -> Training:
    recipe = report.recipe
    return Training(
        recipe=recipe["name"],
        seed=recipe["seed"],
        shown=report.steps * recipe["training"]["batch"],
        steps=report.steps,
        chosen_step=report.chosen_step,
        minutes=report.minutes,
        device=report.device,
        threads=report.threads,
        parameters=report.parameters,
    )


def _by_network(weights: bytes, choice: NetworkChoice, count: int) -> Iterator[Images]:
    import torch
    from safetensors.torch import load

    from lab.training.learner import build

    network: Any = build(choice)
    network.load_state_dict(load(weights))
    network = network.float().eval()
    for at in range(0, count, _BATCH):
        seeds = range(at, min(at + _BATCH, count))
        numbers = np.stack([latents.latent(seed, network.latent) for seed in seeds])
        with torch.inference_mode():
            images = network(torch.from_numpy(numbers)).numpy()
        yield from_float(images.transpose(0, 2, 3, 1), np.dtype(np.uint8))


def _registered(model: str, workshop: Workshop) -> Maker:
    card, build, _ = generator.checked(model, [], {})
    assert card.weights is not None, "a generator without weights makes nothing"
    return Maker(
        name=card.id,
        side=build.side,
        channels=build.channels,
        make=lambda count: _by_registry(model, workshop, count),
        weights_sha256=card.weights.sha256 or "",
    )


def _by_registry(model: str, workshop: Workshop, count: int) -> Iterator[Images]:
    most = generator.LARGEST_COUNT
    for at in range(0, count, most):
        made = generator.generate(model, seed=at, count=min(most, count - at), workshop=workshop)
        yield np.stack([each.picture.pixels for each in made])
