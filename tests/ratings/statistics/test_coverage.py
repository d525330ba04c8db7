"""Whether the intervals hold the truth as often as they claim, by raters made up for it."""

from dataclasses import replace

import numpy as np
import pytest

from ratings.simulation import report
from ratings.simulation.coverage import EFFECTS, Coverage, Design, coverage, designs
from ratings.simulation.raters import STRENGTHS, Effects, comparisons, opinions
from ratings.statistics.bradley_terry import strengths_from_wins
from ratings.statistics.mean_opinion import mean_opinion
from ratings.statistics.strengths import _resampled
from ratings.statistics.votes import pair_totals

SIMULATIONS = {"grades": 1000, "votes": 250}
"""Few enough to be quick; the soak test runs 2000 of each design."""


@pytest.mark.parametrize("effects", ["neither", "raters", "images", "both"])
@pytest.mark.parametrize("kind", ["grades", "votes"])
def test_intervals_hold_the_truth_in_about_95_of_100_studies(kind, effects):
    here, beyond = coverage(Design(kind, effects, raters=15, images=12), SIMULATIONS[kind], seed=1)
    assert 0.92 <= here.covered <= 0.98
    assert 0.92 <= beyond.covered <= 0.985


def test_intervals_for_these_images_do_not_claim_others():
    """The multi-way variance is needed: resampling raters alone misses what images like these would give."""
    design = Design("grades", "images", raters=30, images=12)
    random = np.random.default_rng(3)
    held = 0
    for _ in range(200):
        grades, truth = opinions(random, EFFECTS["grades"]["images"], raters=30, images=12)
        found = mean_opinion(grades.ravel(), np.repeat(np.arange(30), 12))
        held += (found.low or 0) <= truth.all_images[0] <= (found.high or 0)
    assert held / 200 < 0.7
    assert coverage(design, 200, seed=3)[1].covered > 0.9


def test_plain_percentiles_would_be_too_narrow():
    """Why `strengths` widens what resampling says, with 15 raters."""
    random = np.random.default_rng(9)
    held = []
    for seed in range(150):
        given, truth = comparisons(random, Effects(0.7, 0.7), raters=15, images=12)
        wins = pair_totals(given)
        drawn = np.concatenate(list(_resampled(given, wins, strengths_from_wins(wins), 500, seed)))
        low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
        held.append((low <= truth.these_images) & (truth.these_images <= high))
    assert 0.88 <= np.mean(held) <= 0.935


@pytest.mark.parametrize("effects", tuple(EFFECTS["votes"].values()), ids=EFFECTS["votes"])
def test_the_truth_of_votes_is_what_ever_more_votes_tell(effects: Effects):
    given, truth = comparisons(np.random.default_rng(4), effects, raters=3000, images=12)
    found = strengths_from_wins(pair_totals(given))
    assert found == pytest.approx(truth.these_images, abs=0.06)
    if not effects.images:
        assert truth.these_images == pytest.approx(truth.all_images)
    assert np.all(np.argsort(truth.all_images) == np.argsort(STRENGTHS))


@pytest.mark.parametrize("effects", tuple(EFFECTS["grades"].values()), ids=EFFECTS["grades"])
def test_the_truth_of_grades_is_what_ever_more_grades_tell(effects: Effects):
    grades, truth = opinions(np.random.default_rng(5), effects, raters=2000, images=12)
    assert grades.mean() == pytest.approx(truth.these_images[0], abs=0.05)
    many, truth = opinions(np.random.default_rng(6), effects, raters=1000, images=1000)
    assert many.mean() == pytest.approx(truth.all_images[0], abs=0.06)


def test_the_truth_of_all_images_is_the_mean_over_many():
    random = np.random.default_rng(7)
    here = [comparisons(random, Effects(0.7, 0.7), raters=2, images=200)[1].these_images for _ in range(30)]
    _, truth = comparisons(random, Effects(0.7, 0.7), raters=2, images=2)
    assert np.mean(here, axis=0) == pytest.approx(truth.all_images, abs=0.04)


def test_no_rater_gets_the_same_pair_on_the_same_image_twice():
    given, _ = comparisons(np.random.default_rng(8), Effects(0, 0), raters=20, images=6, turnout="uneven")
    low, high = np.minimum(given.left, given.right), np.maximum(given.left, given.right)
    asked = np.stack([given.rater, given.image, low, high])
    assert np.unique(asked, axis=1).shape == asked.shape
    turnout = np.bincount(given.rater)
    assert turnout[0] > 3 * turnout[-1]


def kept() -> tuple[Coverage, ...]:
    return report.read().coverages


def test_every_design_of_today_was_simulated_two_thousand_times():
    found = [(one.design, one.reach) for one in kept()]
    assert found == [
        (design, reach) for design in designs() for reach in ("these images", "images like these")
    ]
    assert all(one.simulations >= 2000 for one in kept())


def test_each_interval_covers_what_it_claims():
    for one in kept():
        speaks_of_images = one.reach == "images like these"
        images_differ = one.design.effects in ("images", "both")
        if one.design.turnout == "even" and (images_differ or not speaks_of_images):
            assert 0.93 <= one.covered <= 0.97, one
        assert 0.93 <= one.covered <= 0.98, one
        assert one.lowest >= 0.925, one
        assert one.ranked is None or one.ranked >= 0.95, one


@pytest.mark.soak
@pytest.mark.parametrize("design", tuple(designs()), ids=str)
def test_what_is_kept_comes_out_again(design):
    for now, before in zip(
        coverage(design, 2000, seed=report.SEED),
        [one for one in kept() if one.design == design],
        strict=True,
    ):
        assert now.covered == pytest.approx(before.covered, abs=0.002)
        assert replace(now, covered=0, lowest=0, width=0, ranked=0) == replace(
            before, covered=0, lowest=0, width=0, ranked=0
        )
