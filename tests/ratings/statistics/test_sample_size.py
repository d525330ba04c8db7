import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as some

from ratings.statistics.sample_size import raters_for_half_width, votes_still_needed, votes_to_separate


@pytest.mark.parametrize(("share", "votes"), [(0.75, 29), (0.6, 194), (0.55, 783)])
def test_figures_of_the_literature_are_reproduced(share, votes):
    assert votes_to_separate(share) == votes


@given(some.floats(0.51, 0.99))
def test_winner_and_loser_need_the_same(share):
    assert abs(votes_to_separate(share) - votes_to_separate(1 - share)) <= 1


@pytest.mark.parametrize("share", [0.55, 0.6, 0.7])
def test_so_many_votes_separate_in_four_of_five_studies(share):
    votes = votes_to_separate(share)
    wins = np.arange(votes + 1)
    z = (wins - votes / 2) / np.sqrt(votes / 4)
    power = scipy.stats.binom.pmf(wins, votes, share)[z > 1.96].sum()
    assert power == pytest.approx(0.8, abs=0.05)


def test_what_was_voted_already_is_taken_off():
    assert votes_still_needed(60, 40) == 194 - 100
    assert votes_still_needed(600, 400) == 0


@pytest.mark.parametrize("wins", [0, 7])
def test_nothing_is_said_of_equals(wins):
    assert votes_still_needed(wins, wins) is None


def test_a_sweep_of_six_is_enough():
    assert [votes_still_needed(wins, 0) for wins in (1, 5, 6, 9)] == [5, 1, 0, 0]
    assert scipy.stats.binomtest(6, 6).pvalue < 0.05 < scipy.stats.binomtest(5, 5).pvalue


@given(some.floats(0.05, 1), some.floats(0.1, 1.5))
def test_so_many_raters_give_the_half_width(half_width, deviation):
    raters = raters_for_half_width(half_width, deviation)
    assert 1.96 * deviation / np.sqrt(raters) <= half_width * 1.0001
    if raters > 2:
        assert 1.96 * deviation / np.sqrt(raters - 1) >= half_width * 0.9999


@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_what_no_number_separates_is_our_own_mistake(share):
    with pytest.raises(AssertionError):
        votes_to_separate(share)
