from dataclasses import replace

import numpy as np
import pytest

from ratings.simulation import raters
from ratings.simulation.raters import Effects, comparisons
from ratings.statistics.flags import Flag
from ratings.statistics.screening import LEANING, screen_grades, screen_votes
from ratings.statistics.votes import Votes, votes

EVEN, OWN_TASTE = Effects(raters=0, images=0), Effects(raters=0.7, images=0.7)


def study(monkeypatch: pytest.MonkeyPatch, seed: int, effects: Effects = EVEN, each: int = 100) -> Votes:
    monkeypatch.setattr(raters, "VOTES_EACH", each)
    return comparisons(np.random.default_rng(seed), effects, raters=40, images=12)[0]


def answering(given: Votes, rater: int, outcomes: np.ndarray | float) -> Votes:
    """The same votes, but for one rater's answers."""
    changed = given.outcome.copy()
    changed[given.rater == rater] = outcomes
    return replace(given, outcome=changed)


def reasons(flags: tuple[Flag, ...], rater: int) -> set[str]:
    return {flag.reason for flag in flags if flag.rater == rater}


@pytest.mark.parametrize("side", [1.0, 0.0])
def test_who_clicks_always_on_one_side_is_found(monkeypatch, side):
    given = answering(study(monkeypatch, 1, OWN_TASTE, each=11), 3, side)
    flags = screen_votes(given)
    assert [flag for flag in flags if flag.rater == 3] == [Flag(3, "one side", 1.0, LEANING)]


def test_who_calls_all_a_tie_is_found(monkeypatch):
    given = answering(study(monkeypatch, 1, each=10), 3, 0.5)
    assert Flag(3, "only ties", 10.0, 10) in screen_votes(given)


def test_a_random_clicker_is_found_in_pair_votes(monkeypatch):
    found = 0
    for seed in range(20):
        random = np.random.default_rng(1000 + seed)
        given = answering(study(monkeypatch, seed), 7, random.integers(2, size=100).astype(float))
        found += "like chance" in reasons(screen_votes(given), 7)
    assert found >= 16


@pytest.mark.parametrize("effects", [EVEN, OWN_TASTE], ids=["one taste", "own taste"])
@pytest.mark.parametrize("each", [20, 60, 120])
def test_honest_raters_are_flagged_in_one_of_a_hundred_votes_at_most(monkeypatch, effects, each):
    flags = [screen_votes(study(monkeypatch, seed, effects, each)) for seed in range(50)]
    for reason in ("one side", "only ties", "like chance"):
        assert sum(flag.reason == reason for one in flags for flag in one) / (50 * 40) <= 0.014


def test_a_slight_leaning_to_one_side_is_honest():
    random = np.random.default_rng(0)
    left = np.tile([0, 1], 200 * 100)
    leaning = (random.random(len(left)) < 0.57).astype(float)
    rater = np.repeat(np.arange(200), 200)
    flags = screen_votes(votes(left, 1 - left, leaning, rater, rater * 0, contestants=2))
    assert sum(flag.reason == "one side" for flag in flags) <= 2


@pytest.mark.parametrize("outcome", [1.0, 0.0, 0.5])
def test_raters_of_few_votes_are_not_flagged(monkeypatch, outcome):
    given = answering(study(monkeypatch, 1, each=9), 3, outcome)
    assert screen_votes(given) == ()


def grades(seed: int, stimuli: int, people: int = 30) -> np.ndarray:
    random = np.random.default_rng(seed)
    quality = random.normal(3.2, 0.8, (stimuli, 1))
    bias, spread = random.normal(0, 0.4, people), random.uniform(0.5, 0.9, people)
    return np.clip(np.round(quality + bias + random.normal(0, 1, (stimuli, people)) * spread), 1, 5)


@pytest.mark.parametrize("grade", [1, 2, 3, 4, 5])
def test_a_straight_liner_is_found_in_grades(grade):
    given = grades(1, 20)
    given[:, 3] = grade
    assert "one grade" in reasons(screen_grades(given), 3)


def test_a_random_clicker_is_found_in_grades():
    found = 0
    for seed in range(20):
        given = grades(seed, 60)
        given[:, 7] = np.random.default_rng(1000 + seed).integers(1, 6, 60)
        found += "like chance" in reasons(screen_grades(given), 7)
    assert found >= 14


@pytest.mark.parametrize("stimuli", [10, 20, 60])
def test_honest_raters_are_flagged_in_one_of_a_hundred_sets_of_grades_at_most(stimuli):
    flags = [screen_grades(grades(seed, stimuli)) for seed in range(100)]
    for reason in ("one grade", "like chance"):
        assert sum(flag.reason == reason for one in flags for flag in one) / (100 * 30) <= 0.014


def test_equal_stimuli_make_no_straight_liner():
    given = np.full((20, 10), 4.0)
    given[0, 0] = 3
    assert screen_grades(given) == ()


def test_missing_grades_are_no_sign_of_anything():
    given = grades(1, 40)
    given[np.random.default_rng(2).random(given.shape) < 0.5] = np.nan
    given[:, 5] = np.nan
    assert len(screen_grades(given)) <= 1


def test_raters_of_few_grades_are_not_flagged():
    given = grades(1, 9)
    given[:, 3] = 1
    assert screen_grades(given) == ()
