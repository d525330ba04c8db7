"""What SQLite must survive: kills, other processes, a full disk, a lock, no permission, no database."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ratings.errors import StoreError
from ratings.records import Result
from ratings.store import Store

CC_BY = "CC-BY-4.0"
ALICE = "a" * 64

RATE_WITHOUT_END = """
import itertools, os, sys
from ratings.store import Store
url, token, run = sys.argv[1:]
store = Store.open(url)
for number in itertools.count():
    rater = f"{run}-{number}"
    store.rate(token, rater, 3, accepted_licence="CC-BY-4.0")
    os.write(1, f"{rater}\\n".encode())
"""

RATE_WITH_OTHERS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from ratings.store import Store
url, token, run = sys.argv[1:]
store = Store.open(url)
def rate(thread):
    for number in range(10):
        store.rate(token, f"{run}-{thread}-{number}", 3, accepted_licence="CC-BY-4.0")
        store.rate(token, f"shared-{number}", 4, accepted_licence="CC-BY-4.0")
with ThreadPoolExecutor(8) as pool:
    list(pool.map(rate, range(8)))
"""

DIE_WHILE_MIGRATING = """
import os, signal, sys
from sqlalchemy import Engine, event
from ratings.store import Store
@event.listens_for(Engine, "after_cursor_execute")
def die(connection, cursor, statement, *rest):
    if "CREATE TABLE makings" in statement:
        os.kill(os.getpid(), signal.SIGKILL)
Store.open(sys.argv[1])
"""

OPEN = "import sys; from ratings.store import Store; Store.open(sys.argv[1]).close()"

FILL_THE_DISK = """
import os, resource, sys
from ratings.errors import StoreError
from ratings.store import Store
url, token = sys.argv[1:]
store = Store.open(url)
most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, most))
kept = 0
try:
    while True:
        store.rate(token, f"rater-{kept}", 3, comment="x" * 2000, accepted_licence="CC-BY-4.0")
        kept += 1
except StoreError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
assert kept > 10, kept
assert store.count() == kept, (store.count(), kept)
store.rate(token, "after", 3, accepted_licence="CC-BY-4.0")
assert store.count() == kept + 1
"""


def start(
    script: str, *arguments: str, environment: dict[str, str], **options: int
) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", script, *arguments], env=environment, **options)


@pytest.mark.parametrize("runs", [5, pytest.param(200, marks=pytest.mark.soak)])
def test_killed_server_keeps_every_acknowledged_rating_once(
    url: str, result: Result, environment: dict[str, str], runs: int
) -> None:
    with Store.open(url) as store:
        token = store.remember(result)
    acknowledged: list[str] = []
    for run in range(runs):
        arguments = (RATE_WITHOUT_END, url, token, str(run))
        with start(*arguments, environment=environment, stdout=subprocess.PIPE) as server:
            assert server.stdout is not None
            acknowledged += [server.stdout.readline().decode().strip() for _ in range(20)]
            time.sleep(0.01 * (run % 5))
            server.send_signal(signal.SIGKILL)
            acknowledged += server.stdout.read().decode().split()
        assert server.returncode == -signal.SIGKILL
    with Store.open(url) as store:
        stored = Counter(rating.rater for rating in store.ratings())
    assert len(acknowledged) >= 20 * runs
    assert set(acknowledged) <= set(stored)
    assert set(stored.values()) == {1}
    assert len(stored) <= len(acknowledged) + runs  # at most one a run was stored and not yet acknowledged


def test_two_processes_lose_nothing_and_duplicate_nothing(
    url: str, result: Result, environment: dict[str, str]
) -> None:
    with Store.open(url) as store:
        token = store.remember(result)
        servers = [start(RATE_WITH_OTHERS, url, token, run, environment=environment) for run in "ab"]
        assert [server.wait() for server in servers] == [0, 0]
        assert store.count() == 2 * 8 * 10 * 2
        current = Counter(rating.rater for rating in store.ratings(current_only=True))
    assert len(current) == 2 * 8 * 10 + 10
    assert set(current.values()) == {1}


def test_many_processes_may_make_the_database_at_once(url: str, environment: dict[str, str]) -> None:
    servers = [start(OPEN, url, environment=environment) for _ in range(5)]
    assert [server.wait() for server in servers] == [0] * 5
    with Store.open(url) as store:
        assert store.count() == 0


def test_kill_in_the_middle_of_a_migration_leaves_nothing_half_done(
    url: str, result: Result, environment: dict[str, str]
) -> None:
    with start(DIE_WHILE_MIGRATING, url, environment=environment) as server:
        server.wait()
    assert server.returncode == -signal.SIGKILL
    with Store.open(url) as store:
        assert store.rate(store.remember(result), ALICE, 3, accepted_licence=CC_BY).id == 1


def test_disk_that_refuses_loses_nothing_and_works_again_later(
    url: str, result: Result, environment: dict[str, str]
) -> None:
    with Store.open(url) as store:
        token = store.remember(result)
    with start(FILL_THE_DISK, url, token, environment=environment, stdout=subprocess.PIPE) as server:
        said = server.communicate()[0].decode()
    assert server.returncode == 0
    assert "refused by its disk" in said


def test_full_disk_is_named_and_works_again_later(store: Store, result: Result) -> None:
    token = store.remember(result)

    def limit(pages: int) -> None:
        with store.database.writing() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    limit(1)  # that is: not one page more than there are
    kept = 0

    def rate_on() -> None:
        nonlocal kept
        for kept in range(1000):
            store.rate(token, f"rater-{kept}", 3, comment="x" * 2000, accepted_licence=CC_BY)

    with pytest.raises(StoreError, match=r"no room left on its disk"):
        rate_on()
    assert store.count() == kept
    limit(100_000)
    store.rate(token, "after", 3, accepted_licence=CC_BY)
    assert store.count() == kept + 1


def test_lock_of_another_program_is_named_and_waited_for(url: str, result: Result) -> None:
    with Store.open(url, busy_timeout=0.2) as store, closing(sqlite3.connect(url[10:])) as other:
        token = store.remember(result)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"locked by another program"):
            store.rate(token, ALICE, 3, accepted_licence=CC_BY)
        assert store.count() == 0
        other.rollback()
        store.rate(token, ALICE, 3, accepted_licence=CC_BY)
        assert store.count() == 1


@contextmanager
def an_ordinary_person() -> Iterator[None]:
    """Act as a user without privileges, also where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user can reach; the one pytest gives is its owner's alone."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
        Path(name).chmod(0o755)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_database_that_may_not_be_written_is_named_and_kept(folder: Path, result: Result) -> None:
    file = folder / "patina.db"
    url = f"sqlite:///{file}"
    with Store.open(url) as store:
        token = store.remember(result)
    file.chmod(0o444)
    folder.chmod(0o555)
    with an_ordinary_person(), pytest.raises(StoreError, match=r"can be read but not written"):
        Store.open(url)
    file.chmod(0o644)
    folder.chmod(0o755)
    with Store.open(url) as store:
        store.rate(token, ALICE, 3, accepted_licence=CC_BY)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_folder_that_may_not_be_written_is_named(folder: Path) -> None:
    folder.chmod(0o555)
    with an_ordinary_person(), pytest.raises(StoreError, match=r"folder writable"):
        Store.open(f"sqlite:///{folder}/patina.db")
    with an_ordinary_person(), pytest.raises(StoreError, match=r"folder cannot: Permission denied"):
        Store.open(f"sqlite:///{folder}/new/patina.db")


def test_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("mine")
    with pytest.raises(StoreError, match=r"its folder cannot"):
        Store.open(f"sqlite:///{tmp_path}/notes/patina.db")
    assert (tmp_path / "notes").read_text() == "mine"


def test_database_that_is_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"is a folder"):
        Store.open(f"sqlite:///{tmp_path}")


def test_folder_is_made(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/new/folder/patina.db") as store:
        assert store.count() == 0


def test_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "patina.db"
    file.write_bytes(b"Dear diary, " * 100)
    with pytest.raises(StoreError, match=r"is not an SQLite database"):
        Store.open(f"sqlite:///{file}")
    assert file.read_bytes() == b"Dear diary, " * 100


@pytest.mark.parametrize("url", ["", "patina.db", "nonsense://x/y", "sqlite://", "sqlite:///:memory:"])
def test_url_that_names_no_lasting_database_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match=r"sqlite:///"):
        Store.open(url)


def test_missing_driver_is_named() -> None:
    with pytest.raises(StoreError, match=r"pip install pymssql"):
        Store.open("mssql+pymssql://someone:hunter2@host/name")


def test_sentences_never_show_a_password() -> None:
    with pytest.raises(StoreError) as refusal:
        Store.open("mssql+pymssql://someone:hunter2@host/name")
    assert "someone" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_acknowledged_means_on_the_disk(store: Store) -> None:
    with store.database.writing() as connection:
        for pragma, expected in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == expected


def test_database_is_opened_without_migration_tools_or_statistics(
    url: str, environment: dict[str, str]
) -> None:
    Store.open(url).close()
    script = (
        f"{OPEN}\nprint(*{{'alembic', 'numpy', 'scipy', 'pyarrow', 'torch', 'gradio'}} & set(sys.modules))"
    )
    with start(script, url, environment=environment, stdout=subprocess.PIPE) as program:
        assert program.communicate()[0].decode().strip() == ""


def test_reopening_is_quick(url: str) -> None:
    Store.open(url).close()
    fastest = min(_seconds(lambda: Store.open(url).close()) for _ in range(5))
    assert fastest < 0.05


def test_ratings_are_quick_enough(store: Store, result: Result) -> None:
    token = store.remember(result)

    def rate() -> None:
        for number in range(50):
            store.rate(token, f"rater-{number}", 3, accepted_licence=CC_BY)

    assert min(_seconds(rate) for _ in range(4)) < 50 / 100  # 100 a second; an idle machine does far more


def _seconds(action: Callable[[], None]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start
