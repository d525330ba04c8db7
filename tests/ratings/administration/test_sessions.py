from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from ratings.administration.admission import LIFE, Sessions
from ratings.administration.lockout import FREE
from ratings.administration.passwords import Password
from ratings.errors import LockedOutError, NotAdmittedError, WrongPasswordError
from ratings.store import Store

SECRET = b"one server's secret"


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture(scope="module")
def password() -> Password:
    return Password("sesame", SECRET)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(store: Store, password: Password, clock: Clock) -> Sessions:
    return Sessions(store.database, password, SECRET, clock)


def test_password_opens_a_session(sessions: Sessions) -> None:
    token = sessions.begin("sesame")
    assert sessions.require(token).expires - datetime(2026, 1, 2, 12, tzinfo=UTC) == LIFE


def test_wrong_password_opens_none(sessions: Sessions) -> None:
    with pytest.raises(WrongPasswordError):
        sessions.begin("Sesame")


def test_session_ends_after_twelve_hours(sessions: Sessions, clock: Clock) -> None:
    token = sessions.begin("sesame")
    clock.time += timedelta(hours=12) - timedelta(seconds=1)
    sessions.require(token)
    clock.time += timedelta(seconds=1)
    with pytest.raises(NotAdmittedError):
        sessions.require(token)


def test_clock_set_back_by_days_ends_a_session(sessions: Sessions, clock: Clock) -> None:
    token = sessions.begin("sesame")
    clock.time -= timedelta(days=3)
    with pytest.raises(NotAdmittedError):
        sessions.require(token)


def test_log_out_ends_that_session_alone_and_twice_is_harmless(sessions: Sessions) -> None:
    one, other = sessions.begin("sesame"), sessions.begin("sesame")
    sessions.end(one)
    sessions.end(one)
    with pytest.raises(NotAdmittedError):
        sessions.require(one)
    sessions.require(other)


@pytest.mark.parametrize("token", [None, "", "made.up.1.x", 5, ["x"], "x" * 2**20, "é.é.1.é"])
def test_ending_what_is_no_session_is_harmless(sessions: Sessions, token: object) -> None:
    sessions.end(token)


def test_sessions_hold_after_a_restart_and_on_another_server(
    sessions: Sessions, store: Store, clock: Clock
) -> None:
    token = sessions.begin("sesame")
    again = Sessions(store.database, Password("sesame", SECRET), SECRET, clock)
    again.require(token)
    again.end(token)
    with pytest.raises(NotAdmittedError):
        sessions.require(token)


def test_another_password_ends_all_sessions(sessions: Sessions, store: Store, clock: Clock) -> None:
    token = sessions.begin("sesame")
    with pytest.raises(NotAdmittedError):
        Sessions(store.database, Password("new", SECRET), SECRET, clock).require(token)


def test_another_secret_ends_all_sessions(sessions: Sessions, store: Store, clock: Clock) -> None:
    token = sessions.begin("sesame")
    with pytest.raises(NotAdmittedError):
        Sessions(store.database, Password("sesame", b"x"), b"x", clock).require(token)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=some.data())
def test_changed_token_is_no_session(sessions: Sessions, data: some.DataObject) -> None:
    token = f"{'b' * 32}.{'c' * 32}.9999999999.{'0' * 64}"
    place = data.draw(some.integers(0, len(token) - 1))
    changed = token[:place] + data.draw(some.characters()) + token[place + 1 :]
    with pytest.raises(NotAdmittedError):
        sessions.require(changed)


def test_every_changed_letter_of_a_good_token_makes_it_bad(sessions: Sessions) -> None:
    token = sessions.begin("sesame")
    for place, letter in enumerate(token):
        other = "0" if letter != "0" else "1"
        with pytest.raises(NotAdmittedError):
            sessions.require(token[:place] + other + token[place + 1 :])


def test_owner_whose_session_ended_is_not_shut_out_by_strangers(sessions: Sessions, clock: Clock) -> None:
    earlier = sessions.begin("sesame")
    sessions.end(earlier)
    for _ in range(FREE):
        with pytest.raises(WrongPasswordError):
            sessions.begin("guess")
    with pytest.raises(LockedOutError):
        sessions.begin("sesame")
    clock.time += timedelta(days=100)  # long expired: it still proves the browser
    for _ in range(FREE):
        with pytest.raises(WrongPasswordError):
            sessions.begin("guess")
    sessions.require(sessions.begin("sesame", earlier))


def test_made_up_earlier_session_is_a_stranger(sessions: Sessions) -> None:
    for number in range(FREE):
        with pytest.raises(WrongPasswordError):
            sessions.begin("guess", f"{number}.x.1.y")
    with pytest.raises(LockedOutError):
        sessions.begin("sesame", "another.x.1.y")


def test_right_password_is_not_looked_at_while_locked(
    sessions: Sessions, password: Password, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(FREE):
        with pytest.raises(WrongPasswordError):
            sessions.begin("guess")
    looked: list[object] = []
    remember: Callable[[object, object], object] = lambda _, guess: looked.append(guess)  # noqa: E731
    monkeypatch.setattr(Password, "matches", remember)
    with pytest.raises(LockedOutError):
        sessions.begin("sesame")
    assert looked == []
