from collections import Counter
from collections.abc import Sequence
from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from ratings.judging import Choice
from ratings.studies.design import Design, Kind, read_design
from ratings.studies.order import Trial, plan


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


def inputs_of(design: Design, pictures: int) -> dict[int, str]:
    """Inputs for the stimuli of `designs`: so many pictures, the same for both sides."""
    return {each: str(each // 2 % pictures) for each in design.stimuli}


def repeats(trials: Sequence[Trial], inputs: dict[int, str]) -> int:
    return sum(inputs[one.stimulus] == inputs[two.stimulus] for one, two in pairwise(trials))


def fewest(trials: Sequence[Trial], inputs: dict[int, str]) -> int:
    most = max(Counter(inputs[each.stimulus] for each in trials).values())
    return max(0, 2 * most - len(trials) - 1)


@given(designs(), st.integers(0, 100))
def test_each_person_sees_each_thing_once_and_training_first(design, row: int) -> None:
    trials = plan(design, row, inputs_of(design, 4))
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
    inputs = inputs_of(design, 4)
    assert plan(design, row, inputs) == plan(design, row, inputs)


@given(designs(), st.integers(0, 100), st.integers(1, 9))
def test_no_input_is_shown_twice_in_a_row_where_that_can_be(design, row: int, pictures: int) -> None:
    inputs = inputs_of(design, pictures)
    trials = plan(design, row, inputs)
    beforehand, main = trials[: len(design.training)], trials[len(design.training) :]
    assert repeats(main, inputs) == fewest(main, inputs)
    together = (*beforehand, main[0])
    assert repeats(together, inputs) == min(
        repeats((*order, main[0]), inputs) for order in permutations(beforehand)
    )


@given(designs(), st.integers(0, 100))
def test_training_keeps_its_order_where_inputs_differ(design, row: int) -> None:
    inputs = {each: str(each) for each in design.stimuli}
    shown = [each.stimulus // 2 for each in plan(design, row, inputs)[: len(design.training)]]
    assert shown == [each.stimulus // 2 for each in design.training]


@given(designs(), st.integers(0, 50))
def test_checks_stand_in_even_stretches_where_inputs_differ(design, row: int) -> None:
    inputs = {each: str(each) for each in design.stimuli}
    main = plan(design, row, inputs)[len(design.training) :]
    checks = len(design.gold) + len(design.traps)
    for number, trial in enumerate(each for each in main if each.kind is not Kind.RATING):
        before = sum(each.kind is Kind.RATING for each in main[: main.index(trial)])
        items = len(design.items)
        assert number * items // checks <= before <= (number + 1) * items // checks


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
        for each in plan(design, row, inputs_of(design, 4))
        if each.kind is Kind.GOLD
    }
    assert seen == {(3, Choice.LEFT), (4, Choice.RIGHT)}
