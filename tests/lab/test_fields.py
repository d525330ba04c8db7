"""The random fields have the statistics they promise."""

import numpy as np
import pytest

from lab.degradations import fields


def test_fractional_brownian_motion_has_mean_0_and_deviation_1() -> None:
    field = fields.fractional_brownian((70, 130), np.random.default_rng(0), hurst=0.5)
    assert field.shape == (70, 130)
    assert field.mean() == pytest.approx(0, abs=1e-9)
    assert field.std() == pytest.approx(1)


def test_a_higher_hurst_exponent_is_smoother() -> None:
    steps = [
        np.abs(np.diff(fields.fractional_brownian((128, 128), np.random.default_rng(0), hurst=h))).mean()
        for h in (0.2, 0.5, 0.8)
    ]
    assert steps[0] > 1.3 * steps[1] > 1.3 * 1.3 * steps[2]


def test_the_spectrum_falls_by_the_power_the_hurst_exponent_gives() -> None:
    hurst = 0.5
    sheets = [
        fields.fractional_brownian((256, 256), np.random.default_rng(seed), hurst=hurst) for seed in range(8)
    ]
    window = np.outer(np.hanning(256), np.hanning(256))
    power = np.mean([np.abs(np.fft.fft2(sheet * window)) ** 2 for sheet in sheets], axis=0)
    rows = np.arange(8, 65)
    slope = np.polyfit(np.log(rows), np.log(power[rows, 0] + power[0, rows]), 1)[0]
    assert slope == pytest.approx(-2 * (hurst + 1), abs=0.4)


def test_stretch_draws_structures_out_downwards() -> None:
    field = fields.fractional_brownian((128, 128), np.random.default_rng(0), hurst=0.5, stretch=6)
    assert np.abs(np.diff(field, axis=1)).mean() > 2 * np.abs(np.diff(field, axis=0)).mean()


def test_worley_is_the_distance_to_the_nearest_seed() -> None:
    rng = np.random.default_rng(1)
    distance = fields.worley((30, 40), rng, seeds=3)
    places = np.random.default_rng(1).random((3, 2)) * (1, 40 / 30)
    at = np.array([10 / 30, 25 / 30])
    assert distance[10, 25] == pytest.approx(min(np.linalg.norm(places - at, axis=1)))
