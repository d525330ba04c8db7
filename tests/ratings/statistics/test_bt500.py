"""BT.500's screening, word by word, and beside sureal's."""

from statistics import mean, stdev
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from ratings.statistics.bt500 import screen

GRADES = some.tuples(some.integers(1, 12), some.integers(1, 12)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=some.sampled_from([1, 2, 3, 4, 5, np.nan]))
)


def slow_and_obvious(grades: np.ndarray) -> tuple[list[int], list[int]]:
    """P and Q of every subject."""
    above, below = [0] * grades.shape[1], [0] * grades.shape[1]
    for row in grades:
        given = [grade for grade in row if not np.isnan(grade)]
        if len(set(given)) < 2:
            continue
        centre, spread = mean(given), stdev(given)
        second = mean((grade - centre) ** 2 for grade in given)
        kurtosis = mean((grade - centre) ** 4 for grade in given) / second**2
        bound = (2 if 2 <= kurtosis <= 4 else 20**0.5) * spread
        for subject, grade in enumerate(row):
            above[subject] += bool(grade - centre >= bound - 1e-12)
            below[subject] += bool(centre - grade >= bound - 1e-12)
    return above, below


def by_sureal(grades: np.ndarray) -> dict:
    from sureal.dataset_reader import RawDatasetReader
    from sureal.subjective_model import SubjectiveModel

    videos = [
        {"content_id": 0, "asset_id": number, "path": "", "os": row.tolist()}
        for number, row in enumerate(grades)
    ]
    dataset = SimpleNamespace(ref_videos=[{"content_id": 0, "path": ""}], dis_videos=videos)
    with np.errstate(all="ignore"):
        return SubjectiveModel._get_opinion_score_3darray_with_preprocessing(
            RawDatasetReader(dataset), subject_rejection=True
        )


def study(wild: int, stimuli: int = 60, subjects: int = 20) -> np.ndarray:
    """Grades of which subject 0 strays on so many stimuli, to both sides in turn."""
    random = np.random.default_rng(0)
    quality = random.uniform(2.4, 3.6, (stimuli, 1))
    grades = np.clip(np.round(quality + random.normal(0, 0.5, (stimuli, subjects))), 1, 5)
    grades[:wild:2, 0], grades[1:wild:2, 0] = 1, 5
    return grades


@given(GRADES)
def test_counts_are_those_of_the_recommendation(grades):
    above, below = slow_and_obvious(grades)
    found = screen(grades)
    assert (found.above.tolist(), found.below.tolist()) == (above, below)
    assert found.graded.tolist() == (~np.isnan(grades)).sum(axis=0).tolist()


def test_who_strays_to_both_sides_is_rejected_and_why():
    found = screen(study(wild=40))
    assert found.rejected.tolist() == [True] + [False] * 19
    assert found.strays[0] > 0.05
    assert found.one_sided[0] < 0.3
    assert found.strays[0] == (found.above[0] + found.below[0]) / 60


def test_who_strays_to_one_side_is_kept():
    grades = study(wild=0)
    grades[:40, 0] = 5
    found = screen(grades)
    assert found.strays[0] > 0.05
    assert found.one_sided[0] == 1
    assert not found.rejected.any()


def test_sureal_rejects_the_same_where_no_stimulus_is_graded_alike_by_all():
    grades = study(wild=40)
    assert np.all(np.ptp(grades, axis=1) > 0)
    assert by_sureal(grades)["observer_rejected"] == screen(grades).rejected.tolist()


@pytest.mark.filterwarnings("ignore:Precision loss:RuntimeWarning")  # sureal takes moments of equal grades
def test_sureal_takes_everyone_for_a_stray_where_all_agree():
    grades = study(wild=40)
    grades[-20:] = 3
    theirs = by_sureal(grades)
    assert theirs["observer_rejected_1st_stats"][5] >= 2 * 20 / 60
    assert theirs["observer_rejected"] == [False] * 20  # it would reject all, and then rejects none
    assert screen(grades).rejected.tolist() == [True] + [False] * 19


def test_sureal_divides_by_stimuli_that_were_not_graded():
    grades = study(wild=40)
    grades[20:, 0] = np.nan
    strays = (screen(grades).above + screen(grades).below)[0]
    assert screen(grades).strays[0] == strays / 20
    assert by_sureal(grades)["observer_rejected_1st_stats"][0] == pytest.approx(strays / 60, abs=2 / 60)


def test_a_random_clicker_in_a_small_test_is_missed():
    random = np.random.default_rng(1)
    missed = 0
    for _ in range(50):
        quality = random.uniform(1.5, 4.5, (12, 1))
        grades = np.clip(np.round(quality + random.normal(0, 0.6, (12, 15))), 1, 5)
        grades[:, 0] = random.integers(1, 6, 12)
        missed += not screen(grades).rejected[0]
    assert missed > 25


@pytest.mark.filterwarnings("error")
def test_nothing_graded_is_screened_without_a_warning():
    found = screen(np.full((3, 2), np.nan))
    assert not found.rejected.any()
    assert np.all(np.isnan(found.strays))
