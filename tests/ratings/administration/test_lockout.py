import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from ratings.administration.lockout import (
    FIRST_WAIT,
    FREE,
    LONGEST_WAIT,
    SKEW,
    WINDOW,
    begin_guess,
    forgive,
    wait,
)
from ratings.database import Database
from ratings.errors import LockedOutError
from ratings.store import Store

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def shut(database: Database, at: datetime = NOON, browser: str | None = None) -> datetime:
    """Guess wrongly until no guess is looked at; return until when."""
    for _ in range(FREE):
        begin_guess(database, browser, at)
    with pytest.raises(LockedOutError) as refused:
        begin_guess(database, browser, at)
    return refused.value.until


def test_waits_double_up_to_the_longest() -> None:
    waits = [wait(number) for number in range(200)]
    assert waits == sorted(waits)
    assert waits[FREE - 1] == timedelta(0)
    assert waits[FREE] == FIRST_WAIT
    assert waits[FREE + 1] == 2 * FIRST_WAIT
    assert waits[-1] == LONGEST_WAIT


class TestAnyDatabase:
    def test_the_sixth_guess_is_told_until_when_to_wait(self, any_store: Store) -> None:
        assert shut(any_store.database) == NOON + FIRST_WAIT

    def test_after_the_wait_one_guess_is_looked_at(self, any_store: Store) -> None:
        until = shut(any_store.database)
        begin_guess(any_store.database, None, until)
        with pytest.raises(LockedOutError, match="Try again after 12:01:30 UTC"):
            begin_guess(any_store.database, None, until + SECOND)

    def test_lock_holds_over_a_restart_and_on_another_server(self, any_url: str) -> None:
        with Store.open(any_url) as first:
            shut(first.database)
        with Store.open(any_url) as second, pytest.raises(LockedOutError):
            begin_guess(second.database, None, NOON + SECOND)

    def test_a_browser_that_is_known_is_not_shut_out_by_strangers(self, any_store: Store) -> None:
        shut(any_store.database)
        forgive(any_store.database, begin_guess(any_store.database, "known", NOON), "known")

    def test_a_known_browser_waits_for_its_own_guesses(self, any_store: Store) -> None:
        shut(any_store.database, browser="known")
        begin_guess(any_store.database, None, NOON)
        begin_guess(any_store.database, "another", NOON)

    def test_a_right_guess_takes_nothing_back_but_its_own_count(self, any_store: Store) -> None:
        for _ in range(FREE - 1):
            begin_guess(any_store.database, None, NOON)
        forgive(any_store.database, begin_guess(any_store.database, None, NOON), None)
        begin_guess(any_store.database, None, NOON)
        with pytest.raises(LockedOutError):
            begin_guess(any_store.database, None, NOON)

    def test_a_right_guess_of_a_known_browser_clears_its_count(self, any_store: Store) -> None:
        for _ in range(FREE - 1):
            begin_guess(any_store.database, "known", NOON)
        forgive(any_store.database, begin_guess(any_store.database, "known", NOON), "known")
        shut(any_store.database, browser="known")

    def test_old_guesses_are_let_go(self, any_store: Store) -> None:
        shut(any_store.database)
        later = NOON + WINDOW + SECOND
        assert shut(any_store.database, later) == later + FIRST_WAIT

    @pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=4000)])
    def test_a_clock_that_is_set_back_shuts_nobody_out_for_long(
        self, any_store: Store, back: timedelta
    ) -> None:
        shut(any_store.database)
        begin_guess(any_store.database, None, NOON - back)

    def test_clocks_of_two_servers_a_little_apart_change_nothing(self, any_store: Store) -> None:
        until = shut(any_store.database, NOON + SKEW)
        with pytest.raises(LockedOutError):
            begin_guess(any_store.database, None, NOON)
        assert until <= NOON + SKEW + LONGEST_WAIT

    def test_guesses_at_the_same_time_are_not_cheaper(self, any_url: str) -> None:
        looked_at: list[int] = []

        def guess(database: Database) -> None:
            with suppress(LockedOutError):
                looked_at.append(begin_guess(database, None, NOON))

        with Store.open(any_url) as one, Store.open(any_url) as other:
            servers = [one.database, other.database] * 10
            threads = [threading.Thread(target=guess, args=(each,)) for each in servers]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len(looked_at) == FREE

    def test_a_stranger_has_some_hundred_guesses_a_day(self, any_store: Store) -> None:
        at, number = NOON, 0
        while at < NOON + timedelta(days=1):
            try:
                begin_guess(any_store.database, None, at)
                number += 1
            except LockedOutError as refused:
                at = refused.until
        assert 95 <= number <= 110
