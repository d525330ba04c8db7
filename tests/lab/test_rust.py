"""Rust follows Kubelka–Munk, leaves the rest alone, and runs downhill."""

import numpy as np
import pytest

from lab.degradations import rust
from lab.degradations.corrosion import STREAK_LIMIT, Corrosion, Growth, corrode, run_down
from models.card import Value
from models.classical.kubelka_munk import PIGMENTS, reflectance
from models.classical.light import to_encoded, to_linear

WALL = np.full((160, 200, 3), 225, np.uint8)


def made(seed: int = 0, **settings: Value) -> rust.Rusted:
    return rust.make(WALL, rust.DEGRADATION.settle(settings), seed)


@pytest.mark.parametrize("pigment", PIGMENTS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_no_thickness_gives_the_substrate_and_endless_thickness_the_pigment(pigment: str, dtype: str) -> None:
    substrate = np.linspace(0.01, 1, 90, dtype=dtype).reshape(30, 3)
    colour = np.array(PIGMENTS[pigment], dtype)
    assert np.allclose(reflectance(substrate, np.zeros(1, dtype), colour), substrate, rtol=1e-5, atol=1e-6)
    thick = reflectance(substrate, np.full(1, 1e4, dtype), colour)
    assert thick.dtype == dtype
    assert np.allclose(thick, colour, rtol=1e-5)


@pytest.mark.parametrize(
    ("thickness", "left"), [(0.1, (148, 124, 55)), (0.3, (90, 45, 1)), (1.0, (18, 1, 0)), (2.0, (2, 0, 0))]
)
def test_the_contrast_left_under_goethite_is_as_published(
    thickness: float, left: tuple[int, int, int]
) -> None:
    pigment, x = np.array(PIGMENTS["goethite"]), np.array([thickness])
    bright, dark = (np.rint(255 * to_encoded(reflectance(np.full(3, g), x, pigment))) for g in (0.95, 0.02))
    assert np.abs(bright - dark - left).max() <= 1


def test_more_rust_is_never_nearer_to_the_surface() -> None:
    thickness = np.linspace(0, 4, 100)[:, None]
    layers = reflectance(np.full(3, 0.8), thickness, np.array(PIGMENTS["hematite"]))
    assert np.all(np.diff(layers, axis=0) <= 0)


def test_the_image_follows_from_its_true_maps() -> None:
    rusted = made(blur=0, relief=0)
    light = reflectance(to_linear(WALL / 255), rusted.thickness[..., None], rusted.pigment)
    assert np.abs(255 * to_encoded(light) - rusted.image).max() <= 0.51


def test_a_stain_follows_beer_and_lambert() -> None:
    rusted = made(layer="stain", thickness=0.3, blur=0, relief=0, streaks=0)
    light = to_linear(WALL / 255) * rusted.pigment ** rusted.thickness[..., None]
    assert np.abs(255 * to_encoded(light) - rusted.image).max() <= 0.51


def test_where_there_is_no_rust_nothing_changes() -> None:
    rusted = made(cover=0.05, clustering=3.0, edge=0.03)
    untouched = rusted.thickness < 1e-5
    assert untouched.mean() > 0.3
    assert np.abs(rusted.image[untouched].astype(int) - 225).max() <= 1


def test_the_mask_is_where_rust_is_seen() -> None:
    rusted = made()
    seen = np.abs(rusted.image.astype(int) - WALL).max(axis=-1)
    assert 0.05 < rusted.mask.mean() < 0.5
    assert seen[rusted.mask].min() > 5
    assert np.array_equal(rusted.mask, rusted.thickness > 0.05)


def test_rust_is_brown_to_orange() -> None:
    rusted = made(thickness=2.0)
    red, green, blue = rusted.image[rusted.thickness > 1].mean(axis=0)
    assert red > 1.5 * green
    assert green > 1.2 * blue


def corroded(seed: int, growth: Growth) -> Corrosion:
    return corrode((160, 200), np.random.default_rng(seed), growth)


@pytest.mark.parametrize("cover", [0.05, 0.2, 0.4])
def test_the_patches_cover_what_was_asked(cover: float) -> None:
    corrosion = corroded(0, Growth(cover=cover, thickness=1.0, edge=0.03, streaks=0))
    assert (corrosion.patches > 0.3).mean() == pytest.approx(cover, rel=0.2)


def test_thickness_scales_the_patches_and_nothing_else() -> None:
    thin, thick = (corroded(1, Growth(thickness=t)).patches for t in (0.2, 2.0))
    assert np.allclose(thick, 10 * thin)


@pytest.mark.parametrize("seed", range(4))
def test_rust_drips_down_never_up_and_fades_on_its_way(seed: int) -> None:
    band = np.zeros((160, 200))
    band[40:60] = 1.0
    streaks = run_down(band, np.random.default_rng(seed), Growth(streaks=3.0, run=0.1))
    assert streaks[:41].max() < 1e-9
    assert streaks[60:80].mean() > 5 * streaks[140:].mean() > 0
    assert streaks.max() <= STREAK_LIMIT


def test_without_streaks_nothing_runs() -> None:
    assert corroded(0, Growth(streaks=0)).streaks.max() == 0
