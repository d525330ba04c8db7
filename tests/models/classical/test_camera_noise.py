from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage
from skimage import data

import models
from lab import metrics
from models import pixels
from models.classical.camera_noise import white_equivalent
from models.classical.noise_level import NETWORK_NOISE_LEVEL, estimate_for_network, estimate_noise_level
from models.photo import DecodedPhoto

GALLERY = Path(__file__).parents[3] / "gallery"


@pytest.mark.parametrize(
    ("example", "clean", "gain"),
    [("noise-room-camera.png", "room.jpg", 4), ("noise-rocket-night.png", "rocket.jpg", 3)],
)
@pytest.mark.parametrize("model", ["denoise-nlm", "denoise-wavelet", "denoise-bilateral"])
def test_auto_cleans_photos_that_a_camera_has_smoothed(model, example, clean, gain):
    noisy = pixels.open(GALLERY / "denoise" / example)
    reference = pixels.open(GALLERY / "clean" / clean).pixels
    restored = models.restore(model, noisy).picture.pixels
    assert metrics.psnr(reference, restored) > metrics.psnr(reference, noisy.pixels) + gain


def smoothed_noise(deviation, seed=5):
    """A calm slope under noise that is blurred, so that its neighbours resemble each other."""
    rng = np.random.default_rng(seed)
    noise = ndimage.gaussian_filter(rng.standard_normal((160, 160, 3)), (0.8, 0.8, 0))
    slope = np.linspace(0.3, 0.6, 160)[:, None, None]
    return (slope + noise / noise.std() * deviation).astype(np.float32)


@pytest.mark.parametrize("deviation", [0.01, 0.03, 0.06])
def test_the_level_follows_the_strength_of_smoothed_noise(deviation):
    level = white_equivalent([smoothed_noise(deviation)], 0.0)
    assert 1.1 * deviation < level < 1.8 * deviation


def test_a_network_is_told_twice_the_level_of_smoothed_noise_and_the_same_of_white_noise():
    rng = np.random.default_rng(7)
    white = np.clip(0.5 + 0.05 * rng.standard_normal((480, 480, 3)), 0, 1).astype(np.float32)
    smoothed = np.tile(smoothed_noise(0.03), (3, 3, 1))
    for image, times in ((white, 1), (smoothed, 2)):
        photo = DecodedPhoto(pixels.from_array(image))
        assert estimate_for_network(photo) == pytest.approx(times * estimate_noise_level(photo))
    wild = DecodedPhoto(pixels.from_array(np.tile(smoothed_noise(0.1), (3, 3, 1))))
    assert estimate_for_network(wild) == NETWORK_NOISE_LEVEL.maximum == 55


def test_white_noise_keeps_its_own_deviation():
    white = (0.5 + 0.05 * np.random.default_rng(6).standard_normal((160, 160, 3))).astype(np.float32)
    assert white_equivalent([white], 0.05) == 0.05


def test_texture_is_not_taken_for_noise():
    texture = np.repeat(data.gravel()[:480, :480, None] / np.float32(255), 3, axis=2)
    assert white_equivalent([texture], 0.002) == 0.002


def test_a_photo_too_small_to_tell_keeps_what_was_found():
    assert white_equivalent([smoothed_noise(0.05)[:20, :20]], 0.01) == 0.01


def test_clean_photos_are_hardly_touched_by_auto():
    for name in ("astronaut.jpg", "stream.jpg", "plaster.jpg", "peaks.jpg"):
        picture = pixels.open(GALLERY / "clean" / name)
        control = models.get("denoise-wavelet").controls[0]
        assert control.estimate(DecodedPhoto(picture)) < 3
