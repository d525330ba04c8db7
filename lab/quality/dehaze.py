"""The trials of dehazing: haze that follows measured depth indoors, and made depth elsewhere."""

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np

from lab.degradations import haze
from lab.quality.case import Case, Trial
from lab.quality.photos import Material, to_bytes
from models.card import Settings

HAZES_A_SCENE = 8

SCENES = ("horizon", "ramp", "cloud", "mixed")

MADE: Mapping[str, Settings] = {
    "light": {"beta": 0.45, "airlight": 0.9},
    "dense": {"beta": 1.1, "airlight": 0.85},
}
"""Settings of `lab.degradations.haze`; the scene changes from photo to photo."""


def _indoor(material: Material) -> Iterator[Case]:
    """Yield scenes with depth, each under `HAZES_A_SCENE` hazes."""
    scenes = [(photo, photo.depth) for photo in material.photos if photo.depth is not None]
    for number, (photo, depth) in enumerate(scenes):
        for turn in range(HAZES_A_SCENE):
            rng = np.random.default_rng([number, turn])
            transmission = haze.transmission_of(depth, rng.uniform(0.6, 1.8))
            airlight = np.clip(rng.uniform(0.8, 1) + rng.uniform(-0.025, 0.025, 3), 0, 1)
            hazy = haze.lay(photo.pixels / 255, transmission, airlight)
            yield Case(f"{photo.name}, haze {turn + 1}", to_bytes(hazy.astype(np.float32)), photo.pixels)


def _made(material: Material, name: str) -> Iterator[Case]:
    for number, photo in enumerate(material.photos):
        scene = SCENES[number % len(SCENES)]
        hazy = haze.DEGRADATION.degrade(photo.pixels, {**MADE[name], "scene": scene}, number)
        yield Case(photo.name, hazy, photo.pixels)


TRIALS: tuple[Trial, ...] = (
    Trial(
        "indoor",
        "Indoor, measured depth",
        f"The photos that come with depth, each under {HAZES_A_SCENE} hazes: t = exp(−2β(1 − d)), d inverse "
        "depth from 0 to 1, β 0.6–1.8, airlight 0.8–1 with a tint of ±0.025, 8 bits. Seeds: (number of the "
        "photo, number of the haze). The intervals count each haze as a photo, though scenes repeat.",
        _indoor,
    ),
    *(
        Trial(
            f"made-{name}",
            f"Made depth, {name}",
            "Haze over made depth (horizon, ramp, cloud and mixed in turns), "
            f"β {settings['beta']}, airlight {settings['airlight']}, tint ±0.025, 8 bits. Seeds: "
            "number of the photo.",
            partial(_made, name=name),
        )
        for name, settings in MADE.items()
    ),
)
