import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from ratings.errors import UnconnectedError
from ratings.statistics.connectivity import components, core, require_connected, strong_components

SIZES = some.integers(1, 7)


@some.composite
def tables(draw: some.DrawFn) -> np.ndarray:
    size = draw(SIZES)
    wins = draw(arrays(np.float64, (size, size), elements=some.sampled_from([0.0, 0.0, 0.0, 0.5, 1.0, 3.0])))
    np.fill_diagonal(wins, 0)
    return wins


def reachable(linked: np.ndarray) -> np.ndarray:
    """Who can be reached from whom, one step after another."""
    reached = linked | np.eye(len(linked), dtype=bool)
    for _ in linked:
        reached = (reached.astype(int) @ reached.astype(int)) > 0
    return reached


@given(tables())
def test_components_hold_those_who_reach_each_other(wins):
    either, onward = reachable((wins + wins.T) > 0), reachable(wins > 0)
    label, strong = components(wins), strong_components(wins)
    assert np.array_equal(label[:, None] == label[None, :], either)
    assert np.array_equal(strong[:, None] == strong[None, :], onward & onward.T)


@given(tables())
def test_the_core_is_a_strong_component_and_none_is_larger(wins):
    strong, inside = strong_components(wins), core(wins)
    assert len(set(strong[inside])) == 1
    assert inside.sum() == np.bincount(strong).max()


def test_of_two_equal_groups_the_one_with_more_votes_is_the_core():
    wins = np.zeros((4, 4))
    wins[0, 1] = wins[1, 0] = 2
    wins[2, 3] = wins[3, 2] = 5
    wins[0, 2] = 1
    assert core(wins).tolist() == [False, False, True, True]


def test_groups_without_a_link_are_named():
    wins = np.zeros((5, 5))
    wins[0, 3] = wins[1, 4] = wins[4, 2] = 1
    with pytest.raises(UnconnectedError, match=r"0, 3 \| 1, 2, 4") as raised:
        require_connected(wins)
    assert raised.value.components == ((0, 3), (1, 2, 4))


@pytest.mark.parametrize("wins", [[[0, 1]], [[1.0]], [[0, -1], [0, 0]], [[0, np.inf], [0, 0]], [0, 1]])
def test_what_is_no_table_of_wins_is_our_own_mistake(wins):
    with pytest.raises(AssertionError):
        components(wins)
