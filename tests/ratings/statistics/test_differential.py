import pytest
import scipy.stats

from ratings.statistics.differential import differential_grades, differential_opinion


def test_five_is_as_good_as_the_reference_and_above_is_better():
    assert differential_grades([1, 3, 5], [5, 3, 1]).tolist() == [1, 5, 9]


def test_a_constant_bias_of_a_person_drops_out():
    assert differential_grades([3, 2], [5, 4])[0] == differential_grades([3, 2], [5, 4])[1]


def test_interval_is_students_and_may_reach_beyond_five():
    grades, references = [5, 4, 5, 4, 5], [4, 4, 5, 3, 4]
    found = differential_opinion(grades, references)
    values = [6, 5, 5, 6, 6]
    low, high = scipy.stats.t.interval(0.95, 4, loc=5.6, scale=scipy.stats.sem(values))
    assert (found.score, found.low, found.high) == (
        pytest.approx(5.6),
        pytest.approx(low),
        pytest.approx(high),
    )
    assert high > 6


@pytest.mark.parametrize(("grades", "references"), [([1], [1, 2]), ([0], [5]), ([5], [6])])
def test_what_are_no_grades_is_our_own_mistake(grades, references):
    with pytest.raises(AssertionError):
        differential_grades(grades, references)
