"""The second maker of rust is another one, and says the truth about itself; so do cut-outs."""

import cv2
import numpy as np
import pytest
from scipy.ndimage import label

from lab.degradations import fronts, rust, second_rust
from lab.degradations.cutouts import composite
from models.classical.kubelka_munk import PIGMENTS, mix

WALL = np.full((96, 128, 3), 200, np.uint8)


@pytest.mark.parametrize("seed", range(6))
def test_clean_places_get_noise_and_jpeg_alone(seed: int) -> None:
    rusted, reference = second_rust.make(WALL, seed), second_rust.reference(WALL, seed)
    difference = np.abs(rusted.image.astype(int) - reference).mean(axis=2)
    clean, thick = rusted.thickness < rust.OUTSIDE, rusted.thickness > 0.15
    assert 0.3 < clean.mean() < 0.99
    away = cv2.erode(clean.astype(np.uint8), np.ones((49, 49))) == 1  # colour bleeds as far as JPEG's blocks
    assert difference[away].max(initial=0) <= 1
    if thick.any():
        assert difference[thick].mean() > 20


def test_the_same_seed_gives_the_same_rust_and_another_seed_other_rust() -> None:
    first, again, other = (second_rust.make(WALL, seed).image for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (7, 5), (96, 400)])
def test_any_size_will_do(size: tuple[int, int]) -> None:
    for seed in range(4):
        assert second_rust.make(np.full((*size, 3), 90, np.uint8), seed).thickness.shape == size


def test_no_pigment_is_a_mixture_of_the_first_maker_s() -> None:
    shares = np.random.default_rng(0).dirichlet(np.full(4, 0.5), 20_000)
    mixtures = mix(shares, np.array(list(PIGMENTS.values())))
    for colour in second_rust.UNSEEN.values():
        nearest = np.abs(np.cbrt(mixtures) - np.cbrt(colour)).max(axis=1).min()
        assert nearest > 0.02


def test_a_front_starts_at_its_seeds_and_goes_to_neighbours_only() -> None:
    arrival = fronts.percolated((90, 120), np.random.default_rng(3), seeds=4)
    assert (arrival.min(), arrival.max()) == (0, 1)
    for time in (0.1, 0.3, 0.6):
        assert label(arrival <= time)[1] <= 4


def test_reaction_makes_spots_that_leave_most_places_free() -> None:
    for seed in range(4):
        spots = fronts.reacted((96, 96), np.random.default_rng(seed))
        assert 0.02 < (spots > 0.3).mean() < 0.6


def test_trickles_run_down_and_never_up() -> None:
    sources = np.zeros((80, 60))
    sources[30, 20:40] = 1
    film = fronts.trickled(sources, np.random.default_rng(0), count=20, run=0.3)
    assert film[:27].max() == 0
    assert film[35:].max() > 0.2


def cutout() -> np.ndarray:
    rust_brown = np.zeros((30, 40, 4), np.uint8)
    rust_brown[5:25, 5:35] = (120, 60, 20, 255)
    return rust_brown


def test_cutouts_cover_what_they_say_and_nothing_else() -> None:
    rng = np.random.default_rng(0)
    laid = [composite(WALL, [cutout()], rng, count=2, scale=(0.8, 2.0)) for _ in range(8)]
    covers = [each.cover for each in laid]
    assert max(cover.mean() for cover in covers) > 0.05
    for each in laid:
        assert np.array_equal(each.image[each.cover == 0], WALL[each.cover == 0])
        opaque = each.cover == 1
        assert np.all(each.image[opaque, 0] > 1.5 * each.image[opaque, 1])
        assert np.array_equal(each.mask, each.cover >= 0.5)
    assert len({cover.tobytes() for cover in covers}) == 8
