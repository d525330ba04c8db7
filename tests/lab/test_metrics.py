"""The metrics agree with scikit-image, with published pairs, and with what a person can compute by hand."""

import math
import subprocess
import sys
import time

import numpy as np
import piq
import pytest
import torch
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from lab import metrics


def pair(shape: tuple[int, ...] = (60, 70, 3)) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    rng = np.random.default_rng(0)
    reference = rng.integers(0, 256, shape, dtype=np.uint8)
    noisy = np.clip(reference + rng.normal(0, 25, shape), 0, 255).astype(np.uint8)
    noisy[:10] = rng.integers(0, 256, noisy[:10].shape, dtype=np.uint8)
    return reference, noisy


def test_psnr_matches_scikit_image() -> None:
    reference, noisy = pair()
    assert metrics.psnr(reference, noisy) == pytest.approx(
        peak_signal_noise_ratio(reference, noisy), abs=1e-4
    )


def test_psnr_of_equal_images_is_infinite() -> None:
    reference, _ = pair()
    assert metrics.psnr(reference, reference) == math.inf


@pytest.mark.parametrize("shape", [(60, 70, 3), (60, 70, 1), (60, 70), (11, 11, 3)])
def test_ssim_matches_scikit_image(shape: tuple[int, ...]) -> None:
    reference, noisy = pair(shape)
    theirs = structural_similarity(
        reference,
        noisy,
        channel_axis=2 if len(shape) == 3 else None,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    assert metrics.ssim(reference, noisy) == pytest.approx(theirs, abs=1e-5)


def test_ssim_of_equal_images_is_one() -> None:
    reference, _ = pair()
    assert metrics.ssim(reference, reference) == pytest.approx(1)


def test_delta_e_matches_scikit_image() -> None:
    reference, noisy = pair()
    theirs = deltaE_ciede2000(rgb2lab(reference), rgb2lab(noisy))
    ours = metrics.delta_e(reference, noisy)
    assert ours.mean == pytest.approx(theirs.mean(), abs=1e-3)
    assert ours.p95 == pytest.approx(np.percentile(theirs, 95), abs=1e-2)


@pytest.mark.parametrize(
    ("lab_1", "lab_2", "expected"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1, 2), (50, 0, 0), 2.3669),
        ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_ciede2000_gives_the_published_differences(
    lab_1: tuple[float, ...], lab_2: tuple[float, ...], expected: float
) -> None:
    found = metrics.ciede2000(np.array(lab_1, np.float64), np.array(lab_2, np.float64))
    assert float(found) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("shape", [(40, 50, 3), (64, 30, 3), (40, 40, 1)])
def test_gmsd_is_that_of_another_library(shape: tuple[int, ...]) -> None:
    reference, noisy = pair(shape)
    tensors = [torch.from_numpy(image.transpose(2, 0, 1)[None] / 255) for image in (reference, noisy)]
    assert metrics.gmsd(reference, noisy) == pytest.approx(float(piq.gmsd(*tensors)), abs=1e-4)
    assert metrics.gmsd(reference, reference) == 0


def test_grey_differs_in_colour_as_its_three_equal_channels_do() -> None:
    reference, noisy = pair((40, 40, 1))
    assert metrics.delta_e(reference, noisy) == metrics.delta_e(
        np.repeat(reference, 3, axis=2), np.repeat(noisy, 3, axis=2)
    )


def test_the_depth_of_the_pixels_does_not_matter() -> None:
    reference, noisy = pair()
    deep = [image.astype(np.uint16) * 257 for image in (reference, noisy)]
    real = [(image / 255).astype(np.float32) for image in (reference, noisy)]
    for metric in (metrics.psnr, metrics.ssim, metrics.gmsd):
        assert metric(*deep) == pytest.approx(metric(reference, noisy), abs=1e-4)
        assert metric(*real) == pytest.approx(metric(reference, noisy), abs=1e-4)


@pytest.mark.parametrize("metric", [metrics.psnr, metrics.ssim, metrics.gmsd, metrics.delta_e])
def test_images_of_different_sizes_are_refused_with_both_sizes(metric: object) -> None:
    assert callable(metric)
    with pytest.raises(ValueError, match=r"\(20, 30, 3\) and \(20, 31, 3\)"):
        metric(np.zeros((20, 30, 3), np.uint8), np.zeros((20, 31, 3), np.uint8))


def test_what_is_no_image_is_refused() -> None:
    with pytest.raises(ValueError, match="int64"):
        metrics.psnr(np.zeros((20, 30, 3), np.int64), np.zeros((20, 30, 3), np.int64))
    with pytest.raises(ValueError, match=r"found shape \(20, 30, 4\)"):
        metrics.psnr(np.zeros((20, 30, 4), np.uint8), np.zeros((20, 30, 4), np.uint8))
    with pytest.raises(ValueError, match="at least 11 pixels"):
        metrics.ssim(np.zeros((10, 30, 3), np.uint8), np.zeros((10, 30, 3), np.uint8))


@pytest.mark.parametrize("metric", [metrics.psnr, metrics.ssim, metrics.gmsd, metrics.delta_e])
def test_a_megapixel_takes_less_than_half_a_second(metric: object) -> None:
    assert callable(metric)
    reference, noisy = pair((1000, 1000, 3))
    times: list[float] = []
    for _ in range(3):
        started = time.perf_counter()
        metric(reference, noisy)
        times.append(time.perf_counter() - started)
    assert min(times) < 0.5


def test_importing_the_metrics_loads_neither_torch_nor_scikit_image() -> None:
    code = "import lab.metrics, sys; sys.exit(any(name in sys.modules for name in ('torch', 'skimage')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
