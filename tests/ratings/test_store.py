"""What every database must do; each test runs on SQLite and, if there is a server, on PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

import ratings.store
from ratings.errors import BadRatingError, StoreError, UnknownResultError
from ratings.records import Contestant, Defect, Flag, Grade, Result
from ratings.store import Store

CC_BY = "CC-BY-4.0"
ALICE, BOB = "a" * 64, "b" * 64
THREADS = 32


class TestAnyDatabase:
    def test_rating_comes_back_with_its_full_provenance(self, any_store: Store, result: Result) -> None:
        before = datetime.now(UTC)
        token = any_store.remember(result)
        receipt = any_store.rate(
            token, ALICE, 4, ["halo", "tile-seam"], "A bright rim.\n第二行", accepted_licence=CC_BY
        )
        [stored] = any_store.ratings()
        assert stored == receipt
        assert stored.result == result
        assert stored.grade is Grade.GOOD
        assert stored.defects == (Defect.HALO, Defect.TILE_SEAM)
        assert stored.comment == "A bright rim.\n第二行"
        assert (stored.rater, stored.licence, stored.flag, stored.current) == (ALICE, CC_BY, None, True)
        assert before <= stored.made_at <= stored.rated_at <= datetime.now(UTC)
        assert stored.rated_at.utcoffset() == timedelta(0)

    def test_ratings_outlive_closing(self, any_url: str, result: Result) -> None:
        with Store.open(any_url) as store:
            receipt = store.rate(store.remember(result), ALICE, 2, accepted_licence=CC_BY)
        with Store.open(any_url) as store:
            assert list(store.ratings()) == [receipt]

    def test_result_can_be_rated_after_a_restart(self, any_url: str, result: Result) -> None:
        with Store.open(any_url) as store:
            token = store.remember(result)
        with Store.open(any_url) as store:
            assert store.rate(token, ALICE, 2, accepted_licence=CC_BY).result == result

    @pytest.mark.parametrize("token", ["", "made-up", "é" * 20, "x" * 100_000, "a\0b", "\ud800", None, 5, []])
    def test_rating_what_was_not_dealt_is_refused(self, any_store: Store, result: Result, token: str) -> None:
        any_store.remember(result)
        with pytest.raises(UnknownResultError, match="make it again"):
            any_store.rate(token, ALICE, 4, accepted_licence=CC_BY)
        assert any_store.count() == 0

    def test_bad_rating_stores_nothing(self, any_store: Store, result: Result) -> None:
        token = any_store.remember(result)
        with pytest.raises(BadRatingError):
            any_store.rate(token, ALICE, 6, accepted_licence=CC_BY)
        assert any_store.count() == 0

    def test_tokens_are_url_safe_and_never_repeat(self, any_store: Store, result: Result) -> None:
        tokens = {any_store.remember(result) for _ in range(50)}
        assert len(tokens) == 50
        assert all(len(token) == 32 and token.replace("-", "").replace("_", "").isalnum() for token in tokens)

    def test_rating_again_replaces_and_keeps_the_history(self, any_store: Store, result: Result) -> None:
        token = any_store.remember(result)
        for grade in (1, 3, 5):
            any_store.rate(token, ALICE, grade, accepted_licence=CC_BY)
        assert [(each.grade, each.current) for each in any_store.ratings()] == [
            (1, False),
            (3, False),
            (5, True),
        ]
        assert [each.grade for each in any_store.ratings(current_only=True)] == [5]

    def test_same_result_made_twice_is_rated_once(
        self, any_store: Store, another: Callable[..., Result]
    ) -> None:
        first = any_store.remember(another(settings={"a": 1, "b": 2}))
        again = another(
            settings={"b": 2, "a": 1}, app_version="0.2.0", device="cuda:0", seconds=9.0, input_name=None
        )
        second = any_store.remember(again)
        any_store.rate(first, ALICE, 1, accepted_licence=CC_BY)
        any_store.rate(second, ALICE, 5, accepted_licence=CC_BY)
        [current] = any_store.ratings(current_only=True)
        assert (current.grade, current.result) == (Grade.EXCELLENT, again)

    @pytest.mark.parametrize(
        "change",
        [
            {"task": "dehaze"},
            {"model": "denoise-mean"},
            {"version": 2},
            {"weights_sha256": "3" * 64},
            {"settings": {}},
            {"input_sha256": "4" * 64},
            {"output_sha256": "5" * 64},
        ],
    )
    def test_another_result_is_rated_on_its_own(
        self, any_store: Store, result: Result, another: Callable[..., Result], change: dict[str, object]
    ) -> None:
        any_store.rate(any_store.remember(result), ALICE, 1, accepted_licence=CC_BY)
        any_store.rate(any_store.remember(another(**change)), ALICE, 5, accepted_licence=CC_BY)
        assert any_store.count(current_only=True) == 2

    def test_another_person_replaces_nothing(self, any_store: Store, result: Result) -> None:
        token = any_store.remember(result)
        any_store.rate(token, ALICE, 1, accepted_licence=CC_BY)
        any_store.rate(token, BOB, 5, accepted_licence=CC_BY)
        assert any_store.count(current_only=True) == 2

    def test_ratings_without_a_rater_are_all_kept_and_flagged(self, any_store: Store, result: Result) -> None:
        token = any_store.remember(result)
        for _ in range(3):
            any_store.rate(token, None, 5, accepted_licence=CC_BY)
        assert [(each.rater, each.flag, each.current) for each in any_store.ratings()] == [
            (None, Flag.API, True)
        ] * 3

    def test_ratings_and_counts_can_be_had_by_task(
        self, any_store: Store, another: Callable[..., Result]
    ) -> None:
        for task in ("denoise", "dehaze", "dehaze"):
            token = any_store.remember(another(task=task))
            any_store.rate(token, ALICE, 3, accepted_licence=CC_BY)
        assert [each.result.task for each in any_store.ratings("dehaze")] == ["dehaze", "dehaze"]
        assert any_store.count() == 3
        assert any_store.count("dehaze") == 2
        assert any_store.count("dehaze", current_only=True) == 1
        assert any_store.count("derust") == 0
        assert any_store.tasks() == ("dehaze", "denoise")

    def test_only_current_default_signed_ratings_are_ranked(
        self, any_store: Store, result: Result, another: Callable[..., Result]
    ) -> None:
        token = any_store.remember(result)
        any_store.rate(token, ALICE, 1, accepted_licence=CC_BY)
        any_store.rate(token, ALICE, 4, accepted_licence=CC_BY)
        any_store.rate(token, None, 2, accepted_licence=CC_BY)
        own = any_store.remember(another(settings={"size": 9}, default_settings=False))
        any_store.rate(own, BOB, 3, accepted_licence=CC_BY)
        assert list(any_store.ranked("denoise")) == [
            (Contestant("denoise", "denoise-median", 1, None), ALICE, 4)
        ]

    def test_clock_that_jumps_back_changes_no_order(
        self, any_store: Store, result: Result, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        token = any_store.remember(result)
        any_store.rate(token, ALICE, 1, accepted_licence=CC_BY)
        monkeypatch.setattr(ratings.store, "now", lambda: "1999-12-31T23:59:59.000000+00:00")
        any_store.rate(token, ALICE, 5, accepted_licence=CC_BY)
        assert [each.grade for each in any_store.ratings()] == [1, 5]
        assert [each.grade for each in any_store.ratings(current_only=True)] == [5]

    def test_reading_shows_one_moment_while_others_write(self, any_store: Store, result: Result) -> None:
        token = any_store.remember(result)
        for number in range(3):
            any_store.rate(token, f"rater-{number}", 1, accepted_licence=CC_BY)
        reader = any_store.ratings(current_only=True)
        seen = [next(reader)]
        any_store.rate(token, "rater-2", 5, accepted_licence=CC_BY)
        seen += reader
        assert [each.grade for each in seen] == [1, 1, 1]

    def test_many_threads_lose_nothing_and_duplicate_nothing(self, any_store: Store, result: Result) -> None:
        tokens = [any_store.remember(result) for _ in range(THREADS)]

        def rate(thread: int) -> None:
            for number in range(5):
                any_store.rate(tokens[thread], f"own-{thread}-{number}", 3, accepted_licence=CC_BY)
                any_store.rate(tokens[thread], ALICE, 4, accepted_licence=CC_BY)

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(rate, range(THREADS)))
        kept = list(any_store.ratings())
        assert len(kept) == THREADS * 10
        assert len({each.id for each in kept}) == THREADS * 10
        assert sum(each.current for each in kept if each.rater == ALICE) == 1
        assert sum(each.current for each in kept if each.rater != ALICE) == THREADS * 5

    def test_many_threads_may_make_the_same_result_first(
        self, any_store: Store, another: Callable[..., Result]
    ) -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            same = [another(output_sha256=f"{number // 8:064x}") for number in range(THREADS)]
            tokens = list(pool.map(any_store.remember, same))
        for token in tokens:
            any_store.rate(token, ALICE, 3, accepted_licence=CC_BY)
        assert any_store.count(current_only=True) == THREADS // 8

    def test_results_remembered_at_once_each_have_their_own_token(
        self, any_store: Store, another: Callable[..., Result]
    ) -> None:
        made = [another(output_sha256=f"{number % 7:064x}", seconds=float(number)) for number in (5, 1, 9, 8)]
        with any_store.remembering(made) as tokens:
            pass
        for token, result in zip(tokens, made, strict=True):
            rated = any_store.rate(token, None, 3, accepted_licence=CC_BY).result
            assert (rated.output_sha256, rated.seconds) == (result.output_sha256, result.seconds)

    def test_results_remembered_at_once_are_all_forgotten_after_an_error(
        self, any_store: Store, another: Callable[..., Result]
    ) -> None:
        dealt: list[str] = []

        def fail() -> None:
            with any_store.remembering([another(output_sha256="a" * 64), another()]) as tokens:
                dealt.extend(tokens)
                raise OSError("the disk is full")

        with pytest.raises(OSError, match="full"):
            fail()
        assert len(dealt) == 2
        for token in dealt:
            with pytest.raises(UnknownResultError):
                any_store.rate(token, ALICE, 3, accepted_licence=CC_BY)

    def test_the_same_results_remembered_in_opposite_orders_wait_in_no_circle(
        self, any_url: str, another: Callable[..., Result]
    ) -> None:
        made = [another(output_sha256=f"{number:064x}") for number in range(60)]

        def remember(order: int) -> None:
            with Store.open(any_url) as store:
                for first in range(0, 60, 20):
                    with store.remembering(made[first : first + 20][::order]) as tokens:
                        assert len(set(tokens)) == 20

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(remember, (1, -1)))

    def test_closed_store_says_so(self, any_store: Store, result: Result) -> None:
        any_store.close()
        any_store.close()
        with pytest.raises(StoreError, match="closed"):
            any_store.remember(result)
        with pytest.raises(StoreError, match="closed"):
            any_store.count()


@pytest.mark.postgres
@pytest.mark.parametrize("any_url", ["postgres"], indirect=True)
def test_restart_of_the_database_server_is_survived(any_url: str, any_store: Store, result: Result) -> None:
    token = any_store.remember(result)
    with any_store.database.writing() as connection:
        [ours] = connection.exec_driver_sql("SELECT pg_backend_pid()").one()
    with Store.open(any_url) as another, another.database.writing() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend({ours})")
    assert any_store.rate(token, ALICE, 3, accepted_licence=CC_BY).grade == 3


@pytest.mark.parametrize(
    "change",
    [{"input_sha256": "abc"}, {"output_sha256": "A" * 64}, {"seconds": float("nan")}, {"task": ""}],
)
def test_result_that_cannot_be_is_our_own_mistake(
    another: Callable[..., Result], change: dict[str, object]
) -> None:
    with pytest.raises(AssertionError):
        another(**change)
