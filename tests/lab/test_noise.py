"""Noise is as strong as asked, and where a camera has it."""

import numpy as np
import pytest

from lab.degradations import noise
from models.classical.light import to_encoded, to_linear

GREY = np.full((256, 256, 3), 0.5)


@pytest.mark.parametrize("sigma", [5, 15, 25, 50])
def test_gaussian_noise_has_the_deviation_asked_for(sigma: int) -> None:
    noisy = noise.DEGRADATION.degrade(np.full((256, 256, 3), 128, np.uint8), {"sigma": sigma}, 0)
    assert noisy.std() == pytest.approx(sigma, rel=0.03)
    assert noisy.mean() == pytest.approx(128, abs=0.5)


def test_sigma_zero_gives_the_input() -> None:
    clean = np.arange(0, 192, dtype=np.uint8).reshape(8, 8, 3)
    assert np.array_equal(noise.DEGRADATION.degrade(clean, {"sigma": 0}, 0), clean)


def test_camera_noise_has_the_variance_of_its_formula() -> None:
    gain, read, light = 0.002, 3.0, 0.5
    grey = to_encoded(np.full((256, 256, 1), light))
    noisy = noise.add_camera_noise(grey, np.random.default_rng(0), gain=gain, read=read, demosaic=True)
    expected = gain * light + (read / 255) ** 2
    assert to_linear(noisy).var() == pytest.approx(expected, rel=0.03)


def test_shot_noise_grows_with_the_light() -> None:
    rng = np.random.default_rng(0)
    dark, bright = (
        to_linear(noise.add_camera_noise(GREY * level, rng, gain=0.002, read=0, demosaic=False)).std()
        for level in (0.6, 1.4)
    )
    assert bright > 2 * dark


def test_the_colour_mosaic_makes_noise_blotchy_and_white_noise_is_not() -> None:
    def neighbours_alike(*, demosaic: bool) -> float:
        rng = np.random.default_rng(0)
        noisy = noise.add_camera_noise(GREY, rng, gain=0.002, read=1, demosaic=demosaic)[..., 0]
        return float(np.corrcoef(noisy[:, :-1].ravel(), noisy[:, 1:].ravel())[0, 1])

    assert neighbours_alike(demosaic=True) > 0.4
    assert abs(neighbours_alike(demosaic=False)) < 0.02


def test_linear_light_and_back_is_the_same() -> None:
    values = np.linspace(0, 1, 1001)
    assert np.abs(to_encoded(to_linear(values)) - values).max() < 1e-6
