"""Mean, median and Gaussian against SciPy."""

import numpy as np
import pytest
from scipy import ndimage

from models.classical.gaussian import gaussian
from models.classical.mean import mean
from models.classical.median import median


def noise(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    if dtype == np.float32:
        return rng.random((*shape, 3), np.float32)
    return rng.integers(0, np.iinfo(dtype).max, (*shape, 3), dtype=dtype, endpoint=True)


def photo_like(shape, seed=0):
    """Return a smooth 16-bit image, whose values cluster as a photo's do."""
    rough = ndimage.gaussian_filter(noise(shape, np.float32, seed), (3, 3, 0))
    return ((rough - rough.min()) / np.ptp(rough) * 65535).astype(np.uint16)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("size", [3, 5, 7, 15])
def test_median_is_exact_at_every_depth_and_size(dtype, size):
    image = noise((70, 61), dtype)
    assert np.array_equal(
        median(image, size=size), ndimage.median_filter(image, (size, size, 1), mode="nearest")
    )


def test_median_is_exact_on_a_deep_photo_with_large_windows():
    image = photo_like((110, 75))
    assert np.array_equal(median(image, size=31), ndimage.median_filter(image, (31, 31, 1), mode="nearest"))


@pytest.mark.parametrize("size", [3, 9, 31])
def test_mean_equals_scipys(size):
    image = noise((40, 50), np.float32)
    expected = ndimage.uniform_filter(image.astype(np.float64), (size, size, 1), mode="reflect")
    assert np.abs(mean(image, size=size) - expected).max() < 1e-5


@pytest.mark.parametrize("sigma", [0.3, 1.0, 2.5, 8.0])
def test_gaussian_equals_scipys(sigma):
    image = noise((50, 60), np.float32)
    expected = ndimage.gaussian_filter(
        image.astype(np.float64), (sigma, sigma, 0), mode="reflect", truncate=4.5
    )
    assert np.abs(gaussian(image, sigma=sigma) - expected).max() < 2e-4


def test_median_removes_specks_that_a_mean_only_spreads():
    clean = np.full((30, 30, 3), 0.5, np.float32)
    specked = clean.copy()
    specked[5::10, 5::10] = 1
    assert np.array_equal(median(specked, size=3), clean)
    assert np.abs(mean(specked, size=3) - clean).max() > 0.05
