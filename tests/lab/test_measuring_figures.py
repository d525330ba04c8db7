"""Figures of generators agree with outside oracles and with cases made by hand."""

from dataclasses import asdict

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm
from torch_fidelity.metric_kid import kid_features_to_metric
from torch_fidelity.metric_prc import prc_features_to_metric

from lab.generating.likeness import frechet
from lab.measuring import neighbours
from lab.measuring.coverage import Coverage, coverage
from lab.measuring.images import mirrored
from lab.measuring.kernel import kernel_distance, squared_discrepancy
from lab.measuring.nearest import nearest


def normal(seed, count, size, mean=0.0):
    return np.random.default_rng(seed).normal(mean, 1, (count, size)).astype(np.float32)


# The Fréchet distance


def with_moments(mean, covariance, seed):
    """64 numbers whose mean and covariance are exactly those."""
    found = np.random.default_rng(seed).normal(size=(64, len(mean)))
    found -= found.mean(0)
    whitened = found @ np.linalg.inv(np.linalg.cholesky(np.cov(found, rowvar=False))).T
    return mean + whitened @ np.linalg.cholesky(covariance).T


def test_the_frechet_distance_of_known_gaussians_is_the_textbooks():
    rng = np.random.default_rng(0)
    (first, second), means = rng.normal(size=(2, 5, 5)), rng.normal(size=(2, 5))
    first, second = (each @ each.T + np.eye(5) for each in (first, second))
    shared = sqrtm(first @ second).real
    expected = ((means[0] - means[1]) ** 2).sum() + np.trace(first + second - 2 * shared)
    sets = with_moments(means[0], first, 1), with_moments(means[1], second, 2)
    assert frechet(*sets) == pytest.approx(expected, rel=1e-9)


# The kernel distance


def test_the_kernel_distance_is_its_sum_over_pairs():
    one, other = normal(0, 7, 3), normal(1, 5, 3, 0.5)

    def k(x, y):
        return (float(np.dot(x.astype(float), y.astype(float))) / 3 + 1) ** 3

    within = [
        np.mean([k(x, y) for i, x in enumerate(part) for j, y in enumerate(part) if i != j])
        for part in (one, other)
    ]
    across = np.mean([k(x, y) for x in one for y in other])
    assert squared_discrepancy(one, other) == pytest.approx(sum(within) - 2 * across, rel=1e-12)


def test_the_kernel_distance_is_torch_fidelitys():
    one, other = normal(0, 150, 20), normal(1, 150, 20, 0.3)
    found = kid_features_to_metric(
        torch.from_numpy(one), torch.from_numpy(other), kid_subsets=1, kid_subset_size=150, verbose=False
    )
    expected = found["kernel_inception_distance_mean"]
    assert squared_discrepancy(one, other) == pytest.approx(expected, rel=1e-5)


def test_the_kernel_distance_has_no_bias_and_its_error_is_the_spread_of_its_means():
    found = [kernel_distance(normal(seed, 60, 8), normal(1000 + seed, 60, 8)) for seed in range(150)]
    means = np.array([each.mean for each in found])
    assert abs(means.mean()) < 3 * means.std() / np.sqrt(len(means))
    assert np.sqrt(np.mean([each.error**2 for each in found])) == pytest.approx(means.std(), rel=0.25)
    assert {each.subsets for each in found} == {10}


def test_large_sets_are_cut_into_subsets_of_a_size_that_is_the_same_for_all(monkeypatch):
    monkeypatch.setattr("lab.measuring.kernel.LARGEST_SUBSET", 100)
    assert kernel_distance(normal(0, 1200, 2), normal(1, 1250, 2)).subsets == 12


def test_too_few_features_have_no_kernel_distance():
    with pytest.raises(ValueError, match="expected 20 or more of each, found 19"):
        kernel_distance(normal(0, 19, 2), normal(1, 40, 2))


# Precision and recall


def test_one_good_image_over_and_over_is_precise_and_recalls_little():
    genuine = normal(0, 200, 4)
    same = genuine[:1] + 1e-3 * normal(1, 200, 4)
    found = coverage(same, genuine)
    assert found.precision == 1
    assert found.recall < 0.02


def test_images_far_away_are_neither_precise_nor_do_they_recall_anything():
    assert coverage(normal(0, 50, 4, 100.0), normal(1, 50, 4)) == Coverage(precision=0.0, recall=0.0)


def test_real_ones_and_as_much_nonsense_are_half_precise_and_recall_everything():
    genuine = normal(0, 100, 4)
    found = coverage(np.concatenate([genuine, normal(1, 100, 4, 50.0)]), genuine)
    assert found == Coverage(precision=0.5, recall=1.0)


def test_the_third_neighbour_counts_and_a_feature_is_no_neighbour_of_itself():
    line = np.array([[0], [1], [3], [6], [100]], np.float32)  # radii 6, 5, 3, 6, 99
    inside, outside = np.array([[-6.0]] * 4, np.float32), np.array([[-6.1]] * 4, np.float32)
    assert coverage(inside, line).precision == 1
    assert coverage(outside, line).precision == 0


def test_precision_and_recall_are_torch_fidelitys():
    one, other = normal(0, 300, 6), normal(1, 260, 6, 0.4)
    found = prc_features_to_metric(torch.from_numpy(one), torch.from_numpy(other), verbose=False)
    shares = {name: found[name] for name in ("precision", "recall")}
    assert asdict(coverage(one, other)) == pytest.approx(shares, abs=1e-6)
    assert shares["precision"] != shares["recall"]  # so that their places matter


# Neighbours


def test_the_nearest_is_found_in_any_piece_and_its_distance_is_exact(monkeypatch):
    monkeypatch.setattr("lab.measuring.nearest._PIECE", 64)
    among, asked = 100 + normal(0, 500, 9), 100 + normal(1, 30, 9)
    found = nearest(asked, among)
    every = np.sqrt(((asked[:, None].astype(float) - among[None]) ** 2).sum(-1))
    np.testing.assert_array_equal(found.places, every.argmin(1))
    np.testing.assert_allclose(found.distances, every.min(1), rtol=1e-12)
    assert (nearest(among[::50], among).distances == 0).all()


def by_pixels(images, held_out, learnt):
    """How near `images` lie to the `learnt` ones, looked for as they are and mirrored, by levels alone."""
    found = [
        neighbours.found(neighbours.Asked(each, both), learnt, learnt[:, 0, 0])
        for each in (images, held_out)
        for both in [(each[:, 0, 0], each[:, 0, 0])]
    ]
    return neighbours.neighbours(*found).pixels


def test_images_known_by_heart_are_found_out_mirrored_ones_too(pictures):
    learnt, held_out, new = pictures
    copies = np.concatenate([learnt[:150], mirrored(learnt[150:300])])
    noisy = np.clip(copies + np.random.default_rng(0).normal(0, 2, copies.shape), 0, 255).astype(np.uint8)
    found = {
        name: by_pixels(images, held_out, learnt)
        for name, images in {"copies": copies, "noisy": noisy, "new": new}.items()
    }
    assert (found["copies"].made, found["copies"].nearer) == (0, 1)
    assert found["noisy"].nearer == 1
    assert found["noisy"].made == pytest.approx(2, rel=0.1)
    assert found["noisy"].ratio < 0.2
    assert found["new"].nearer < 0.05
    assert found["new"].ratio == pytest.approx(1, abs=0.1)


def test_one_copy_in_ten_is_counted_though_the_median_does_not_tell(pictures):
    learnt, held_out, new = pictures
    some = np.concatenate([learnt[:30], new[:270]])
    found = by_pixels(some, held_out, learnt)
    assert 0.1 <= found.nearer < 0.14
    assert found.ratio > 0.8
