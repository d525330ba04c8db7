"""The estimate of the noise level against noise that was put there."""

import cv2
import numpy as np
import pytest

from models.classical.noise_level import NOISE_LEVEL, estimate_noise_level

PHOTOS = (
    "astronaut.png",
    "chelsea.png",
    "coffee.png",
    "rocket.jpg",
    "motorcycle_left.png",
    "hubble_deep_field.jpg",
)


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize("level", [2, 5, 10, 15, 25])
def test_known_noise_is_found_within_ten_percent_or_one(name, level, photo, free_photo, noisy):
    clean = free_photo(name)
    own = estimate_noise_level(photo(clean))  # the photos are not free of noise themselves
    eight_bit = np.round(noisy(clean, level) * 255).astype(np.float32) / 255
    found = estimate_noise_level(photo(eight_bit))
    assert found == pytest.approx(np.hypot(level, own), abs=max(1, 0.1 * level))


def test_strong_noise_is_found_within_fifteen_percent(photo, free_photo, noisy):
    for name in PHOTOS[:-1]:  # the last is nearly black, so that half of such noise is cut off
        found = estimate_noise_level(photo(noisy(free_photo(name), 50)))
        assert found == pytest.approx(50, rel=0.15), name


def test_noise_of_a_grey_photo_is_found(photo, free_photo, noisy):
    grey = noisy(free_photo("camera.png")[..., :1], 20)
    assert estimate_noise_level(photo(np.repeat(grey, 3, axis=2))) == pytest.approx(20, abs=2)


def test_noise_is_found_through_jpeg_that_has_smoothed_the_colours(photo, free_photo, noisy):
    for name in PHOTOS:
        rough = np.round(noisy(free_photo(name), 15) * 255).astype(np.uint8)
        coded = cv2.imencode(".jpg", rough, [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
        found = estimate_noise_level(photo(cv2.imdecode(coded, cv2.IMREAD_COLOR).astype(np.float32) / 255))
        assert 13 < found < 21, name


def test_smoothed_noise_is_underestimated_as_documented(photo, free_photo, noisy):
    rough = noisy(free_photo("chelsea.png"), 20)
    smooth = cv2.blur(rough, (2, 2))
    assert estimate_noise_level(photo(smooth)) < 0.5 * 10  # a mean of four leaves 10


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_a_plain_surface_has_no_noise(level, photo):
    assert estimate_noise_level(photo(np.full((300, 300, 3), level, np.float32))) == pytest.approx(
        0, abs=0.01
    )


def test_the_estimate_fits_the_control(photo):
    wild = np.random.default_rng(0).random((200, 200, 3), np.float32)
    assert NOISE_LEVEL.check(estimate_noise_level(photo(wild))) <= 75


def test_a_large_photo_is_only_sampled():
    read = []

    class Large:
        size = (6000, 8000)

        def read(self, window):
            assert 0 <= window.top <= 6000 - window.height
            assert 0 <= window.left <= 8000 - window.width
            read.append((window.top, window.left, window.height * window.width))
            rng = np.random.default_rng([window.top, window.left])
            return (0.5 + rng.normal(0, 10 / 255, (window.height, window.width, 3))).astype(np.float32)

    assert estimate_noise_level(Large()) == pytest.approx(10, rel=0.02)
    assert len(set(read)) == 9
    assert sum(pixels for _, _, pixels in read) < 300_000
