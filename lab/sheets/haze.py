"""The sheets of haze: made depths, the air's own settings, and haze as trainings draw it."""

from pathlib import Path

import numpy as np

from lab.degradations import haze
from lab.quality.photos import to_bytes
from lab.sheets.damage import DamageSheet, grey, small, square
from lab.sheets.drawing import Cell, Row
from lab.training.album import Photo
from lab.training.haze import Haze
from lab.training.haze_scenes import air, darkened
from models.card import Settings
from models.method import Pixels

_LARCHES, _PEAKS, _ROOM, _STREAM, _SUNDIAL = (
    "larches.jpg",
    "peaks.jpg",
    "room.jpg",
    "stream.jpg",
    "sundial.jpg",
)
_OUTDOOR = ("horizon", "ramp", "cloud", "mixed")
_AIR: tuple[tuple[str, Settings], ...] = (
    ("Light: β 0.3", {"beta": 0.3}),
    ("Dense: β 1.5", {"beta": 1.5}),
    ("Dusk: airlight 0.4", {"airlight": 0.4}),
    ("Warm: warmth 0.1", {"warmth": 0.1}),
    ("Cold: warmth -0.1", {"warmth": -0.1}),
    ("Banks: patchiness 0.6", {"patches": 0.6, "scene": "ramp"}),
    ("Darkened: gamma 2.5", {"gamma": 2.5}),
    ("Worn: noise 8, JPEG 60", {"noise": 8.0, "jpeg": 60}),
)


def _made(image: Pixels, settings: Settings, seed: int) -> haze.Hazy:
    return haze.make(image, haze.DEGRADATION.settle(settings), seed)


def _depths() -> list[Row]:
    """Return hazy photos, and below each its transmission."""
    image, room = square(_LARCHES), square(_ROOM)
    made = [(f"{scene.capitalize()}", _made(image, {"scene": scene}, 1)) for scene in _OUTDOOR]
    rooms = [
        (f"Room, β {beta:g}", _made(room, {"scene": "room", "beta": beta, "airlight": 0.95}, seed))
        for seed, beta in enumerate((0.6, 1.0, 1.4, 1.8))
    ]
    return [*_with_transmission(image, made), *_with_transmission(room, rooms)]


def _with_transmission(clean: Pixels, made: list[tuple[str, haze.Hazy]]) -> list[Row]:
    first = [Cell(small(clean), "Clean"), *(Cell(small(hazy.image), said) for said, hazy in made)]
    none = Cell(small(np.full_like(clean, 255)), "t = 1 everywhere")
    second = [none, *(Cell(small(grey(hazy.transmission)), "its transmission t") for _, hazy in made)]
    return [Row("", first), Row("", second)]


def _airs() -> list[Row]:
    image = square(_PEAKS)
    usual: Settings = {"scene": "mixed", "horizon": 0.3}
    cells = [
        Cell(small(image), "Clean"),
        Cell(small(_made(image, usual, 4).image), "Usual: β 0.9, airlight 0.85"),
    ]
    cells += [Cell(small(_made(image, {**usual, **settings}, 4).image), said) for said, settings in _AIR]
    return [Row("", cells[:5]), Row("", cells[5:])]


def _drawn() -> list[Row]:
    """Return photos as the lesson of haze shows them, but for its depth from photos that may not be shown."""
    rows: list[Row] = []
    lesson = Haze()
    for indoor, names in ((False, (_LARCHES, _STREAM, _SUNDIAL, _PEAKS)), (True, (_ROOM,) * 4)):
        cells: list[Cell] = []
        for seed, name in enumerate(names):
            rng = np.random.default_rng((seed, int(indoor)))
            photo, climate = Photo(Path(name), square(name)), lesson.climate(indoor=indoor)
            clear = darkened(photo.pixels, climate, rng)
            hazy = air(photo, (), climate, rng).before(clear)
            cells.append(Cell(small(to_bytes(hazy)), "Indoors" if indoor else "Outdoors"))
        rows.append(Row("", cells))
    return rows


SHEETS = (
    DamageSheet(
        "degrade-haze-depth",
        "Haze over made depth",
        "I = J·t + A·(1 − t), t = exp(−2β(1 − d)), d inverse depth (`lab.degradations.haze` and `depth`); "
        "here β 0.9 and A 0.85, and brighter in rooms. The depth is made up, so that how hazy a place is "
        "does not follow from what it shows: a flat ground up to a *horizon*, a *ramp* up to the top, a "
        "*cloud* that follows nothing, ground and cloud *mixed*, and the inside of a *room*. Below each "
        "photo its transmission, white where the air is clear. So haze also lies on things that stand "
        "near: the horizon knows nothing of the trees before it. Measured depth (stereo pairs with "
        "disparity) is used where a folder has it, and lent to other photos; those photos may not be "
        "passed on and are not shown.",
        (_LARCHES, _ROOM),
        _depths,
    ),
    DamageSheet(
        "degrade-haze-air",
        "What can be set about the air",
        "The settings of `python -m lab degrade dehaze`, one changed at a time.",
        (_PEAKS,),
        _airs,
    ),
    DamageSheet(
        "degrade-haze-training",
        "Haze as trainings draw it",
        "Random settings of the lesson of haze (`lab.training.haze`), without its noise and JPEG: outdoors β "
        "0.3–1.5 and airlight 0.25–1, half of the photos darkened first; indoors β 0.6–1.8 and airlight "
        "0.7–1.",
        (_LARCHES, _STREAM, _SUNDIAL, _PEAKS, _ROOM),
        _drawn,
    ),
)
