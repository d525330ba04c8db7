from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratings.judging import Choice
from ratings.studies.design import Kind, read_design
from ratings.studies.order import plan, williams, williams_row


@pytest.mark.parametrize("count", range(2, 13))
def test_square_is_balanced_for_place_and_for_what_comes_before(count: int) -> None:
    rows = williams(count)
    places = Counter((place, item) for row in rows for place, item in enumerate(row))
    neighbours = Counter(pair for row in rows for pair in pairwise(row))
    assert set(places.values()) == {len(rows) // count}
    assert len(neighbours) == count * (count - 1)
    assert len(set(neighbours.values())) == 1


@given(st.integers(2, 40), st.integers(0, 200))
def test_one_row_alone_is_that_of_the_whole_square(count: int, row: int) -> None:
    rows = williams(count)
    assert williams_row(count, row) == rows[row % len(rows)]


@st.composite
def designs(draw: st.DrawFn):
    method = draw(st.sampled_from(["acr", "acr-hr", "dcr", "pairs"]))
    beside = method in {"dcr", "pairs"}
    expected = st.sampled_from(["left", "right"]) if method == "pairs" else st.integers(1, 5)

    def items(first: int, most: int, *, known: bool, least: int = 0):
        count = draw(st.integers(least, most))
        return [
            {"stimulus": first + 2 * number}
            | ({"other": first + 2 * number + 1} if beside else {})
            | ({"expected": draw(expected)} if known else {})
            for number in range(count)
        ]

    return read_design(
        {
            "method": method,
            "items": items(0, 15, known=False, least=1),
            "training": items(1000, 3, known=False),
            "gold": items(2000, 3, known=True),
            "traps": items(3000, 3, known=True),
            "order": draw(st.sampled_from(["random", "balanced"])),
            "seed": draw(st.integers(0, 1000)),
        }
    )


@given(designs(), st.integers(0, 100))
def test_each_person_sees_each_thing_once_and_training_first(design, row: int) -> None:
    trials = plan(design, row)
    assert [each.index for each in trials] == list(range(len(trials)))
    kinds = [each.kind for each in trials]
    assert kinds[: len(design.training)] == [Kind.TRAINING] * len(design.training)
    assert Counter(kinds) == Counter(
        {
            kind: number
            for kind, number in (
                (Kind.TRAINING, len(design.training)),
                (Kind.RATING, len(design.items)),
                (Kind.GOLD, len(design.gold)),
                (Kind.TRAP, len(design.traps)),
            )
            if number
        }
    )
    shown = Counter(frozenset({each.stimulus, each.other}) for each in trials)
    assert set(shown.values()) == {1}


@given(designs(), st.integers(0, 100))
def test_order_is_the_same_again(design, row: int) -> None:
    assert plan(design, row) == plan(design, row)


def test_swapped_sides_swap_what_is_expected() -> None:
    design = read_design(
        {
            "method": "pairs",
            "items": [{"stimulus": 1, "other": 2}],
            "gold": [{"stimulus": 3, "other": 4, "expected": "left"}],
        }
    )
    seen = {
        (each.stimulus, each.expected)
        for row in range(40)
        for each in plan(design, row)
        if each.kind is Kind.GOLD
    }
    assert seen == {(3, Choice.LEFT), (4, Choice.RIGHT)}
