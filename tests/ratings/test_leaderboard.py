from collections.abc import Callable

import pytest

from ratings.leaderboard import TITLE, leaderboard
from ratings.records import Contestant, Result
from ratings.statistics.mean_opinion import mean_opinion
from ratings.store import Store

CC_BY = "CC-BY-4.0"
Another = Callable[..., Result]


def rate(store: Store, result: Result, **grades: int) -> None:
    token = store.remember(result)
    for rater, grade in grades.items():
        store.rate(token, rater, grade, accepted_licence=CC_BY)


def test_best_mean_stands_first_with_its_statistics(store: Store, another: Another) -> None:
    rate(store, another(model="denoise-mean"), ann=2, bob=3)
    rate(store, another(model="denoise-nlm"), ann=5, bob=4, cem=4)
    rate(store, another(model="denoise-nlm", output_sha256="9" * 64), ann=3)
    rate(store, another(task="dehaze", model="dehaze-dcp"), ann=5)
    best, worst = leaderboard(store, "denoise")
    assert best.contestant == Contestant("denoise", "denoise-nlm", 1, None)
    assert best.opinion == mean_opinion([5, 4, 4, 3], ["ann", "bob", "cem", "ann"])
    assert (best.opinion.n, best.opinion.people) == (4, 3)
    assert worst.contestant.model == "denoise-mean"


@pytest.mark.parametrize("change", [{"version": 2}, {"weights_sha256": "7" * 64}])
def test_new_version_or_weights_start_a_new_contestant(
    store: Store, result: Result, another: Another, change: dict[str, object]
) -> None:
    rate(store, result, ann=2)
    rate(store, another(**change), ann=5)
    assert [row.opinion.score for row in leaderboard(store, "denoise")] == [5, 2]


def test_same_contestant_on_many_pictures_is_one_row(store: Store, another: Another) -> None:
    for number in range(4):
        rate(store, another(input_sha256=f"{number:064x}", settings={"size": number}), ann=number + 1)
    [row] = leaderboard(store, "denoise")
    assert (row.opinion.score, row.opinion.n) == (2.5, 4)


def test_own_settings_scripts_and_superseded_grades_are_not_ranked(store: Store, another: Another) -> None:
    token = store.remember(another(settings={"size": 9}, default_settings=False))
    store.rate(token, "ann", 5, accepted_licence=CC_BY)
    token = store.remember(another())
    store.rate(token, None, 5, accepted_licence=CC_BY)
    assert leaderboard(store, "denoise") == ()
    rate(store, another(), ann=1)
    rate(store, another(), ann=3)
    [row] = leaderboard(store, "denoise")
    assert (row.opinion.score, row.opinion.n) == (3, 1)


def test_equal_means_stand_in_the_order_of_their_names(store: Store, another: Another) -> None:
    for model in ("b", "c", "a"):
        rate(store, another(model=model), ann=3)
    assert [row.contestant.model for row in leaderboard(store, "denoise")] == ["a", "b", "c"]


def test_leaderboard_calls_itself_informal() -> None:
    assert TITLE == "Informal opinion"


def test_leaderboard_of_nothing_is_empty(store: Store) -> None:
    assert leaderboard(store, "denoise") == ()
