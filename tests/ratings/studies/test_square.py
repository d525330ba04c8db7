from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratings.studies.square import row_of_square

Rows = list[tuple[int, ...]]

some_inputs = st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=24)
seeds = st.integers(0, 1000)


def squares(inputs: list[str], seed: int, number: int = 1, first: int = 0) -> Rows:
    """So many squares, from the one of that number."""
    count = len(inputs)
    return [row_of_square(inputs, row, seed) for row in range(first * count, (first + number) * count)]


def repeats(inputs: list[str], row: tuple[int, ...]) -> int:
    return sum(inputs[one] == inputs[two] for one, two in pairwise(row))


def most(inputs: list[str]) -> int:
    return max(Counter(inputs).values())


@given(some_inputs, seeds, st.integers(0, 300))
def test_no_input_follows_itself_more_often_than_it_must(inputs: list[str], seed: int, row: int) -> None:
    order = row_of_square(inputs, row, seed)
    assert sorted(order) == list(range(len(inputs)))
    assert repeats(inputs, order) == max(0, 2 * most(inputs) - len(inputs) - 1)


@given(some_inputs, seeds, st.integers(0, 5))
def test_each_item_stands_once_in_each_place_of_a_square(inputs: list[str], seed: int, first: int) -> None:
    if 2 * most(inputs) > len(inputs):
        return
    for column in zip(*squares(inputs, seed, first=first), strict=True):
        assert sorted(column) == list(range(len(inputs)))


@given(st.integers(1, 12), seeds)
def test_an_input_with_one_item_too_many_takes_every_second_place_evenly(others: int, seed: int) -> None:
    inputs = ["often"] * (others + 1) + [f"other {number}" for number in range(others)]
    rows = [row_of_square(inputs, row, seed) for row in range(others * (others + 1))]
    for place, column in enumerate(zip(*rows, strict=True)):
        times = Counter(column)
        assert len(times) == others + (place % 2 == 0)
        assert len(set(times.values())) == 1


@given(st.integers(2, 14), seeds, st.integers(0, 3))
def test_where_all_inputs_differ_each_item_follows_each_other_equally_often(
    count: int, seed: int, turn: int
) -> None:
    inputs = [str(number) for number in range(count)]
    rows = squares(inputs, seed, number=2, first=2 * turn)
    follows = Counter(pair for row in rows for pair in pairwise(row))
    assert set(follows.values()) == {2}
    assert len(follows) == count * (count - 1)


@pytest.mark.parametrize(("models", "pictures"), [(2, 6), (3, 5), (4, 10), (5, 6), (6, 8), (10, 12)])
def test_models_times_pictures_follow_each_other_nearly_equally_often(models: int, pictures: int) -> None:
    """Each of n items may follow n - models others, and does so 2 (n - 1) times: about twice each."""
    inputs = [str(number) for number in range(pictures) for _ in range(models)]
    follows = Counter(pair for row in squares(inputs, 7, number=2) for pair in pairwise(row))
    times = Counter(
        follows[one, two]
        for one in range(len(inputs))
        for two in range(len(inputs))
        if inputs[one] != inputs[two]
    )
    assert 0 not in times
    assert times[2] + times[3] >= 0.8 * times.total()
    assert max(times) <= 6


@given(st.integers(2, 20), seeds)
def test_two_inputs_alternate_and_no_order_of_two_items_is_left_out(count: int, seed: int) -> None:
    inputs = ["harbour", "market"] * count
    follows = Counter(pair for row in squares(inputs, seed, number=2) for pair in pairwise(row))
    assert len(follows) == 2 * count * count
    assert max(follows.values()) <= 3 * min(follows.values())


def test_people_in_a_row_do_not_begin_with_neighbours() -> None:
    inputs = [f"{number % 8}" for number in range(40)]
    rows = squares(inputs, 3)
    walk = rows[0]
    moved = [(walk.index(two[0]) - walk.index(one[0])) % 40 for one, two in pairwise(rows)]
    assert len(set(moved)) > 10


@given(some_inputs, seeds, st.integers(0, 300))
def test_a_row_is_the_same_again(inputs: list[str], seed: int, row: int) -> None:
    assert row_of_square(inputs, row, seed) == row_of_square(list(inputs), row, seed)
