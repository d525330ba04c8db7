import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from ratings.simulation.raters import Effects, comparisons
from ratings.statistics.bradley_terry import strengths_from_wins, virtual_wins, win_probability
from ratings.statistics.clusters import (
    Clusters,
    margin,
    mean_opinion_beyond_images,
    strengths_beyond_images,
)
from ratings.statistics.strengths import strengths
from ratings.statistics.votes import Votes, pair_totals, votes

GRADES = some.lists(
    some.tuples(some.integers(1, 5), some.integers(0, 5), some.integers(0, 3)), min_size=3, max_size=40
)
"""Grade, rater, image."""


BOTH = Effects(raters=0.7, images=0.7)


def drawn(seed: int = 0, effects: Effects = BOTH) -> Votes:
    return comparisons(np.random.default_rng(seed), effects, raters=25, images=12)[0]


def kish(cluster: list) -> float:
    sizes = [cluster.count(name) for name in set(cluster)]
    return sum(sizes) ** 2 / sum(size**2 for size in sizes)


def one_way(influence: np.ndarray, cluster: list, number: float) -> float:
    """V_c of the module's docstring, cluster by cluster."""
    total = sum(
        sum(value for value, each in zip(influence, cluster, strict=True) if each == name) ** 2
        for name in set(cluster)
    )
    return total * (number / (number - 1) if number > 1 else 1)


def slow_margin(influence: np.ndarray, raters: list, images: list, count: float, shown: float) -> float:
    """Half the interval's width by the module's docstring, word by word; `count` raters, `shown` images."""
    from scipy.stats import t

    if min(count, shown) < 3:
        return np.inf
    both = list(zip(raters, images, strict=True))
    rater, image = one_way(influence, raters, count), one_way(influence, images, shown)
    cell = one_way(influence, both, kish(both))
    together = rater + image - cell
    if together > cell:
        freedom = together**2 / (rater**2 / (count - 1) + image**2 / (shown - 1))
        return t.ppf(0.975, freedom) * together**0.5
    return t.ppf(0.975, kish(both) - 1) * cell**0.5


@given(GRADES)
@settings(deadline=None)
def test_interval_of_a_mean_is_the_one_of_the_formula(rows):
    grades, raters, images = (list(column) for column in zip(*rows, strict=True))
    found = mean_opinion_beyond_images(grades, raters, images)
    influence = (np.array(grades) - np.mean(grades)) / len(grades)
    half = slow_margin(influence, raters, images, kish(raters), kish(images))
    if not 1e-9 < half < np.inf:
        assert (found.low, found.high) == (None, None) or half > 0
    else:
        assert found.low == pytest.approx(max(1, found.score - half))
        assert found.high == pytest.approx(min(5, found.score + half))
    assert (found.n, found.people) == (len(grades), len(set(raters)))


def test_intervals_of_strengths_are_those_of_the_formula():
    given = drawn()
    found = strengths_beyond_images(given)
    wins = pair_totals(given)
    theta = strengths_from_wins(wins)
    chance = win_probability(theta)
    games = wins + wins.T + 2 * virtual_wins(wins)
    curve = np.diag((games * chance * (1 - chance)).sum(axis=1)) - games * chance * (1 - chance)
    signs = np.zeros((len(given.left), 5))
    signs[np.arange(len(signs)), given.left], signs[np.arange(len(signs)), given.right] = 1, -1
    left_over = given.outcome - chance[given.left, given.right]
    influences = left_over[:, None] * (signs @ np.linalg.pinv(curve))
    half = []
    for who, influence in enumerate(influences.T):
        met = (given.left == who) | (given.right == who)
        count, shown = kish(given.rater[met].tolist()), kish(given.image[met].tolist())
        half.append(slow_margin(influence, given.rater.tolist(), given.image.tolist(), count, shown))
    assert (found.high - found.low) / 2 == pytest.approx(np.array(half))
    assert found.score == pytest.approx(theta)
    assert found.reach == "images like these"


def test_ranks_rest_on_the_intervals_of_differences():
    given = drawn(3)
    found = strengths_beyond_images(given)
    first, last = np.argmax(found.score), np.argmin(found.score)
    assert found.worst_rank[first] < found.best_rank[last]
    assert np.all(found.best_rank <= found.worst_rank)


def test_images_that_differ_widen_the_interval():
    fixed, beyond = [], []
    for seed in range(5):
        given = drawn(seed, Effects(0.0, 1.0))
        fixed.append(np.mean(strengths(given).high - strengths(given).score))
        beyond.append(np.mean(strengths_beyond_images(given).high - strengths_beyond_images(given).score))
    assert np.mean(beyond) > 1.5 * np.mean(fixed)


def test_with_one_image_nothing_is_said_of_others():
    given = drawn()
    alone = Votes(given.left, given.right, given.outcome, given.rater, given.image * 0, 5)
    assert not strengths_beyond_images(alone).bounded.any()
    assert mean_opinion_beyond_images([3, 4, 5], [1, 2, 3], [1, 1, 1]).low is None
    assert mean_opinion_beyond_images([3, 4, 5], [1, 1, 1], [1, 2, 3]).low is None
    assert mean_opinion_beyond_images([4, 4, 4], [1, 2, 3], [1, 2, 3]).low is None


def test_a_difference_that_comes_out_negative_is_not_believed():
    parts = Clusters(np.array([1.0]), np.array([1.0]), np.array([4.0]), sizes=(20, 30, 600))
    assert margin(parts) == pytest.approx(1.9639 * 2 * np.sqrt(600 / 599), rel=1e-3)


def test_order_and_names_do_not_matter():
    given = drawn()
    order = np.random.default_rng(1).permutation(len(given.left))
    named = votes(
        given.left[order],
        given.right[order],
        given.outcome[order],
        [f"rater {each}" for each in given.rater[order]],
        [f"image {each}" for each in given.image[order]],
        contestants=5,
    )
    assert strengths_beyond_images(named).low == pytest.approx(strengths_beyond_images(given).low)
