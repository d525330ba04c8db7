import numpy as np
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from ratings.statistics.crowd import (
    far_from_the_others,
    little_variance,
    missed_gold,
    missed_traps,
    outliers,
)
from ratings.statistics.flags import Flag

NAN = np.nan
GRADES = arrays(np.float64, (6, 4), elements=some.sampled_from([1, 2, 3, 4, 5, NAN]))


def test_one_wrong_trap_is_one_too_many():
    answers = [[5, 5, NAN, 4], [1, 1, NAN, NAN], [3, 2, NAN, 3]]
    assert missed_traps(answers, [5, 1, 3]) == (
        Flag(1, "trap missed", 2 / 3, 1.0),
        Flag(3, "trap missed", 0.5, 1.0),
    )


def test_gold_may_be_one_grade_off():
    assert missed_gold([[5, 4, 3, NAN]], [5]) == (Flag(2, "gold missed", 0.0, 1.0),)


@given(GRADES)
def test_variance_is_held_against_the_limit(grades):
    expected = []
    for rater, column in enumerate(grades.T):
        own = column[~np.isnan(column)]
        if len(own) > 1 and np.var(own, ddof=1) < 0.15:
            expected.append(rater)
    assert [flag.rater for flag in little_variance(grades)] == expected


@given(arrays(np.float64, (2, 20), elements=some.sampled_from([1, 2, 5, NAN])))
def test_outliers_lie_so_many_deviations_out(grades):
    for row, far in zip(grades, outliers(grades), strict=True):
        own = row[~np.isnan(row)]
        if len(set(own.tolist())) < 2:
            assert not far.any()
            continue
        z = np.abs(row - own.mean()) / np.std(own, ddof=1)
        assert np.array_equal(far, np.nan_to_num(z) >= 3.29)


def test_the_only_one_far_out_is_flagged_with_how_often():
    grades = np.full((3, 20), 4.0)
    grades[:, :10] = 5
    grades[1:, 19] = 1
    assert far_from_the_others(grades) == (Flag(19, "far from the others", 2.0, 0.0),)


def test_honest_people_of_a_session_of_equals_fail_the_variance_check_too():
    """Why a flag alone must not take votes away."""
    assert [flag.rater for flag in little_variance([[4, 4], [4, 4], [4, 4]])] == [0, 1]
