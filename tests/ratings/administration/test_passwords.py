import statistics
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from ratings.administration import passwords
from ratings.administration.passwords import LONGEST, Password

SECRET = b"one server's secret"


@pytest.fixture(scope="module")
def password() -> Password:
    return Password("correct horse", SECRET)


def test_password_matches_itself_alone(password: Password) -> None:
    assert password.matches("correct horse")
    assert not password.matches("correct Horse")
    assert not password.matches("")


def test_a_guess_costs_at_least_fifty_milliseconds(password: Password) -> None:
    def seconds() -> float:
        began = time.perf_counter()
        password.matches("a guess")
        return time.perf_counter() - began

    assert statistics.median(seconds() for _ in range(5)) >= 0.05


def test_a_guess_of_a_megabyte_is_refused_before_it_is_hashed(
    password: Password, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "scrypt", lambda *_, **__: pytest.fail("it was hashed"))
    assert not password.matches("x" * 2**20)
    assert not password.matches("x" * (LONGEST + 1))


def test_the_longest_password_can_be_given() -> None:
    assert Password("x" * LONGEST, SECRET).matches("x" * LONGEST)


@given(some.one_of(some.none(), some.integers(), some.binary(), some.lists(some.text()), some.booleans()))
def test_what_is_no_text_is_no_password(password: Password, guess: object) -> None:
    assert not password.matches(guess)


@settings(max_examples=5, deadline=None)
@given(some.text(some.characters(exclude_categories=()), max_size=40))
def test_any_text_can_be_guessed_lone_surrogates_too(password: Password, guess: str) -> None:
    assert password.matches(guess) is (guess == "correct horse")


def test_servers_with_another_secret_have_another_hash() -> None:
    one, other = (Password("same", secret) for secret in (b"one", b"other"))
    assert one.key(b"") != other.key(b"")


def test_sessions_key_follows_the_password_and_the_secret(password: Password) -> None:
    assert Password("correct horse", SECRET).key(SECRET) == password.key(SECRET)
    assert Password("another", SECRET).key(SECRET) != password.key(SECRET)
    assert password.key(b"another secret") != password.key(SECRET)


def test_password_is_not_shown(password: Password) -> None:
    assert "horse" not in repr(password) + str(vars(password))
