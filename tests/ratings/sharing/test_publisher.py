"""Answers go to a dataset by the real Hub client, and nothing is lost or doubled whatever happens."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import DatasetCard, HfApi
from sqlalchemy import delete, insert, select, update

from ratings.errors import DatasetError, StoreError
from ratings.records import LICENCE, Result
from ratings.settings import Settings
from ratings.sharing import dataset as dataset_module
from ratings.sharing.columns import NAMES
from ratings.sharing.dataset import Dataset
from ratings.sharing.export import export
from ratings.sharing.importing import import_file
from ratings.sharing.opening import open_publisher
from ratings.sharing.publisher import Publisher
from ratings.store import Store
from ratings.tables import forgotten, ratings

# The Hub client's own upload of large files; nothing of ours can be mended.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

REPO = "someone/ratings"


def silent(_: str) -> None:
    """Tell nobody."""


@pytest.fixture
def dataset(hub) -> Dataset:
    return Dataset(REPO, hub.endpoint)


@pytest.fixture
def publisher(store: Store, dataset: Dataset) -> Iterator[Publisher]:
    opened = Publisher(store.database, dataset, silent)
    opened.publish()  # an empty dataset is read back into an empty database
    yield opened
    opened.close()


@pytest.fixture
def rate(store: Store, result: Result) -> Callable[..., str]:
    token = store.remember(result)

    def rate(rater: str = "ann", grade: int = 4) -> str:
        return store.rate(token, rater, grade, accepted_licence=LICENCE).uid

    return rate


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.02)


def newest(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The rows that a reader keeps: of each uid the highest revision."""
    return {row["uid"]: row for row in sorted(rows, key=lambda row: row["revision"])}


def test_answers_are_added_in_new_files_with_the_card(hub, publisher: Publisher, rate) -> None:
    first = rate("ann")
    assert publisher.publish() == 1
    second = rate("bob")
    assert publisher.publish() == 1
    files = sorted(name for name in hub.files if name.startswith("data/"))
    assert len(files) == 2
    assert all(name.endswith(".jsonl") and len(name.split("/")) == 3 for name in files)
    assert {row["uid"] for row in hub.rows()} == {first, second}
    assert [tuple(row) for row in hub.rows()] == [NAMES] * 2
    assert hub.messages == ["Add 1 answers", "Add 1 answers"]
    assert publisher.publish() == 0
    assert "Bearer hf_mine" in hub.tokens


def test_the_card_has_front_matter_the_hub_can_read(hub, publisher: Publisher, rate) -> None:
    rate()
    publisher.publish()
    card = DatasetCard(hub.files["README.md"].decode())
    assert card.data.license == "cc-by-4.0"
    assert card.data.configs == [{"config_name": "default", "data_files": "data/*/*.jsonl"}]
    assert [feature["name"] for feature in card.data.dataset_info["features"]] == list(NAMES)
    for words in ("## Limits", "tombstones.jsonl", "| `uid` |", "CC-BY-4.0", f'"{REPO}"'):
        assert words in card.text


def test_the_card_is_committed_only_when_it_changed(hub, publisher: Publisher, rate, monkeypatch) -> None:
    sent: list[int] = []
    hub.at_commit = lambda _: sent.append(sum("preupload" in each for each in hub.requests))
    rate("ann")
    publisher.publish()
    before = hub.files["README.md"]
    rate("bob")
    publisher.publish()
    assert hub.files["README.md"] is before  # the client left it out of the second commit


def test_a_changed_answer_is_sent_as_a_new_revision(hub, store: Store, publisher: Publisher, rate) -> None:
    first = rate("ann", 2)
    publisher.publish()
    second = rate("ann", 5)
    publisher.publish()
    assert [(row["uid"], row["revision"], row["current"]) for row in hub.rows() if row["uid"] == first] == [
        (first, 1, True),
        (first, 2, False),
    ] or len(hub.rows()) == 3
    rows = newest(hub.rows())
    assert (rows[first]["current"], rows[second]["current"]) == (False, True)
    assert publisher.status().waiting == 0


def test_an_answer_that_changes_while_it_is_sent_is_sent_again(hub, store: Store, publisher, rate) -> None:
    uid = rate()

    def flag(number: int) -> None:
        if number == 0:
            with store.database.writing() as connection:
                changed = {"flag": "excluded", "reason": "Odd.", "revision": 2, "published": False}
                connection.execute(update(ratings).values(changed))

    hub.at_commit = flag
    publisher.publish()
    assert newest(hub.rows())[uid]["flag"] == "excluded"
    assert len(hub.rows()) == 2
    assert publisher.status().waiting == 0


def test_large_files_go_as_large_files(hub, store: Store, publisher: Publisher, thousand: Path) -> None:
    import_file(store.database, thousand, pytest.fail)
    assert publisher.publish() == 1000
    assert len(hub.uploads) >= 1
    assert len(newest(hub.rows())) == 1000


def test_participants_of_outside_studies_are_not_published(
    hub, store: Store, publisher: Publisher, thousand: Path
) -> None:
    import_file(store.database, thousand, pytest.fail)
    publisher.publish()
    here = {row["participant"] for row in map(json.loads, thousand.read_bytes().splitlines())} - {None}
    assert here
    assert not any(participant.encode() in body for participant in here for body in hub.files.values())


@pytest.mark.parametrize(
    ("part", "how", "said"),
    [
        ("commit/main", 500, r"has a fault of its own \(500"),
        ("commit/main", 403, r"does not let the token write to 'someone/ratings' \(403\)"),
        ("commit/main", 429, r"too many requests \(429\)"),
        ("commit/main", 412, r"at the same moment \(412\)"),
        ("commit/main", "cut", r"cannot be reached, or broke off"),
        ("commit/main", "slow", r"cannot be reached, or broke off \(ReadTimeout\)"),
        ("api/datasets", 401, r"does not know the token \(401\)"),
        ("api/datasets", "cut", r"cannot be reached, or broke off"),
        ("api/repos/create", 403, r"\(403\)"),
    ],
)
def test_a_failure_is_a_sentence_and_everything_waits(
    hub, publisher: Publisher, rate, monkeypatch: pytest.MonkeyPatch, part: str, how: object, said: str
) -> None:
    monkeypatch.setattr(dataset_module, "PATIENCE", 0.5)
    uid = rate()
    hub.trouble[part] = how
    with pytest.raises(DatasetError, match=said):
        publisher.publish()
    assert publisher.status().waiting == 1
    hub.trouble.clear()
    hub.calm.set()
    assert publisher.publish() == 1
    assert set(newest(hub.rows())) == {uid}


def test_an_answer_that_the_hub_took_without_saying_so_is_sent_twice_and_counts_once(
    hub, publisher: Publisher, rate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset_module, "PATIENCE", 0.5)
    uid = rate()
    hub.make()
    hub.trouble["commit/main"] = "deaf"
    with pytest.raises(DatasetError):
        publisher.publish()
    hub.trouble.clear()
    publisher.publish()
    assert [row["uid"] for row in hub.rows()] == [uid, uid]
    assert set(newest(hub.rows())) == {uid}


def test_without_a_network_it_is_one_sentence(store: Store, rate) -> None:
    rate()
    with pytest.raises(DatasetError, match="cannot be reached"):
        Publisher(store.database, Dataset(REPO, "http://127.0.0.1:9"), silent).publish()


def test_offline_mode_is_one_sentence(hub, publisher, rate, monkeypatch: pytest.MonkeyPatch) -> None:
    rate()
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(DatasetError, match="Offline mode is on"):
        publisher.publish()


def test_somebody_elses_commit_is_not_lost(hub, publisher: Publisher, rate) -> None:
    uid = rate()
    hub.make()

    def theirs(number: int) -> None:
        if "theirs.txt" not in hub.files:
            hub.put({**hub.files, "theirs.txt": b"here"})

    hub.at_commit = theirs
    assert publisher.publish() == 1
    assert hub.files["theirs.txt"] == b"here"
    assert set(newest(hub.rows())) == {uid}
    assert len(hub.history) == 3


def test_two_publishers_at_once_lose_nothing(hub, tmp_path: Path, another) -> None:
    hub.make()
    urls = [f"sqlite:///{tmp_path}/{name}.db" for name in "ab"]
    for url in urls:
        Store.open(url).close()
    uids: set[str] = set()

    def run(url: str) -> set[str]:
        mine: set[str] = set()
        with Store.open(url) as store:
            publisher = Publisher(store.database, Dataset(REPO, hub.endpoint), silent)
            for number in range(5):
                made = another(output_sha256=f"{number:064x}")
                mine.add(store.rate(store.remember(made), url[-8:], 3, accepted_licence=LICENCE).uid)
                publisher.publish()
        return mine

    with ThreadPoolExecutor(2) as pool:
        for mine in pool.map(run, urls):
            uids |= mine
    assert len(uids) == 10
    assert uids <= set(newest(hub.rows()))


class TestInTheBackground:
    def test_what_waits_is_sent_when_it_begins_and_when_asked(self, hub, store, dataset, rate) -> None:
        publisher = Publisher(store.database, dataset, silent)
        uid = rate()
        publisher.begin()
        wait_until(lambda: set(newest(hub.rows())) == {uid})
        another = rate("bob")
        publisher.ask()
        wait_until(lambda: another in newest(hub.rows()))
        wait_until(lambda: publisher.status().last_success is not None and publisher.status().waiting == 0)
        publisher.close()

    def test_a_failure_is_told_once_retried_and_over_when_it_is(self, hub, store, dataset, rate) -> None:
        told: list[str] = []
        hub.trouble["commit/main"] = 500
        publisher = Publisher(store.database, dataset, told.append, first_wait=0.05)
        rate()
        publisher.begin()
        wait_until(lambda: sum("commit/main" in each for each in hub.requests) > 2)
        status = publisher.status()
        assert "fault of its own (500" in str(status.last_failure)
        assert (status.waiting, status.failed_at is None) == (1, False)
        hub.trouble.clear()
        wait_until(lambda: publisher.status().last_success is not None)
        assert publisher.status().last_failure is None
        publisher.close()
        said = [line for line in told if "shared" in line]
        assert len(said) == 2
        assert said[0].startswith("Ratings are not shared for now: ")
        assert said[1] == "Ratings are shared on 'someone/ratings' again."

    def test_waits_grow_and_are_never_the_same_for_all(self, store: Store, dataset: Dataset) -> None:
        publisher = Publisher(store.database, dataset, silent)
        waits = [publisher._wait(failures) for failures in range(1, 30)]
        assert 15 <= waits[0] <= 30
        assert 1800 <= waits[-1] <= 3600
        assert len(set(waits)) == len(waits)
        assert publisher._wait(0) == 600

    def test_a_vote_never_waits_for_the_hub(self, hub, store: Store, dataset, rate) -> None:
        rate()
        hub.trouble["commit/main"] = "slow"
        publisher = Publisher(store.database, dataset, silent)
        publisher.begin()
        wait_until(lambda: any("commit/main" in each for each in hub.requests))
        start = time.perf_counter()
        for number in range(10):
            rate(f"rater-{number}")
        assert time.perf_counter() - start < 5
        hub.trouble.clear()
        hub.calm.set()
        publisher.close()


class TestForgetting:
    def forget(self, store: Store, rater: str) -> None:
        with store.database.writing() as connection:
            connection.execute(insert(forgotten).values(rater=rater, forgotten_at="2026-01-01"))
            connection.execute(delete(ratings).where(ratings.c.rater == rater))

    def test_rows_leave_the_current_revision_and_a_tombstone_stays(self, hub, store, publisher, rate) -> None:
        rate("ann")
        kept = rate("bob")
        publisher.publish()
        rate("ann", 1)
        other = rate("carl")
        publisher.publish()
        before = set(hub.files)
        self.forget(store, "ann")
        assert publisher.status().to_forget == 1
        publisher.publish()
        assert set(newest(hub.rows())) == {kept, other}
        assert not any(b'"ann"' in body for name, body in hub.files.items() if name != "tombstones.jsonl")
        assert hub.files["tombstones.jsonl"] == b'{"rater": "ann"}\n'
        assert not {name for name in before if name.startswith("data/")} & set(hub.files)
        assert hub.messages[-1] == "Take out the answers of people who asked to be forgotten"
        assert publisher.status().to_forget == 0

    def test_files_without_the_rater_are_left_alone(self, hub, publisher: Publisher, rate) -> None:
        rate("bob")
        publisher.publish()
        theirs = {name for name in hub.files if name.startswith("data/")}
        rate("ann")
        publisher.publish()
        publisher.rewrite_without(["ann"])
        assert {name for name in hub.files if name.startswith("data/")} == theirs

    def test_a_push_in_between_is_not_lost(self, hub, publisher: Publisher, rate) -> None:
        rate("ann")
        publisher.publish()
        line = json.dumps({"uid": "x", "revision": 1, "rater": "ann"}).encode()

        def push(number: int) -> None:
            if "data/2026-01-01/theirs.jsonl" not in hub.files and number == 1:
                hub.put({**hub.files, "data/2026-01-01/theirs.jsonl": line + b"\n", "other.txt": b"1"})

        hub.at_commit = push
        publisher.rewrite_without(["ann"])
        assert hub.files["other.txt"] == b"1"
        assert hub.rows() == []

    def test_more_tombstones_join_those_that_are_there(self, hub, publisher: Publisher, rate) -> None:
        rate("ann")
        publisher.publish()
        for rater in ("zoe", "ann"):
            publisher.rewrite_without([rater])
        assert hub.files["tombstones.jsonl"] == b'{"rater": "ann"}\n{"rater": "zoe"}\n'

    def test_rows_read_before_somebody_was_forgotten_are_not_pushed_after(
        self, hub, store: Store, publisher: Publisher, rate, dataset: Dataset
    ) -> None:
        rate("ann")
        kept = rate("bob")
        hub.make()

        def forget(number: int) -> None:
            hub.at_commit = None
            self.forget(store, "ann")
            Publisher(store.database, dataset, silent).rewrite_without(["ann"])

        hub.at_commit = forget
        publisher.publish()
        assert set(newest(hub.rows())) == {kept}
        assert "ann" not in {row["rater"] for _, tree in hub.history for row in lines(tree)}

    def test_the_history_can_be_squashed(self, hub, publisher: Publisher, rate) -> None:
        rate("ann")
        publisher.publish()
        publisher.rewrite_without(["ann"])
        HfApi(endpoint=hub.endpoint).super_squash_history(REPO, repo_type="dataset")
        assert len(hub.history) == 1


def lines(tree: dict[str, bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for name, body in tree.items() if "data/" in name for line in body.splitlines()]


class TestReadingBack:
    def test_an_empty_disk_gets_everything_back(
        self, hub, store: Store, publisher: Publisher, thousand: Path, tmp_path: Path
    ) -> None:
        import_file(store.database, thousand, pytest.fail)
        publisher.publish()
        before = list(hub.history)
        with Store.open(f"sqlite:///{tmp_path}/new.db") as empty:
            again = Publisher(empty.database, Dataset(REPO, hub.endpoint), silent)
            assert again.status().reading
            assert again.publish() == 0
            assert not again.status().reading
            export(empty, tmp_path / "out.jsonl")
        published = [json.loads(line) | {"participant": None} for line in thousand.read_bytes().splitlines()]
        assert [json.loads(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()] == published
        assert hub.history == before

    def test_tombstones_are_read_before_any_file(self, hub, publisher, rate, tmp_path: Path) -> None:
        rate("ann")
        kept = rate("bob")
        publisher.publish()
        hub.put({**hub.files, "tombstones.jsonl": b'{"rater": "ann"}\nnonsense\n{"rater": 3}\n'})
        with Store.open(f"sqlite:///{tmp_path}/new.db") as empty:
            Publisher(empty.database, Dataset(REPO, hub.endpoint), silent).publish()
            assert [rating.uid for rating in empty.ratings()] == [kept]
            with empty.database.reading() as connection:
                assert connection.execute(select(forgotten.c.rater, forgotten.c.published)).all() == [
                    ("ann", True)
                ]

    def test_a_start_without_a_network_goes_on_and_reads_later(self, hub, store) -> None:
        told: list[str] = []
        hub.trouble["api/datasets"] = "cut"
        publisher = Publisher(store.database, Dataset(REPO, hub.endpoint), told.append, first_wait=0.05)
        publisher.begin()
        wait_until(lambda: bool(told))
        assert "cannot be reached" in told[0]
        assert publisher.status().reading
        hub.trouble.clear()
        wait_until(lambda: not publisher.status().reading)
        publisher.close()

    def test_what_was_begun_is_ended_at_the_next_start(
        self, hub, store: Store, publisher: Publisher, thousand: Path, tmp_path: Path
    ) -> None:
        import_file(store.database, thousand, pytest.fail)
        publisher.publish()
        with Store.open(f"sqlite:///{tmp_path}/new.db") as empty:
            cut = Publisher(empty.database, Dataset(REPO, hub.endpoint), silent)
            hub.trouble["resolve"] = "cut"
            with pytest.raises(DatasetError):
                cut.publish()
            token = empty.remember(next(iter(store.ratings())).result)
            empty.rate(token, "early", 3, accepted_licence=LICENCE)
            hub.trouble.clear()
            again = Publisher(empty.database, Dataset(REPO, hub.endpoint), silent)
            assert again.status().reading
            again.publish()
            assert export(empty, tmp_path / "out.jsonl") == 1001

    def test_a_database_with_answers_reads_nothing(self, store: Store, dataset: Dataset, rate) -> None:
        rate()
        assert not Publisher(store.database, dataset, silent).status().reading

    def test_broken_lines_are_named_with_their_file(self, hub, store: Store, dataset: Dataset) -> None:
        told: list[str] = []
        hub.make()
        hub.put({"data/2026-01-01/x.jsonl": b"broken\n"})
        Publisher(store.database, dataset, told.append).publish()
        assert told[0].startswith("data/2026-01-01/x.jsonl: Line 1: a line must be a JSON object")


PUBLISH = """
import sys
from ratings.records import LICENCE
from ratings.sharing.dataset import Dataset
from ratings.sharing.publisher import Publisher
from ratings.store import Store
url, endpoint, token, run = sys.argv[1:]
with Store.open(url) as store:
    publisher = Publisher(store.database, Dataset("someone/ratings", endpoint), lambda line: None)
    for number in range(1000):
        print(store.rate(token, f"{run}-{number}", 3, accepted_licence=LICENCE).uid, flush=True)
        if number % 3 == 0:
            publisher.publish()
"""


@pytest.mark.parametrize("kills", [4, pytest.param(60, marks=pytest.mark.soak)])
def test_killed_publishers_lose_nothing(
    hub, url: str, result: Result, environment: dict[str, str], kills: int
) -> None:
    chance = random.Random(kills)
    hub.make()
    with Store.open(url) as store:
        token = store.remember(result)
    said: list[str] = []
    settings = {**environment, "HF_TOKEN": "hf_mine", "HF_HUB_DISABLE_XET": "1"}
    for run in range(kills):
        program = subprocess.Popen(
            [sys.executable, "-c", PUBLISH, url, hub.endpoint, token, str(run)],
            env=settings,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert program.stdout is not None
        commits = len(hub.messages)
        said.append(program.stdout.readline().strip())
        wait_until(lambda commits=commits: len(hub.messages) > commits, 60)
        time.sleep(chance.uniform(0, 0.4))
        os.kill(program.pid, signal.SIGKILL)
        said += program.communicate()[0].split()
    with Store.open(url) as store:
        Publisher(store.database, Dataset(REPO, hub.endpoint), silent).publish()
        stored = {rating.uid for rating in store.ratings()}
    assert len(said) > kills
    assert set(said) <= stored
    assert set(newest(hub.rows())) == stored


class TestOpening:
    def settings(self, **given: object) -> Settings:
        return Settings(Path("data"), "sqlite:///x.db", **given)

    def test_without_a_dataset_nothing_is_opened(self, store: Store) -> None:
        assert open_publisher(store.database, self.settings(), pytest.fail) is None

    def test_on_a_space_without_a_secret_publishing_is_refused(self, store: Store) -> None:
        told: list[str] = []
        named = self.settings(ratings_repo=REPO)
        assert open_publisher(store.database, replace(named, hosted=True), told.append) is None
        assert "Set PATINA_SECRET" in told[0]
        secret = self.settings(ratings_repo=REPO, secret="s" * 32, hosted=True)
        assert open_publisher(store.database, secret, pytest.fail) is not None
        assert open_publisher(store.database, named, pytest.fail) is not None

    @pytest.mark.parametrize("repo", ["ratings", "a/../b", "a/b/c", "a/b.git", "a--b/c", ""])
    def test_a_name_that_is_none_is_one_sentence(self, store: Store, repo: str) -> None:
        with pytest.raises(DatasetError, match="PATINA_RATINGS_REPO must be OWNER/NAME"):
            open_publisher(store.database, self.settings(ratings_repo=repo), pytest.fail)


def test_a_closed_database_ends_no_thread_with_a_traceback(hub, url: str, dataset: Dataset) -> None:
    store = Store.open(url)
    publisher = Publisher(store.database, dataset, silent, every=0.05)
    publisher.begin()
    store.close()
    time.sleep(0.3)
    publisher.close()
    with pytest.raises(StoreError):
        publisher.status()
