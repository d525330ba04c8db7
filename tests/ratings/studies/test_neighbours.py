from collections import Counter
from itertools import pairwise, permutations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from ratings.studies.neighbours import gap_for, parted

few_inputs = st.lists(st.sampled_from("abcd"), min_size=1, max_size=7)
some_inputs = st.lists(st.sampled_from("abcdefg"), max_size=40)


def repeats(inputs: list[str]) -> int:
    return sum(one == two for one, two in pairwise(inputs))


@given(few_inputs, st.sampled_from(["a", "z", None]))
def test_no_order_has_fewer_equal_neighbours(inputs: list[str], after: str | None) -> None:
    before = [] if after is None else [after]
    fewest = min(repeats([*before, *order]) for order in permutations(inputs))
    assert repeats([*before, *(inputs[place] for place in parted(inputs, after))]) == fewest


@given(some_inputs)
def test_what_is_parted_already_stays_as_it_is(inputs: list[str]) -> None:
    order = parted(inputs)
    assert sorted(order) == list(range(len(inputs)))
    if not repeats(inputs):
        assert order == tuple(range(len(inputs)))


@given(some_inputs, st.sampled_from("abcx"), st.integers(0, 99), st.data())
def test_what_is_put_in_keeps_the_fewest_equal_neighbours(
    inputs: list[str], new: str, seed: int, data: st.DataObject
) -> None:
    shown = [inputs[place] for place in parted(inputs)]
    begin = data.draw(st.integers(0, len(shown)))
    end = data.draw(st.integers(begin, len(shown)))
    gap = gap_for(new, shown, begin, end, Random(seed))
    with_new = [*shown[:gap], new, *shown[gap:]]
    assert repeats(with_new) == max(0, 2 * max(Counter(with_new).values()) - len(with_new) - 1)


def test_what_is_put_in_stays_in_its_stretch_if_it_may() -> None:
    shown = list("abacab")
    assert {gap_for("x", shown, 2, 4, Random(seed)) for seed in range(60)} == {2, 3, 4}
    assert {gap_for("c", shown, 2, 4, Random(seed)) for seed in range(60)} == {2}
    assert gap_for("a", shown, 0, 3, Random(0)) == 6
