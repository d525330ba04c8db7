"""Haze follows I = J·t + A·(1 − t), and depth follows its scene."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.degradations import depth, haze
from models.card import Value

CLEAN = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)


def made(seed: int = 0, **settings: Value) -> haze.Hazy:
    return haze.make(CLEAN, haze.DEGRADATION.settle(settings), seed)


@given(st.floats(0, 3), st.sampled_from(depth.SCENES), st.floats(0, 0.9), st.floats(0, 1), st.integers(0, 9))
def test_transmission_is_above_zero_and_at_most_one(
    beta: float, scene: str, horizon: float, patches: float, seed: int
) -> None:
    hazy = made(seed, beta=beta, scene=scene, horizon=horizon, patches=patches)
    assert hazy.transmission.min() > 0
    assert hazy.transmission.max() <= 1


def test_clear_air_gives_the_input() -> None:
    hazy = made(beta=0.0)
    assert np.all(hazy.transmission == 1)
    assert np.array_equal(hazy.image, CLEAN)


def test_no_transmission_gives_the_airlight() -> None:
    airlight = np.array([0.9, 0.8, 0.7])
    hazy = haze.lay(CLEAN / 255, np.zeros((60, 80)), airlight)
    assert np.array_equal(hazy, np.broadcast_to(airlight, CLEAN.shape))


@pytest.mark.parametrize("scene", depth.SCENES)
def test_the_clean_photo_comes_back_from_the_truth(scene: str) -> None:
    hazy = made(beta=0.6, scene=scene, patches=0.2)
    t = hazy.transmission[..., None]
    found = (hazy.image / 255 - hazy.airlight * (1 - t)) / t
    assert np.abs(found * 255 - CLEAN).max() <= 0.51 / hazy.transmission.min()


def test_the_ground_clears_towards_the_camera_and_the_sky_is_even() -> None:
    transmission = made(scene="horizon", horizon=0.5).transmission[:, 0]
    assert np.all(np.diff(transmission[31:]) > 0)
    assert np.ptp(transmission[:30]) == 0
    assert transmission[-1] == 1


def test_warm_haze_is_redder_and_cold_haze_bluer() -> None:
    warm, cold = made(warmth=0.1).airlight, made(warmth=-0.1).airlight
    assert warm[0] > warm[2]
    assert cold[0] < cold[2]


def test_darkening_is_put_on_before_the_haze() -> None:
    assert made(gamma=2.0, beta=0.0).image.mean() < CLEAN.mean()


def test_measured_haze_follows_the_depth_it_is_given() -> None:
    inverse = np.linspace(0, 1, 80)[None].repeat(60, axis=0)
    hazy = haze.make(CLEAN, haze.DEGRADATION.settle({"beta": 0.5}), 0, inverse)
    assert np.allclose(hazy.transmission, np.exp(-(1 - inverse)))


def test_unknown_depth_is_taken_from_beside_it() -> None:
    nearness = np.array([[1.0, 9.0, 2.0, 3.0]])
    known = np.array([[True, False, True, True]])
    found = depth.measured(nearness, known)[0]
    assert found[1] in {found[0], found[2]}
    assert (found[0], found[3]) == (0, 1)


def test_depth_of_which_nothing_is_known_has_no_haze() -> None:
    assert (depth.measured(np.zeros((3, 3)), np.zeros((3, 3), bool)) == 1).all()


def test_a_room_is_nearest_at_the_photos_edge_and_even_at_its_back() -> None:
    inverse = depth.room((90, 120), np.random.default_rng(0))
    assert (inverse.min(), inverse.max()) == (0, 1)
    edge = np.concatenate([inverse[0], inverse[-1], inverse[:, 0], inverse[:, -1]])
    assert edge.max() == 1
    assert (inverse == 0).mean() > 0.01
