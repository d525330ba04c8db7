"""Bilateral, non-local means and wavelets: what they gain, and what slow obvious versions say."""

import numpy as np
import pytest

from models.classical import bilateral, nlm, wavelet
from models.classical.bilateral import bilateral as bilateral_filter
from models.classical.nlm import non_local_means
from models.classical.wavelet import wavelet_shrinkage

DENOISERS = (bilateral_filter, non_local_means, wavelet_shrinkage)


@pytest.mark.parametrize("level", [15, 25, 50])
@pytest.mark.parametrize(
    ("denoise", "least_gain"),
    [(bilateral_filter, 3.0), (non_local_means, 4.0), (wavelet_shrinkage, 6.0)],
)
def test_denoising_gains_on_known_noise(denoise, least_gain, level, free_photo, noisy, psnr):
    gains = []
    for name in ("astronaut.png", "chelsea.png", "coffee.png"):
        clean = np.ascontiguousarray(free_photo(name)[:200, :300])
        rough = noisy(clean, level)
        gains.append(psnr(denoise(rough, noise_level=level), clean) - psnr(rough, clean))
    assert np.mean(gains) > least_gain


@pytest.mark.parametrize("card", [bilateral.CARD, nlm.CARD, wavelet.CARD], ids=lambda card: card.id)
def test_auto_does_about_as_well_as_knowing_the_noise(card, run, free_photo, noisy, psnr):
    clean = np.ascontiguousarray(free_photo("coffee.png")[:200, :300])
    rough = noisy(clean, 20)
    known, _ = run(card, rough, noise_level=20)
    auto, _ = run(card, rough)
    assert psnr(auto, clean) > psnr(known, clean) - 0.3


@pytest.mark.parametrize("denoise", DENOISERS)
def test_no_noise_to_take_away_changes_nothing(denoise, free_photo):
    image = np.ascontiguousarray(free_photo("chelsea.png")[:60, :60])
    result = denoise(image, noise_level=0)
    assert np.array_equal(result, image)
    assert result is not image


@pytest.mark.parametrize("denoise", DENOISERS)
def test_sixteen_bit_steps_survive(denoise):
    ramp = np.linspace(0.4, 0.41, 400, dtype=np.float32)
    image = np.broadcast_to(ramp[:, np.newaxis], (400, 40))[..., np.newaxis].repeat(3, axis=2)
    result = denoise(np.ascontiguousarray(image), noise_level=5)
    assert len(np.unique(np.round(result[100:300, 20, 0] * 65535))) > 190  # 8 bits would leave two or three


def naive_non_local_means(image, noise_level, search=7, patch=1):
    variance = (noise_level / 255) ** 2
    margin = search + patch
    around = np.pad(image.astype(np.float64), ((margin, margin), (margin, margin), (0, 0)), mode="symmetric")
    result = np.zeros(image.shape)
    for y, x in np.ndindex(*image.shape[:2]):
        row, column = y + margin, x + margin
        here = around[row - patch : row + patch + 1, column - patch : column + patch + 1]
        total = np.zeros(3)
        weights = 0.0
        for down, right in np.ndindex(2 * search + 1, 2 * search + 1):
            r, c = row + down - search, column + right - search
            there = around[r - patch : r + patch + 1, c - patch : c + patch + 1]
            excess = max(np.mean((here - there) ** 2) - 2 * variance, 0)
            weight = np.exp(-excess / (0.5 * variance))
            total += weight * around[r, c]
            weights += weight
        result[y, x] = total / weights
    return result


def test_non_local_means_equals_its_formula(free_photo, noisy):
    image = noisy(np.ascontiguousarray(free_photo("coffee.png")[100:114, 200:213]), 20)
    assert np.abs(non_local_means(image, noise_level=20) - naive_non_local_means(image, 20)).max() < 1e-4


def test_bilateral_equals_its_formula_with_opencvs_distance(free_photo, noisy):
    image = noisy(np.ascontiguousarray(free_photo("coffee.png")[100:120, 200:221]), 20)
    near, alike = 2.0, (3.7 + 0.025 * 20) * 20 / 255
    around = np.pad(image.astype(np.float64), ((4, 4), (4, 4), (0, 0)), mode="symmetric")
    sums, weights = np.zeros(image.shape), np.zeros(image.shape[:2])
    for down, right in np.ndindex(9, 9):
        distance = (down - 4) ** 2 + (right - 4) ** 2
        if distance > 16:  # OpenCV's window is a disc
            continue
        there = around[down : down + image.shape[0], right : right + image.shape[1]]
        colour = np.abs(there - image).sum(axis=2)
        weight = np.exp(-distance / (2 * near**2) - colour**2 / (2 * alike**2))
        sums += weight[..., np.newaxis] * there
        weights += weight
    assert np.abs(bilateral_filter(image, noise_level=20) - sums / weights[..., np.newaxis]).max() < 1e-3


def test_wavelets_rebuild_a_photo_exactly_when_nothing_is_shrunk(free_photo):
    image = np.ascontiguousarray(free_photo("chelsea.png")[:83, :71])
    assert np.abs(wavelet_shrinkage(image, noise_level=1e-4) - image).max() < 1e-5


def test_wavelets_take_pure_noise_down_tenfold():
    rough = (0.5 + np.random.default_rng(0).normal(0, 20 / 255, (128, 128, 3))).astype(np.float32)
    assert wavelet_shrinkage(rough, noise_level=20).std() < rough.std() / 10


def test_wavelets_do_not_care_how_the_photo_is_shifted(noisy, free_photo):
    rough = noisy(np.ascontiguousarray(free_photo("coffee.png")[:120, :120]), 25)
    whole = wavelet_shrinkage(rough, noise_level=25)
    shifted = wavelet_shrinkage(np.ascontiguousarray(rough[3:, 5:]), noise_level=25)
    assert np.abs(whole[30:-30, 30:-30] - shifted[27:-30, 25:-30]).max() < 1e-5
