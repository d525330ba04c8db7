"""The sheets of rust: thickness and strata, the settings, trainings' own draws, and the second generator."""

import numpy as np

from lab.degradations import drawing, rust, second_rust
from lab.degradations.rust import INSIDE, OPAQUE, OUTSIDE, TRANSLUCENT, Rusted
from lab.sheets.damage import DamageSheet, small, square
from lab.sheets.drawing import Cell, Row
from models.card import Settings
from models.method import Pixels

_STRATA = (
    (OUTSIDE, (205, 214, 222)),
    (INSIDE, (250, 214, 92)),
    (TRANSLUCENT, (222, 120, 32)),
    (OPAQUE, (110, 26, 18)),
)
"""From this thickness on, the colour of a stratum on its map: band, translucent, partial, opaque."""

_BOARDS, _PANEL, _PAINT, _PLASTER, _PAVING, _ROCK = (
    "boards.jpg",
    "panel.jpg",
    "paint.jpg",
    "plaster.jpg",
    "paving.jpg",
    "rock.jpg",
)
_FIVE = (_PLASTER, _PAINT, _BOARDS, _PAVING, _ROCK)
_SETTINGS: tuple[tuple[str, Settings], ...] = (
    ("Usual", {}),
    ("cover 0.04", {"cover": 0.04}),
    ("cover 0.4", {"cover": 0.4}),
    ("1 seed, spread 0.2", {"seeds": 1, "spread": 0.2, "clustering": 4.0}),
    ("60 seeds, spread 0.03", {"seeds": 60, "spread": 0.03, "clustering": 4.0}),
    ("outline 0.2, ragged", {"roughness": 0.2}),
    ("outline 0.9, smooth", {"roughness": 0.9}),
    ("edge 0.03, hard", {"edge": 0.03}),
    ("edge 0.5, soft", {"edge": 0.5}),
    ("no drips", {"streaks": 0.0}),
    ("drips 2.5, long", {"streaks": 2.5, "run": 0.35}),
    ("old pigments", {"blend": "old"}),
    ("relief 1", {"relief": 1.0}),
    ("loss of detail 4 px", {"blur": 4.0, "thickness": 0.3}),
)

_FOXING: Settings = {
    "layer": "stain",
    "seeds": 50,
    "spread": 0.03,
    "clustering": 4.0,
    "thickness": 0.5,
    "edge": 0.4,
    "streaks": 0.0,
}


def strata_map(thickness: Pixels) -> Pixels:
    """Return the strata of `thickness` X (h, w) in colours, (h, w, 3) uint8; clean is white."""
    image = np.full((*thickness.shape, 3), 255, np.uint8)
    for least, colour in _STRATA:
        image[thickness >= least] = colour
    return image


def _rusted(image: Pixels, settings: Settings, seed: int) -> Rusted:
    return rust.make(image, rust.DEGRADATION.settle(settings), seed)


def _thicknesses() -> list[Row]:
    rows: list[Row] = []
    for seed, name in ((3, _PLASTER), (5, _PANEL)):
        image = square(name)
        made = [(each, _rusted(image, {"thickness": each}, seed)) for each in (0.1, 0.3, 1.0, 3.0)]
        rows += _with_strata(small(image), [(f"thickness {each:g}", rusty) for each, rusty in made])
    return rows


def _with_strata(clean: Pixels | None, made: list[tuple[str, Rusted]]) -> list[Row]:
    """Return rusty photos, and below each a map of its strata."""
    first = [Cell(small(rusty.image), said) for said, rusty in made]
    second = [Cell(small(strata_map(rusty.thickness)), _shares(rusty)) for _, rusty in made]
    if clean is not None:
        first.insert(0, Cell(clean, "Clean"))
        second.insert(
            0, Cell(_legend(clean.shape), "White clean, grey neither, then translucent, partial, opaque")
        )
    return [Row("", first), Row("", second)]


def _beside(made: list[tuple[str, Rusted]]) -> Row:
    return Row("", [Cell(small(rusty.image), said) for said, rusty in made])


def _legend(shape: tuple[int, ...]) -> Pixels:
    """Return the five colours of the maps as stripes, (h, w, 3)."""
    edges = np.linspace(0, shape[0], len(_STRATA) + 2).round().astype(int)
    image = np.full(shape, 255, np.uint8)
    for (_, colour), top, bottom in zip(_STRATA, edges[1:-1], edges[2:], strict=True):
        image[top:bottom] = colour
    return image


def _shares(rusty: Rusted) -> str:
    return f"{100 * rusty.mask.mean():.0f} % of it rust"


def _settings() -> list[Row]:
    image = square(_PAINT)
    cells = [Cell(small(_rusted(image, settings, 11).image), said) for said, settings in _SETTINGS]
    stained = _rusted(square(_BOARDS), _FOXING, 11)
    cells.append(Cell(small(stained.image), "A stain that only absorbs"))
    return [Row("", cells[first : first + 5]) for first in range(0, len(cells), 5)]


def _drawn() -> list[Row]:
    rows: list[Row] = []
    for start in (0, 5):
        made: list[tuple[str, Rusted]] = []
        for seed, name in enumerate(_FIVE, start):
            settings = drawing.rust_settings(np.random.default_rng(seed))
            said = "stain" if settings.get("layer") == "stain" else f"thickness {settings['thickness']:.2g}"
            made.append((said, _rusted(square(name), settings, seed)))
        rows += _with_strata(None, made) if start == 0 else [_beside(made)]
    return rows


def _second() -> list[Row]:
    rows: list[Row] = []
    for start in (0, 5):
        made = [
            (f"seed {seed}", second_rust.make(square(name), seed)) for seed, name in enumerate(_FIVE, start)
        ]
        rows += _with_strata(None, made) if start == 0 else [_beside(made)]
    return rows


SHEETS = (
    DamageSheet(
        "degrade-rust-thickness",
        "Rust by its thickness",
        "One and the same rust, thin to thick (`lab.degradations.rust`): a Kubelka–Munk layer of iron oxides "
        f"over the photo, in linear light. Below, the strata in which derusting is measured: translucent "
        f"X {INSIDE}–{TRANSLUCENT}, where the surface shows through, partial to {OPAQUE}, opaque above. Grey "
        f"is the band from {OUTSIDE} to {INSIDE}, too faint to call.",
        (_PLASTER, _PANEL),
        _thicknesses,
    ),
    DamageSheet(
        "degrade-rust-settings",
        "What can be set about rust",
        "The settings of `python -m lab degrade derust`, one or two changed at a time, the seed the same.",
        (_PAINT, _BOARDS),
        _settings,
    ),
    DamageSheet(
        "degrade-rust-training",
        "Rust as trainings draw it",
        "Random settings (`lab.degradations.drawing.rust_settings`): thickness lognormal around 0.3, from "
        "stains to scale; one in eight is foxing, a stain in paper that only absorbs. With noise to σ 8 and "
        "JPEG 60–95.",
        _FIVE,
        _drawn,
    ),
    DamageSheet(
        "degrade-rust-second",
        "Rust of the second generator",
        "Kept for examinations (`lab.degradations.second_rust`): fronts that percolate or react instead of "
        "noise fields, other pigments, rings, other drips, light from the other side. No network learns from "
        "it.",
        _FIVE,
        _second,
    ),
)
