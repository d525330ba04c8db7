from threading import Thread

import numpy as np
import pytest

from ratings.statistics.subjects import SubjectModel, subject_model


def study(seed: int = 0, stimuli: int = 40, subjects: int = 20) -> tuple[np.ndarray, ...]:
    """Grades of a known truth: quality, bias (of mean 0), inconsistency."""
    random = np.random.default_rng(seed)
    quality = random.uniform(2, 4, stimuli)
    bias = random.normal(0, 0.3, subjects)
    bias -= bias.mean()
    inconsistency = random.uniform(0.2, 0.5, subjects)
    noise = random.normal(0, 1, (stimuli, subjects)) * inconsistency
    return np.clip(quality[:, None] + bias + noise, 1, 5), quality, bias, inconsistency


def test_the_truth_behind_the_grades_is_found():
    grades, quality, bias, inconsistency = study(stimuli=200)
    found = subject_model(grades)
    assert found.quality == pytest.approx(quality, abs=0.3)
    assert found.bias == pytest.approx(bias, abs=0.12)
    assert found.inconsistency == pytest.approx(inconsistency, abs=0.12)
    assert found.led_by is None


def test_each_part_is_the_most_likely_given_the_others():
    grades, *_ = study(seed=3)
    found = subject_model(grades)
    left = grades - found.quality[:, None] - found.bias
    weight = found.inconsistency**-2
    assert found.inconsistency == pytest.approx(np.sqrt(np.mean(left**2, axis=0)), rel=1e-4)
    assert (left * weight).sum(axis=1) / weight.sum() == pytest.approx(np.zeros(40), abs=1e-6)
    assert left.mean(axis=0) == pytest.approx(np.zeros(20), abs=1e-6)
    assert found.bias.mean() == pytest.approx(0)


def test_missing_grades_are_left_out():
    grades, quality, bias, _ = study(stimuli=100)
    random = np.random.default_rng(1)
    found = subject_model(np.where(random.random(grades.shape) < 0.4, np.nan, grades))
    assert found.quality == pytest.approx(quality, abs=0.5)
    assert found.bias == pytest.approx(bias, abs=0.2)


def test_a_random_clicker_is_the_least_consistent_and_weighs_least():
    grades, quality, *_ = study(stimuli=30, subjects=15)
    grades = np.round(grades)
    grades[:, 4] = np.random.default_rng(2).integers(1, 6, 30)
    found = subject_model(grades)
    assert found.inconsistency.argmax() == 4
    assert found.inconsistency[4] > 2 * np.median(found.inconsistency)
    plain = np.abs(grades.mean(axis=1) - quality).mean()
    assert np.abs(found.quality - quality).mean() < plain


def test_where_quality_runs_off_to_one_subject_no_interval_is_given():
    grades, *_ = study(stimuli=6, subjects=4)
    found = subject_model(grades)
    assert found.led_by is not None
    assert np.all(np.isinf(found.low) & np.isinf(found.high))


def interval_holds(found: SubjectModel, quality: np.ndarray) -> float:
    return float(np.mean((found.low <= quality) & (quality <= found.high)))


@pytest.mark.parametrize("subjects", [15, 30])
def test_interval_holds_the_truth_for_other_subjects(subjects):
    random = np.random.default_rng(20_260_301)
    held = []
    for _ in range(60):
        quality = random.normal(3, 0.5, 40)
        bias, inconsistency = random.normal(0, 0.3, subjects), random.uniform(0.3, 0.6, subjects)
        noise = random.normal(0, 1, (40, subjects)) * inconsistency
        held.append(interval_holds(subject_model(np.clip(quality[:, None] + bias + noise, 1, 5)), quality))
    assert 0.93 <= np.mean(held) <= 0.985


def test_sureal_says_nothing_and_other_threads_may_speak(capsys):
    grades, *_ = study()
    speaker = Thread(target=print, args=("heard",))
    speaker.start()
    subject_model(grades)
    speaker.join()
    assert capsys.readouterr().out == "heard\n"


@pytest.mark.parametrize(
    "grades", [[1, 2], [[1.0, np.nan], [np.nan, np.nan]], [[1, 2], [3, np.nan]], [[1], [2]], [[0, 1], [2, 3]]]
)
def test_what_is_no_study_is_our_own_mistake(grades):
    with pytest.raises(AssertionError):
        subject_model(grades)


def led(seed: int, stimuli: int, subjects: int) -> bool:
    random = np.random.default_rng(seed)
    quality, bias = random.normal(3, 0.8, (stimuli, 1)), random.normal(0, 0.4, subjects)
    noise = random.normal(0, 1, (stimuli, subjects)) * random.uniform(0.4, 1.0, subjects)
    return subject_model(np.clip(np.round(quality + bias + noise), 1, 5)).led_by is not None


def test_small_studies_often_end_with_one_subject():
    """What the documentation says of it."""
    assert 0.15 <= np.mean([led(seed, 12, 15) for seed in range(60)]) <= 0.45
    assert np.mean([led(seed, 40, 5) for seed in range(30)]) > 0.7
    assert np.mean([led(seed, 40, 15) for seed in range(30)]) < 0.1
