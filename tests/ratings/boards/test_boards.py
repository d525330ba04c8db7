from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from ratings.arena.arena import Arena
from ratings.boards import keeping
from ratings.boards.keeping import board, counted, recount
from ratings.boards.records import ENOUGH_VOTES, Board
from ratings.boards.telling import lines, rank, rows
from ratings.filters import Filters
from ratings.judging import Choice
from ratings.records import Flag
from ratings.statistics.bradley_terry import elo
from ratings.statistics.strengths import strengths
from ratings.statistics.votes import votes
from ratings.store import Store
from ratings.tables import votes as table

RATERS = [letter * 64 for letter in "abcdef"]
MODELS = ("first", "second", "third")
Cast = Callable[..., None]


def ballots(count: int) -> list[tuple[str, str, str, str]]:
    """Votes of several people in which the first model is best and the third worst, mostly."""
    random = np.random.default_rng(1)
    given: list[tuple[str, str, str, str]] = []
    for number in range(count):
        left, right = random.choice(3, size=2, replace=False)
        better = "left" if left < right else "right"
        worse = "right" if better == "left" else "left"
        choice = ["tie", "both-bad", worse, better, better, better][random.integers(6)]
        given.append((RATERS[number % len(RATERS)], MODELS[left], MODELS[right], choice))
    return given


def by_model(found: Board) -> dict[str, object]:
    return {each.contestant.model: each for each in found.standings}


class TestAnyDatabase:
    def test_board_without_votes_is_empty(self, any_store: Store) -> None:
        found = board(any_store.database, "denoise")
        assert (found.standings, found.votes, found.raters) == ((), 0, 0)

    def test_board_says_what_the_statistics_say_of_the_same_votes(self, any_store: Store, cast: Cast) -> None:
        given = ballots(120)
        cast(given)
        outcome = {"left": 1.0, "right": 0.0, "tie": 0.5, "both-bad": 0.5}
        expected = strengths(
            votes(
                [MODELS.index(left) for _, left, _, _ in given],
                [MODELS.index(right) for _, _, right, _ in given],
                [outcome[choice] for *_, choice in given],
                [rater for rater, *_ in given],
                [0] * len(given),
                contestants=3,
            )
        )
        found = board(any_store.database, "denoise")
        assert [each.contestant.model for each in found.standings] == list(MODELS)
        assert [each.score for each in found.standings] == pytest.approx(list(elo(expected.score)))
        assert sum(each.ties for each in found.standings) == 2 * [*zip(*given, strict=True)][3].count("tie")
        assert sum(each.both_bad for each in found.standings) > 0
        assert found.votes == 120
        assert all(each.ranked and each.low < each.score < each.high for each in found.standings)
        assert np.array(found.wins).sum() == 120

    def test_too_few_votes_give_no_rank(self, any_store: Store, cast: Cast) -> None:
        cast(ballots(ENOUGH_VOTES - 1))
        assert not any(each.ranked for each in board(any_store.database, "denoise").standings)
        assert rank(board(any_store.database, "denoise").standings[0]) == "–"

    def test_those_never_compared_stand_apart(self, any_store: Store, cast: Cast) -> None:
        cast([*ballots(60), *[(rater, "x", "y", "left") for rater in RATERS]])
        found = board(any_store.database, "denoise")
        groups = {model: each.group for model, each in by_model(found).items()}
        assert groups["x"] == groups["y"] != groups["first"] == groups["third"]
        assert "— not compared with those above —" in list(lines(found))

    def test_votes_that_do_not_count_are_told_by_flag(
        self, any_store: Store, arena: Arena, cast: Cast, stimulus
    ) -> None:
        cast(ballots(12))
        cast(ballots(3), response_ms=10)
        deal = arena.deal(stimulus("first"), stimulus("second"), RATERS[0])
        arena.vote(deal.token, RATERS[0], "right", accepted_licence="CC-BY-4.0")
        arena.withdraw(deal.token, RATERS[0])
        found = board(any_store.database, "denoise")
        assert (found.votes, found.flags, found.withdrawn) == (12, {Flag.TOO_FAST: 3}, 1)
        assert list(lines(found))[-1] == "Not counted: 3 flagged too-fast, 1 taken back."

    def test_kept_board_is_the_counted_one(self, any_store: Store, cast: Cast) -> None:
        cast(ballots(40))
        fresh = recount(any_store.database, "denoise")
        assert board(any_store.database, "denoise") == fresh

    def test_flags_of_a_kept_board_are_those_of_now(self, any_store: Store, cast: Cast) -> None:
        cast(ballots(40))
        recount(any_store.database, "denoise")
        cast(ballots(2), response_ms=10)
        assert board(any_store.database, "denoise").flags == {Flag.TOO_FAST: 2}

    def test_many_votes_are_counted_anew_only_when_they_have_grown(
        self, any_store: Store, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(keeping, "SOON", 50)
        monkeypatch.setattr(keeping, "GROWN_BY", 0.1)
        cast(ballots(100))
        first = board(any_store.database, "denoise")
        cast(ballots(8))
        grown = board(any_store.database, "denoise")
        assert (grown.votes, grown.counted_votes) == (108, 100)
        exact = counted(any_store.database, "denoise", Filters(), "these images")
        assert [(e.score, e.wins, e.losses, e.ties, e.both_bad) for e in grown.standings] == [
            (pytest.approx(e.score), e.wins, e.losses, e.ties, e.both_bad) for e in exact.standings
        ]
        widths = [[each.high - each.low for each in found.standings] for found in (first, grown)]
        assert widths[1] == pytest.approx(widths[0])
        cast(ballots(8))
        assert board(any_store.database, "denoise").counted_votes == 116

    def test_newcomer_is_counted_at_once(
        self, any_store: Store, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(keeping, "SOON", 50)
        cast(ballots(100))
        board(any_store.database, "denoise")
        cast([(RATERS[0], "first", "newcomer", "right")])
        assert "newcomer" in by_model(board(any_store.database, "denoise"))

    def test_newcomer_with_few_votes_opens_nobodys_range(self, any_store: Store, cast: Cast) -> None:
        cast(ballots(120))
        before = [rank(each) for each in board(any_store.database, "denoise").standings]
        cast([(RATERS[0], "first", "newcomer", "right")])
        found = {e.contestant.model: rank(e) for e in board(any_store.database, "denoise").standings}
        assert [found[model] for model in MODELS] == before
        assert found["newcomer"] == "–"

    def test_only_chosen_votes_are_looked_at(self, any_store: Store, cast: Cast) -> None:
        cast(ballots(20))
        cast(ballots(10), picture="b")
        today = datetime.now(UTC).date()
        seen = {
            name: board(any_store.database, "denoise", filters=filters).votes
            for name, filters in {
                "all": Filters(since=today, until=today),
                "later": Filters(since=today + timedelta(days=1)),
                "earlier": Filters(until=today - timedelta(days=1)),
                "input": Filters(input_name="b"),
                "no input": Filters(input_name="c"),
                "no model": Filters(models=frozenset({"first"})),
            }.items()
        }
        assert seen == {"all": 30, "later": 0, "earlier": 0, "input": 10, "no input": 0, "no model": 0}
        two = board(any_store.database, "denoise", filters=Filters(models=frozenset({"first", "second"})))
        assert set(by_model(two)) == {"first", "second"}

    def test_intervals_may_speak_of_other_images(self, any_store: Store, cast: Cast) -> None:
        for picture in "abcdef":
            cast(ballots(24), picture=picture)
        wide = board(any_store.database, "denoise", reach="images like these")
        assert wide.reach == "images like these"
        assert [each.contestant.model for each in wide.standings] == list(MODELS)

    def test_votes_by_day_are_counted(self, any_store: Store, cast: Cast) -> None:
        cast(ballots(5))
        with any_store.database.writing() as connection:
            connection.execute(
                table.update().where(table.c.id <= 2).values(voted_at="2026-01-31T23:59:59.999999+00:00")
            )
        today = datetime.now(UTC).date().isoformat()
        assert recount(any_store.database, "denoise").votes_by_day == {"2026-01-31": 2, today: 3}

    def test_rows_are_flat_and_say_who_is_ranked(self, any_store: Store, cast: Cast) -> None:
        cast(ballots(120))
        first = rows(board(any_store.database, "denoise"))[0]
        assert (first["kind"], first["model"], first["ranked"], first["best_rank"]) == (
            "Arena",
            "first",
            True,
            1,
        )


def test_every_choice_has_an_outcome() -> None:
    from ratings.boards.reading import _OUTCOME

    assert set(_OUTCOME) == set(Choice)
