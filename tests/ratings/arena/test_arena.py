from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

import ratings.rows
from ratings.arena import arena as arena_module
from ratings.arena import suspicion, tally
from ratings.arena.arena import Arena
from ratings.arena.records import Deal
from ratings.arena.tally import Tally
from ratings.errors import (
    AnsweredError,
    BadRatingError,
    ExpiredError,
    NotLastError,
    TooManyError,
    UnknownDealError,
)
from ratings.judging import Choice, Viewing
from ratings.records import Flag
from ratings.stimuli import Stimulus
from ratings.store import Store
from ratings.tables import votes

CC_BY = "CC-BY-4.0"
ALICE, BOB = "a" * 64, "b" * 64
Shown = dict[str, Stimulus]


@pytest.fixture
def dealt(arena: Arena, shown: Shown) -> Deal:
    return arena.deal(shown["denoise-median"], shown["denoise-mean"], ALICE)


def answer(arena: Arena, deal: Deal, choice: object = "left", rater: str | None = ALICE, **more: object):
    return arena.vote(deal.token, rater, choice, accepted_licence=CC_BY, **more)


def stored(store: Store) -> list[tuple[object, ...]]:
    with store.database.reading() as connection:
        query = select(votes.c.choice, votes.c.flag, votes.c.withdrawn_at.is_not(None)).order_by(votes.c.id)
        return [tuple(row) for row in connection.execute(query)]


class TestAnyDatabase:
    def test_deal_can_be_looked_at_by_its_token(self, arena: Arena, dealt: Deal) -> None:
        assert arena.look(dealt.token) == dealt

    @pytest.mark.parametrize(
        ("choice", "expected"),
        [("left", (1, 0, 0, 0)), ("right", (0, 1, 0, 0)), ("tie", (0, 0, 1, 0)), ("both-bad", (0, 0, 0, 1))],
    )
    @pytest.mark.parametrize("swapped", [False, True])
    def test_vote_is_tallied_as_it_came_out(
        self, arena: Arena, shown: Shown, choice: str, expected: tuple[int, ...], *, swapped: bool
    ) -> None:
        first, second = shown["denoise-median"], shown["denoise-mean"]
        deal = arena.deal(*((second, first) if swapped else (first, second)), ALICE)
        answer(arena, deal, choice)
        if swapped and choice in {"left", "right"}:
            expected = (expected[1], expected[0], 0, 0)
        assert arena.tallies("denoise") == (Tally(first.contestant_id, second.contestant_id, *expected),)

    def test_token_is_good_for_one_vote(self, arena: Arena, dealt: Deal, any_store: Store) -> None:
        answer(arena, dealt)
        with pytest.raises(AnsweredError):
            answer(arena, dealt, "right")
        assert stored(any_store) == [("left", None, False)]

    def test_vote_is_counted_once_when_a_token_is_used_by_many_at_once(
        self, arena: Arena, dealt: Deal, any_store: Store
    ) -> None:
        def attempt(_number: int) -> bool:
            try:
                answer(arena, dealt)
            except AnsweredError:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(attempt, range(16))) == 1
        assert len(stored(any_store)) == 1
        assert arena.tallies("denoise")[0].votes == 1

    @pytest.mark.parametrize("token", ["made up", "x" * 10_000, "nul\0", "ümläut", "\ud800", 7, None])
    def test_forged_token_is_refused(self, arena: Arena, token: object) -> None:
        with pytest.raises(UnknownDealError):
            arena.vote(token, ALICE, "left", accepted_licence=CC_BY)
        with pytest.raises(UnknownDealError):
            arena.look(token)

    @pytest.mark.parametrize("rater", [BOB, None])
    def test_pair_of_another_browser_cannot_be_answered(
        self, arena: Arena, dealt: Deal, rater: str | None, any_store: Store
    ) -> None:
        with pytest.raises(UnknownDealError):
            answer(arena, dealt, rater=rater)
        assert stored(any_store) == []
        answer(arena, dealt)

    def test_vote_of_a_script_is_stored_and_does_not_count(
        self, arena: Arena, shown: Shown, any_store: Store
    ) -> None:
        deal = arena.deal(shown["denoise-median"], shown["denoise-mean"], None)
        assert answer(arena, deal, rater=None).flag is Flag.API
        assert stored(any_store) == [("left", "api", False)]
        assert arena.tallies("denoise") == ()

    def test_pair_expires(self, arena: Arena, dealt: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(arena_module, "EXPIRES_AFTER", timedelta(seconds=-1))
        with pytest.raises(ExpiredError):
            answer(arena, dealt)

    def test_used_token_is_called_used_even_when_it_is_old(
        self, arena: Arena, dealt: Deal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer(arena, dealt)
        monkeypatch.setattr(arena_module, "EXPIRES_AFTER", timedelta(seconds=-1))
        with pytest.raises(AnsweredError):
            answer(arena, dealt)

    @pytest.mark.parametrize("choice", ["", "LEFT", "up", None, 1, ["left"], "left; DROP TABLE votes"])
    def test_other_choices_are_refused_and_the_pair_stays_open(
        self, arena: Arena, dealt: Deal, choice: object
    ) -> None:
        with pytest.raises(BadRatingError):
            answer(arena, dealt, choice)
        answer(arena, dealt)

    def test_licence_is_agreed_to_with_each_vote(self, arena: Arena, dealt: Deal) -> None:
        with pytest.raises(BadRatingError):
            arena.vote(dealt.token, ALICE, "left", accepted_licence=None)

    def test_answer_nobody_can_have_looked_for_is_flagged(self, arena: Arena, dealt: Deal) -> None:
        vote = answer(arena, dealt, response_ms=suspicion.FASTEST_MS - 1)
        assert vote.flag is Flag.TOO_FAST
        assert "399 ms" in vote.reason
        assert arena.tallies("denoise") == ()

    def test_more_votes_than_a_person_can_give_are_stored_and_flagged(
        self, arena: Arena, shown: Shown, any_store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(suspicion, "MOST_A_MINUTE", 3)
        pair = shown["denoise-median"], shown["denoise-mean"]
        flags = [answer(arena, arena.deal(*pair, ALICE)).flag for _ in range(5)]
        assert flags == [None, None, None, Flag.TOO_MANY, Flag.TOO_MANY]
        assert len(stored(any_store)) == 5
        assert arena.tallies("denoise")[0].votes == 3
        assert answer(arena, arena.deal(*pair, BOB), rater=BOB).flag is None

    def test_browser_that_asks_without_end_is_refused(
        self, arena: Arena, shown: Shown, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(arena_module, "REFUSED_A_MINUTE", 3)
        pair = shown["denoise-median"], shown["denoise-mean"]
        for _ in range(3):
            arena.deal(*pair, ALICE)
        with pytest.raises(TooManyError):
            arena.deal(*pair, ALICE)
        arena.deal(*pair, BOB)

    def test_clock_that_jumps_back_locks_nobody_out(
        self, arena: Arena, shown: Shown, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pair = shown["denoise-median"], shown["denoise-mean"]
        future = ratings.rows.ago(timedelta(days=-30))
        monkeypatch.setattr(arena_module, "now", lambda: future)
        monkeypatch.setattr(suspicion, "MOST_A_MINUTE", 1)
        assert answer(arena, arena.deal(*pair, ALICE)).flag is None
        monkeypatch.setattr(arena_module, "now", ratings.rows.now)
        assert answer(arena, arena.deal(*pair, ALICE)).flag is None

    def test_last_vote_can_be_taken_back_and_stays_as_history(
        self, arena: Arena, dealt: Deal, any_store: Store
    ) -> None:
        answer(arena, dealt)
        arena.withdraw(dealt.token, ALICE)
        assert arena.tallies("denoise") == ()
        assert stored(any_store) == [("left", None, True)]
        with pytest.raises(AnsweredError):
            answer(arena, dealt, "right")

    def test_flagged_vote_that_is_taken_back_takes_nothing_from_the_tally(
        self, arena: Arena, shown: Shown, dealt: Deal
    ) -> None:
        answer(arena, dealt)
        quick = arena.deal(shown["denoise-median"], shown["denoise-mean"], ALICE)
        answer(arena, quick, response_ms=1)
        arena.withdraw(quick.token, ALICE)
        assert arena.tallies("denoise")[0].votes == 1

    def test_only_the_last_vote_can_be_taken_back(self, arena: Arena, shown: Shown, dealt: Deal) -> None:
        answer(arena, dealt)
        later = arena.deal(shown["denoise-nlm"], shown["denoise-mean"], ALICE)
        answer(arena, later)
        with pytest.raises(NotLastError):
            arena.withdraw(dealt.token, ALICE)

    def test_asking_again_takes_back_no_earlier_vote(self, arena: Arena, shown: Shown, dealt: Deal) -> None:
        answer(arena, dealt)
        later = arena.deal(shown["denoise-nlm"], shown["denoise-mean"], ALICE)
        answer(arena, later)
        for _ in range(3):
            arena.withdraw(later.token, ALICE)
        assert [each.votes for each in arena.tallies("denoise")] == [1]

    def test_nobody_takes_back_the_vote_of_another(self, arena: Arena, dealt: Deal) -> None:
        answer(arena, dealt)
        for rater in (BOB, ""):
            with pytest.raises(UnknownDealError):
                arena.withdraw(dealt.token, rater)

    def test_vote_cannot_be_taken_back_for_ever(
        self, arena: Arena, dealt: Deal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer(arena, dealt)
        monkeypatch.setattr(arena_module, "UNDO_WITHIN", timedelta(seconds=-1))
        with pytest.raises(NotLastError):
            arena.withdraw(dealt.token, ALICE)

    def test_vote_is_taken_back_once_when_asked_many_times_at_once(
        self, arena: Arena, shown: Shown, dealt: Deal
    ) -> None:
        pair = shown["denoise-median"], shown["denoise-mean"]
        answer(arena, arena.deal(*pair, BOB), rater=BOB)
        answer(arena, dealt)
        with ThreadPoolExecutor(8) as pool:
            for asked in [pool.submit(arena.withdraw, dealt.token, ALICE) for _ in range(8)]:
                asked.result()
        assert arena.tallies("denoise")[0].votes == 1

    def test_same_model_on_both_sides_is_not_tallied(self, arena: Arena, shown: Shown) -> None:
        answer(arena, arena.deal(shown["denoise-mean"], shown["denoise-mean"], ALICE))
        assert arena.tallies("denoise") == ()

    def test_kept_tallies_are_what_counting_anew_gives(
        self, arena: Arena, shown: Shown, any_store: Store
    ) -> None:
        pictures = list(shown.values())
        for number in range(30):
            left, right = pictures[number % 3], pictures[(number * 7 + 1) % 3]
            deal = arena.deal(left, right, ALICE)
            answer(arena, deal, list(Choice)[number % 4], response_ms=100 if number % 5 == 0 else 2000)
            if number % 6 == 0:
                arena.withdraw(deal.token, ALICE)
        kept = set(arena.tallies("denoise"))
        assert sum(each.votes for each in kept) > 5
        with any_store.database.writing() as connection:
            tally.recount(connection)
        assert set(arena.tallies("denoise")) == kept

    def test_pairs_a_rater_saw_are_known_latest_first(self, arena: Arena, shown: Shown, dealt: Deal) -> None:
        later = arena.deal(shown["denoise-nlm"], shown["denoise-mean"], ALICE)
        assert arena.seen(ALICE, "denoise", 10) == (
            (later.left.id, later.right.id),
            (dealt.left.id, dealt.right.id),
        )
        assert arena.seen(ALICE, "denoise", 1) == ((later.left.id, later.right.id),)
        assert arena.seen(BOB, "denoise", 10) == ()

    def test_deals_nobody_answered_are_swept_away_and_votes_stay(
        self, arena: Arena, shown: Shown, dealt: Deal, any_store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer(arena, dealt)
        forgotten = arena.deal(shown["denoise-nlm"], shown["denoise-mean"], ALICE)
        assert arena.sweep() == 0
        monkeypatch.setattr(arena_module, "EXPIRES_AFTER", timedelta(days=-1))
        assert arena.sweep() == 1
        with pytest.raises(UnknownDealError):
            arena.look(forgotten.token)
        assert arena.look(dealt.token) == dealt
        assert len(stored(any_store)) == 1

    def test_how_pictures_were_looked_at_is_kept(self, arena: Arena, dealt: Deal, any_store: Store) -> None:
        answer(arena, dealt, viewing=Viewing(zoom=2.0, toggles=3), response_ms=2500)
        with any_store.database.reading() as connection:
            row = connection.execute(select(votes.c.viewing, votes.c.response_ms)).one()
        assert tuple(row) == ('{"toggles": 3, "zoom": 2.0}', 2500)
