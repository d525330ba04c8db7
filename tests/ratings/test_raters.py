import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ratings.errors import StoreError
from ratings.raters import load_secret, new_token, rater_id
from ratings.settings import Settings

SECRET = b"one server's secret"


def test_signed_token_has_one_lasting_pseudonym() -> None:
    token = new_token(SECRET)
    pseudonym = rater_id(SECRET, token)
    assert pseudonym is not None
    assert len(bytes.fromhex(pseudonym)) == 32
    assert rater_id(SECRET, token) == pseudonym


def test_every_browser_is_another_person() -> None:
    tokens = [new_token(SECRET) for _ in range(100)]
    assert len({rater_id(SECRET, token) for token in tokens}) == 100
    assert all(token.isascii() and len(token) == 68 for token in tokens)


def test_pseudonym_shows_nothing_of_the_token() -> None:
    token = new_token(SECRET)
    pseudonym = rater_id(SECRET, token) or ""
    assert not {part for part in token.split(".") if part in pseudonym}
    assert pseudonym not in token


def test_other_servers_tokens_are_strangers() -> None:
    assert rater_id(b"another secret", new_token(SECRET)) is None


@given(some.integers(0, 67), some.characters())
def test_changed_token_is_a_stranger(place: int, letter: str) -> None:
    token = new_token(SECRET)
    changed = token[:place] + letter + token[place + 1 :]
    if changed != token:
        assert rater_id(SECRET, changed) is None


@given(some.one_of(some.none(), some.text(), some.integers(), some.binary(), some.lists(some.text())))
def test_what_was_never_a_token_is_a_stranger(token: object) -> None:
    assert rater_id(SECRET, token) is None


def test_token_of_a_megabyte_is_a_stranger() -> None:
    assert rater_id(SECRET, "x" * 2**20) is None


def settings(folder: Path, secret: str | None = None) -> Settings:
    return Settings(folder, "sqlite:///unused.db", secret)


def test_given_secret_is_used_and_none_is_made(tmp_path: Path) -> None:
    assert load_secret(settings(tmp_path, "given")) == b"given"
    assert not list(tmp_path.iterdir())


def test_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    secret = load_secret(settings(tmp_path / "new" / "data"))
    assert len(secret) == 64
    assert load_secret(settings(tmp_path / "new" / "data")) == secret
    [file] = (tmp_path / "new" / "data").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_servers_have_different_secrets(tmp_path: Path) -> None:
    assert load_secret(settings(tmp_path / "a")) != load_secret(settings(tmp_path / "b"))


def test_processes_that_start_together_share_one_secret(tmp_path: Path, environment: dict[str, str]) -> None:
    script = (
        "import sys; from pathlib import Path; from ratings.raters import load_secret;"
        "from ratings.settings import Settings; sys.stdin.read(1);"
        "print(load_secret(Settings(Path(sys.argv[1]), '')).decode())"
    )
    servers = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    secrets = {server.communicate(b"go")[0] for server in servers}
    assert len(secrets) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_slower_process_takes_the_secret_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = load_secret(settings(tmp_path))
    monkeypatch.setattr(Path, "exists", lambda _: False)
    assert load_secret(settings(tmp_path)) == secret
    assert len(list(tmp_path.iterdir())) == 1


def test_damaged_secret_is_named(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"half")
    with pytest.raises(StoreError, match=r"is damaged: expected 64 hex digits, found 4 bytes"):
        load_secret(settings(tmp_path))


def test_folder_that_cannot_keep_a_secret_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreError, match=r"set PATINA_SECRET"):
        load_secret(settings(tmp_path / "data"))
