"""Latents: what belongs to a seed, the ways between, and the directions that vary most."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import latents


@given(st.integers(0, latents.LARGEST_SEED), st.integers(1, 300))
def test_a_seed_always_gives_the_same_finite_numbers(seed, length):
    one = latents.latent(seed, length)
    np.testing.assert_array_equal(one, latents.latent(seed, length))
    assert one.shape == (length,)
    assert one.dtype == np.float32
    assert np.isfinite(one).all()


def test_numbers_of_many_seeds_are_standard_normal():
    drawn = np.stack([latents.latent(seed, 64) for seed in range(2000)])
    assert abs(drawn.mean()) < 0.01
    assert abs(drawn.std() - 1) < 0.01
    assert abs(np.corrcoef(drawn[:-1].ravel(), drawn[1:].ravel())[0, 1]) < 0.01


@given(st.integers(0, 1000), st.integers(0, 1000), st.floats(0, 1))
def test_between_two_latents_lengths_go_evenly_from_one_to_the_other(first, second, share):
    one, other = latents.latent(first, 64), latents.latent(second, 64)
    found = latents.between(one, other, share)
    expected = (1 - share) * np.linalg.norm(one) + share * np.linalg.norm(other)
    assert np.linalg.norm(found) == pytest.approx(expected, rel=1e-4)


def test_half_way_lies_at_the_same_angle_to_both_ends():
    one, other = latents.latent(1, 64), latents.latent(2, 64)
    half = latents.between(one, other, 0.5)

    def cosine(a, b):
        return a @ b / np.linalg.norm(a) / np.linalg.norm(b)

    assert cosine(half, one) == pytest.approx(cosine(half, other), abs=1e-5)
    straight = (one + other) / 2
    assert np.linalg.norm(straight) < 0.85 * np.linalg.norm(half)  # why no straight line is taken


def test_no_latent_and_opposite_ones_are_walked_between_too():
    zero, one = np.zeros(8, np.float32), np.ones(8, np.float32)
    for pair in ((zero, one), (one, -one), (one, one)):
        way = list(latents.walk(pair, 5))
        np.testing.assert_allclose(way[0], pair[0], atol=1e-6)
        np.testing.assert_allclose(way[-1], pair[1], atol=1e-6)
        assert np.isfinite(way).all()


def test_a_walk_goes_through_every_stop_in_even_steps():
    stops = [latents.latent(seed, 16) for seed in (1, 2, 3)]
    way = list(latents.walk(stops, 9))
    assert len(way) == 9
    for place, stop in zip((0, 4, 8), stops, strict=True):
        np.testing.assert_allclose(way[place], stop, atol=1e-5)


def test_directions_are_the_principal_components_of_the_first_layer():
    """Held against the covariance of many samples' features, which is what GANSpace takes."""
    chance = np.random.default_rng(0)
    layer = chance.normal(size=(40, 6)) * np.array([5, 3, 2, 1.2, 0.6, 0.3])
    found = latents.directions(layer)
    assert found.shape == (latents.DIRECTIONS, 6)
    np.testing.assert_allclose(found @ found.T, np.eye(latents.DIRECTIONS), atol=1e-5)
    features = chance.normal(size=(20_000, 6)) @ layer.T
    values, vectors = np.linalg.eigh(np.cov(features, rowvar=False))
    for number, direction in enumerate(found, start=1):
        moved = layer @ direction
        assert abs(moved @ vectors[:, -number]) == pytest.approx(values[-number] ** 0.5, rel=0.05)
        assert direction[np.abs(direction).argmax()] > 0
