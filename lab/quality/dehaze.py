"""The trials of dehazing: haze that follows measured depth indoors, and made depth elsewhere."""

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np

from lab.degradations import depth, haze
from lab.quality.case import Case, Trial
from lab.quality.photos import Material, to_bytes
from models.card import Settings
from models.method import Plane

HAZES_A_SCENE = 8

FARTHEST = 4
"""How many times as far as the nearest the farthest is: a measured disparity does not say it."""

SCENES = ("horizon", "ramp", "cloud", "mixed")

MADE: Mapping[str, Settings] = {
    "light": {"beta": 0.45, "airlight": 0.9},
    "dense": {"beta": 1.1, "airlight": 0.85},
}
"""Settings of `lab.degradations.haze`; the scene changes from photo to photo."""


def _indoor(material: Material, *, dense: bool) -> Iterator[Case]:
    """Yield scenes with depth, each under `HAZES_A_SCENE` hazes."""
    scenes = [(photo, photo.depth) for photo in material.photos if photo.depth is not None]
    for number, (photo, inverse) in enumerate(scenes):
        for turn in range(HAZES_A_SCENE):
            rng = np.random.default_rng([number, turn])
            transmission = _transmission(inverse, rng.uniform(0.6, 1.8), dense=dense)
            airlight = np.clip(rng.uniform(0.8, 1) + rng.uniform(-0.025, 0.025, 3), 0, 1)
            hazy = haze.lay(photo.pixels / 255, transmission, airlight)
            name, damaged = f"{photo.name}, haze {turn + 1}", to_bytes(hazy.astype(np.float32))
            yield Case(name, damaged, photo.pixels, transmission=transmission)


def _transmission(inverse: Plane, beta: float, *, dense: bool) -> Plane:
    if dense:
        return haze.transmission_of(inverse, beta)
    return haze.indoor_transmission_of(depth.distance_of(inverse, FARTHEST), beta)


def _made(material: Material, name: str) -> Iterator[Case]:
    for number, photo in enumerate(material.photos):
        scene = SCENES[number % len(SCENES)]
        hazy = haze.DEGRADATION.degrade(photo.pixels, {**MADE[name], "scene": scene}, number)
        yield Case(photo.name, hazy, photo.pixels)


_EACH = f"each under {HAZES_A_SCENE} hazes:"
_AIR = (
    "β 0.6–1.8, airlight 0.8–1 with a tint of ±0.025, 8 bits. Seeds: (number of the photo, number "
    "of the haze). The intervals count each haze as a photo, though scenes repeat."
)

TRIALS: tuple[Trial, ...] = (
    Trial(
        "indoor",
        "Rooms",
        f"The photos that come with depth, {_EACH} t = exp(−βz), z the distance from 0 to 1, whose "
        f"farthest is taken to be {FARTHEST} times as far as the nearest, {_AIR}",
        partial(_indoor, dense=False),
    ),
    Trial(
        "indoor-dense",
        "Rooms, dense",
        f"The same photos, {_EACH} t = exp(−2β(1 − d)), d inverse depth from 0 to 1, {_AIR}",
        partial(_indoor, dense=True),
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
