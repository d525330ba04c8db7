import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from models import receipts
from models.checkpoints import BUNDLED, Checkpoints, State
from models.errors import FetchError, NotPinnedError, StoppedError, WrongWeightsError
from models.source import Bundled, Hub, OnDisk, Weights

ROOT = Path(__file__).parents[2]
REPO, FILE = "patina/tiny", "tiny.safetensors"
BODY = bytes(range(256)) * 6000  # 1.5 MB: several of the client's chunks
CALLER = """
import sys
from pathlib import Path
from models.checkpoints import Checkpoints
from models.source import Hub, Weights
folder, endpoint, revision, sha256 = sys.argv[1:]
weights = Weights(source=Hub("patina/tiny", "tiny.safetensors", revision), sha256=sha256,
                  licence="MIT", trained_on="nothing")
print(Checkpoints(Path(folder), endpoint=endpoint).fetch("denoise-tiny", weights))
"""


@pytest.fixture
def weights(hub) -> Weights:
    return on_hub(*hub.add(REPO, FILE, BODY))


@pytest.fixture
def checkpoints(hub, tmp_path) -> Checkpoints:
    return Checkpoints(tmp_path / "models", endpoint=hub.endpoint)


def on_hub(revision: str | None, sha256: str | None, **source: str) -> Weights:
    return of(Hub(source.pop("repo", REPO), source.pop("file", FILE), revision, **source), sha256)


def of(source, sha256: str | None) -> Weights:
    return Weights(source=source, sha256=sha256, licence="MIT", trained_on="nothing")


def cached(tmp_path: Path, pattern: str = "*") -> list[Path]:
    """Files of the Hub cache that hold a body, whole or half."""
    return [path for path in (tmp_path / "hub-cache").rglob(f"blobs/{pattern}") if path.is_file()]


def caller(hub, tmp_path: Path, weights: Weights) -> "subprocess.Popen[str]":
    """A process that fetches; it leads a session, so that it and what it started can be killed together."""
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            CALLER,
            tmp_path / "models",
            hub.endpoint,
            weights.source.revision,
            weights.sha256,
        ],
        cwd=ROOT,
        env={**os.environ, "HF_HUB_CACHE": str(tmp_path / "hub-cache")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


# Found, downloaded, remembered


def test_a_file_of_the_hub_is_downloaded_and_verified(hub, weights, checkpoints):
    assert checkpoints.state("denoise-tiny", weights) == State.TO_DOWNLOAD
    path = checkpoints.fetch("denoise-tiny", weights)
    assert path.read_bytes() == BODY
    assert checkpoints.state("denoise-tiny", weights) == State.READY


def test_the_second_use_makes_no_request_and_hashes_nothing(hub, weights, checkpoints, tmp_path, monkeypatch):
    path = checkpoints.fetch("denoise-tiny", weights)
    hub.requests.clear()
    monkeypatch.setattr("models.checkpoints.sha256_of", None)
    assert checkpoints.fetch("denoise-tiny", weights) == path
    after_a_restart = Checkpoints(tmp_path / "models", endpoint=hub.endpoint)
    assert after_a_restart.fetch("denoise-tiny", weights) == path
    assert hub.requests == []


def test_a_file_another_program_has_in_the_cache_is_hashed_but_not_downloaded(hub, weights, tmp_path):
    Checkpoints(tmp_path / "other", endpoint=hub.endpoint).fetch("denoise-tiny", weights)
    hub.requests.clear()
    said = []
    mine = Checkpoints(tmp_path / "models", endpoint=hub.endpoint)
    assert mine.state("denoise-tiny", weights) == State.READY
    mine.fetch("denoise-tiny", weights, lambda *step: said.append(step))
    assert hub.requests == []
    assert {step for step, _ in said} == {"verify"}


def test_the_state_costs_no_request_and_no_hash(hub, weights, checkpoints, monkeypatch):
    monkeypatch.setattr("models.checkpoints.sha256_of", None)
    assert checkpoints.state("denoise-tiny", weights) == State.TO_DOWNLOAD
    assert checkpoints.state("denoise-median", None) == State.READY
    assert hub.requests == []


def test_a_file_of_a_space_without_lfs_is_fetched(hub, checkpoints):
    pinned = hub.add("patina/demo", "weights/tiny.pth", b"small", "space", lfs=False)
    weights = on_hub(*pinned, repo="patina/demo", file="weights/tiny.pth", kind="space")
    assert checkpoints.fetch("denoise-tiny", weights).read_bytes() == b"small"
    assert hub.requests[0][1].startswith("spaces/patina/demo/resolve/")


def test_a_large_file_comes_from_another_host_which_is_not_told_the_token(
    hub, weights, checkpoints, monkeypatch
):
    monkeypatch.setenv("HF_TOKEN", "hf_made_up")
    hub.redirects = True
    assert checkpoints.fetch("denoise-tiny", weights).read_bytes() == BODY
    (body,) = [number for number, (_, path) in enumerate(hub.requests) if path.startswith("elsewhere/")]
    assert hub.tokens[body] is None
    assert hub.tokens[0] == "Bearer hf_made_up"


def test_a_changed_file_is_hashed_again_and_refused(hub, weights, checkpoints):
    path = checkpoints.fetch("denoise-tiny", weights)
    path.resolve().write_bytes(BODY[:-1] + b"!")
    with pytest.raises(WrongWeightsError, match="damaged"):
        checkpoints.fetch("denoise-tiny", weights)
    assert checkpoints.fetch("denoise-tiny", weights).read_bytes() == BODY


def test_a_torn_receipt_means_hashing_again(hub, weights, checkpoints, tmp_path):
    checkpoints.fetch("denoise-tiny", weights)
    (receipt,) = (tmp_path / "models" / "verified").iterdir()
    receipt.write_text(receipt.read_text()[:20])
    said = []
    Checkpoints(tmp_path / "models").fetch("denoise-tiny", weights, lambda *step: said.append(step))
    assert said[-1] == ("verify", 1.0)


def test_verify_hashes_whatever_was_remembered(hub, weights, checkpoints):
    path = checkpoints.fetch("denoise-tiny", weights)
    before = path.stat()
    path.resolve().write_bytes(BODY[:-1] + b"!")
    os.utime(path.resolve(), ns=(before.st_atime_ns, before.st_mtime_ns))
    assert checkpoints.fetch("denoise-tiny", weights) == path
    with pytest.raises(WrongWeightsError):
        checkpoints.verify("denoise-tiny", weights)


def test_verify_downloads_nothing(hub, weights, checkpoints):
    with pytest.raises(FetchError, match="models fetch denoise-tiny"):
        checkpoints.verify("denoise-tiny", weights)
    assert hub.requests == []


def test_free_gives_back_the_bytes(hub, weights, checkpoints, tmp_path):
    checkpoints.fetch("denoise-tiny", weights)
    assert checkpoints.free("denoise-tiny", weights) == len(BODY)
    assert checkpoints.state("denoise-tiny", weights) == State.TO_DOWNLOAD
    assert cached(tmp_path) == []
    assert checkpoints.free("denoise-tiny", weights) == 0


def test_free_keeps_what_another_revision_shares(hub, weights, checkpoints, tmp_path):
    path = checkpoints.fetch("denoise-tiny", weights)
    other = path.parent.with_name("f" * 40) / FILE
    other.parent.mkdir()
    other.symlink_to(path.readlink())
    assert checkpoints.free("denoise-tiny", weights) == 0
    assert other.read_bytes() == BODY


def test_a_bundled_file_is_verified(checkpoints, hub, tmp_path, monkeypatch):
    monkeypatch.setattr("models.checkpoints.BUNDLED", tmp_path)
    _, sha256 = hub.add(REPO, FILE, BODY)
    weights = of(Bundled(FILE), sha256)
    assert checkpoints.state("denoise-tiny", weights) == State.MISSING
    with pytest.raises(FetchError, match="ship with Patina"):
        checkpoints.fetch("denoise-tiny", weights)
    (tmp_path / FILE).write_bytes(BODY)
    assert checkpoints.fetch("denoise-tiny", weights) == tmp_path / FILE
    assert checkpoints.free("denoise-tiny", weights) == 0
    assert (tmp_path / FILE).exists()
    assert BUNDLED == ROOT / "models" / "weights"


def test_a_file_on_disk_with_another_hash_is_refused_and_left_alone(checkpoints, tmp_path):
    path = tmp_path / "mine.pth"
    weights = of(OnDisk(path), "0" * 64)
    assert checkpoints.state("denoise-mine", weights) == State.MISSING
    path.write_bytes(BODY)
    with pytest.raises(WrongWeightsError, match=r"'denoise-mine'.*SHA-256 .{8}…, not 00000000…"):
        checkpoints.fetch("denoise-mine", weights)
    assert path.read_bytes() == BODY


def test_a_data_folder_that_cannot_be_written_still_serves_local_files(tmp_path, hub):
    path = tmp_path / "mine.pth"
    path.write_bytes(BODY)
    (tmp_path / "taken").write_text("a file where the folder should be")
    _, sha256 = hub.add(REPO, FILE, BODY)
    checkpoints = Checkpoints(tmp_path / "taken")
    assert checkpoints.fetch("denoise-mine", of(OnDisk(path), sha256)) == path


# Refused before anything is asked


@pytest.mark.parametrize(
    ("revision", "sha256"),
    [(None, "0" * 64), ("0" * 40, None), ("main", "0" * 64), ("0" * 40, "0" * 63), ("A" * 40, "0" * 64)],
)
def test_what_is_not_pinned_is_not_fetched(hub, checkpoints, revision, sha256):
    with pytest.raises(NotPinnedError, match="models pin denoise-tiny"):
        checkpoints.fetch("denoise-tiny", on_hub(revision, sha256))
    assert hub.requests == []


def test_the_state_of_what_is_not_pinned(checkpoints):
    assert checkpoints.state("denoise-tiny", on_hub(None, "0" * 64)) == State.NOT_PINNED


@pytest.mark.parametrize("file", ["model.pkl", "model.safetensors.zip", "run.py", "weights"])
def test_other_suffixes_are_refused(hub, checkpoints, file):
    with pytest.raises(WrongWeightsError, match=r"\.safetensors, \.pth, \.pt, \.bin"):
        checkpoints.fetch("denoise-tiny", on_hub("0" * 40, "0" * 64, file=file))
    assert hub.requests == []


# The Hub misbehaves: one sentence, nothing kept, and a retry works in the same process


@pytest.mark.parametrize("part", ["head", "body"])
@pytest.mark.parametrize(
    ("how", "error", "sentence"),
    [
        ("token", FetchError, r"\(401\).*set HF_TOKEN"),
        ("gated", FetchError, r"patina/tiny is gated \(403\).*Accept its terms"),
        ("no-repository", FetchError, r"no repository patina/tiny \(404\)"),
        ("no-revision", FetchError, r"no revision [0-9a-f]{10} \(404\).*models pin denoise-tiny"),
        ("no-file", FetchError, r"no file tiny.safetensors at revision"),
        ("busy", FetchError, r"too many requests \(429\).*Wait"),
        ("fault", FetchError, r"500 Internal Server Error.*Try again later"),
        ("stranger", FetchError, r"not as a Hub.*login page"),
    ],
)
def test_a_refusal_is_one_sentence_at_once(hub, weights, checkpoints, tmp_path, how, error, sentence, part):
    hub.misbehave(how, part)
    began = time.monotonic()
    with pytest.raises(error, match=rf"'denoise-tiny'.*{sentence}"):
        checkpoints.fetch("denoise-tiny", weights)
    assert time.monotonic() - began < 9  # the client itself would go on for 23 s
    assert cached(tmp_path) == []
    hub.misbehave(None)
    assert checkpoints.fetch("denoise-tiny", weights).read_bytes() == BODY


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("flip", r"damaged.*SHA-256 .{8}… expected, .{8}… found"),
        ("page", r"a web page came instead of weights"),
    ],
)
def test_wrong_bytes_of_the_right_size_are_removed(hub, weights, checkpoints, tmp_path, how, sentence):
    hub.misbehave(how)
    with pytest.raises(WrongWeightsError, match=rf"'denoise-tiny'.*{sentence}"):
        checkpoints.fetch("denoise-tiny", weights)
    assert cached(tmp_path) == []
    assert checkpoints.state("denoise-tiny", weights) == State.TO_DOWNLOAD
    hub.misbehave(None)
    assert checkpoints.fetch("denoise-tiny", weights).read_bytes() == BODY


@pytest.mark.parametrize(("how", "part"), [("slow", "head"), ("slow", "body"), ("drip", "body")])
def test_a_slow_hub_is_given_up(hub, weights, tmp_path, how, part):
    checkpoints = Checkpoints(tmp_path / "models", endpoint=hub.endpoint, patience=1.5)
    hub.misbehave(how, part)
    began = time.monotonic()
    with pytest.raises(FetchError, match=r"'denoise-tiny'.*sent nothing for 1.5 s"):
        checkpoints.fetch("denoise-tiny", weights)
    assert time.monotonic() - began < 9
    assert cached(tmp_path) == []
    hub.misbehave(None)
    assert checkpoints.fetch("denoise-tiny", weights).read_bytes() == BODY


def test_a_download_cut_again_and_again_is_given_up(hub, weights, checkpoints, tmp_path):
    hub.add(REPO, FILE, BODY[:100_000])  # below a chunk, so that no try gets any further
    hub.misbehave("cut")
    short = on_hub(*hub.add(REPO, FILE, BODY[:100_000]))
    with pytest.raises(FetchError, match=r"'denoise-tiny'.*cut the download off in the middle"):
        checkpoints.fetch("denoise-tiny", short)
    assert cached(tmp_path) == []
    hub.misbehave(None)
    assert checkpoints.fetch("denoise-tiny", short).read_bytes() == BODY[:100_000]


def test_an_unreachable_hub_is_known_at_once(hub, weights, tmp_path):
    checkpoints = Checkpoints(tmp_path / "models", endpoint="http://127.0.0.1:9")
    began = time.monotonic()
    with pytest.raises(FetchError, match=r"'denoise-tiny'.*cannot be reached.*Check the network"):
        checkpoints.fetch("denoise-tiny", weights)
    assert time.monotonic() - began < 9  # the client itself would go on for 23 s


def test_offline_mode_is_named_and_what_is_cached_still_works(hub, weights, checkpoints, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(FetchError, match="Unset HF_HUB_OFFLINE"):
        checkpoints.fetch("denoise-tiny", weights)
    monkeypatch.delenv("HF_HUB_OFFLINE")
    path = checkpoints.fetch("denoise-tiny", weights)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert checkpoints.fetch("denoise-tiny", weights) == path
    assert checkpoints.verify("denoise-tiny", weights) == path


def test_a_refused_model_needs_a_token_until_one_appears(hub, weights, checkpoints, monkeypatch):
    hub.misbehave("gated")
    with pytest.raises(FetchError):
        checkpoints.fetch("denoise-tiny", weights)
    assert checkpoints.state("denoise-tiny", weights) == State.NEEDS_TOKEN
    monkeypatch.setenv("HF_TOKEN", "hf_made_up")
    assert checkpoints.state("denoise-tiny", weights) == State.TO_DOWNLOAD
    hub.misbehave(None)
    hub.tokens.clear()
    checkpoints.fetch("denoise-tiny", weights)
    assert set(hub.tokens) == {"Bearer hf_made_up"}
    checkpoints.free("denoise-tiny", weights)
    monkeypatch.delenv("HF_TOKEN")
    assert checkpoints.state("denoise-tiny", weights) == State.TO_DOWNLOAD


def test_a_wrong_pin_is_told_before_anything_is_downloaded(hub, weights, checkpoints):
    with pytest.raises(WrongWeightsError, match=r"on the Hub, but 00000000… is pinned.*models pin"):
        checkpoints.fetch("denoise-tiny", on_hub(weights.source.revision, "0" * 64))
    assert hub.downloads() == 0


def test_a_wrong_pin_does_not_cost_another_program_its_file(hub, weights, checkpoints):
    path = checkpoints.fetch("denoise-tiny", weights)
    with pytest.raises(WrongWeightsError, match=r"on the Hub, but 00000000… is pinned"):
        checkpoints.fetch("denoise-tiny", on_hub(weights.source.revision, "0" * 64))
    assert path.read_bytes() == BODY


# This machine misbehaves


def test_a_cache_that_cannot_be_written_is_named(hub, weights, checkpoints, tmp_path):
    (tmp_path / "hub-cache").write_text("a file where the folder should be")
    with pytest.raises(FetchError, match=r"'denoise-tiny'.*hub-cache cannot be written.*HF_HOME"):
        checkpoints.fetch("denoise-tiny", weights)
    (tmp_path / "hub-cache").unlink()
    assert checkpoints.fetch("denoise-tiny", weights).read_bytes() == BODY


def test_a_data_folder_that_cannot_be_written_is_named(hub, weights, tmp_path):
    (tmp_path / "taken").write_text("a file where the folder should be")
    with pytest.raises(FetchError, match=r"'denoise-tiny'.*taken.*PATINA_DATA_DIR"):
        Checkpoints(tmp_path / "taken", endpoint=hub.endpoint).fetch("denoise-tiny", weights)


def test_a_full_disk_is_named_and_nothing_stays(hub, weights, tmp_path):
    """The limit of a file's size stands for the full disk: the same write fails in the same place."""
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (800_000, 800_000))\n" + CALLER
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            limited,
            tmp_path / "models",
            hub.endpoint,
            weights.source.revision,
            weights.sha256,
        ],
        cwd=ROOT,
        env={**os.environ, "HF_HUB_CACHE": str(tmp_path / "hub-cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (
        "FetchError: The weights of 'denoise-tiny' were not fetched: the disk is full (1.5 MB needed"
        in run.stderr
    )
    assert cached(tmp_path) == []


# Stopped, killed, asked for twice


def test_progress_rises_from_nothing_to_all(hub, weights, checkpoints):
    said = []
    checkpoints.fetch("denoise-tiny", weights, lambda *step: said.append(step))
    for name in ("fetch", "verify"):
        shares = [share for step, share in said if step == name]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
        assert len(shares) >= 3 or name == "verify"


def test_a_stop_ends_a_download_that_hangs(hub, weights, checkpoints, tmp_path):
    hub.misbehave("drip", "body")
    with pytest.raises(StoppedError):
        checkpoints.fetch("denoise-tiny", weights, stop=hub.began.is_set)
    assert cached(tmp_path) == []
    hub.misbehave(None)
    assert checkpoints.fetch("denoise-tiny", weights).read_bytes() == BODY


def test_a_stop_ends_the_waiting_for_somebody_elses_download(hub, weights, checkpoints):
    hub.misbehave("drip", "body")
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(checkpoints.fetch, "denoise-tiny", weights, stop=stop.is_set)
        assert hub.began.wait(5)
        with pytest.raises(StoppedError):
            checkpoints.fetch("denoise-tiny", weights, stop=lambda: True)
        stop.set()
        with pytest.raises(StoppedError):
            first.result()


def test_ten_threads_download_and_hash_once(hub, weights, checkpoints, monkeypatch):
    hashed = []
    real = receipts.sha256_of
    monkeypatch.setattr("models.checkpoints.sha256_of", lambda *all: hashed.append(1) or real(*all))
    with ThreadPoolExecutor(10) as pool:
        paths = set(pool.map(lambda _: checkpoints.fetch("denoise-tiny", weights), range(10)))
    assert len(paths) == len(hashed) == 1
    assert [method for method, _ in hub.requests] == ["HEAD", "HEAD", "GET"]


def test_two_processes_download_once(hub, weights, tmp_path):
    hub.misbehave("slow", "body")
    both = [caller(hub, tmp_path, weights) for _ in range(2)]
    assert hub.began.wait(8)
    time.sleep(1)  # the second must have come to the lock
    assert [method for method, _ in hub.requests] == ["HEAD", "HEAD", "GET"]
    hub.misbehave(None)  # the first is cut off and tries again
    ends = [process.communicate(timeout=8) for process in both]
    assert len({out for out, _ in ends}) == 1
    assert all(process.returncode == 0 for process in both), ends
    assert [method for method, _ in hub.requests] == ["HEAD", "HEAD", "GET", "GET"]


def test_a_killed_download_leaves_nothing_in_the_way(hub, weights, checkpoints, tmp_path):
    hub.misbehave("drip", "body")
    process = caller(hub, tmp_path, weights)
    assert hub.began.wait(8)
    halves = wait_for(lambda: cached(tmp_path, "*.incomplete"))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert halves[0].exists()
    hub.misbehave(None)
    assert checkpoints.fetch("denoise-tiny", weights).read_bytes() == BODY
    assert cached(tmp_path, "*.incomplete") == []


def test_the_download_ends_with_the_killed_process_that_asked_for_it(hub, weights, tmp_path):
    hub.misbehave("drip", "body")
    process = caller(hub, tmp_path, weights)
    assert hub.began.wait(8)
    (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.kill()
    process.communicate()
    wait_for(lambda: not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text())


def test_a_half_that_another_program_is_writing_stays(hub, weights, checkpoints, tmp_path):
    from filelock import FileLock

    folder = "models--patina--tiny"
    half = tmp_path / "hub-cache" / folder / "blobs" / f"{weights.sha256}.0a1b2c3d.incomplete"
    lock = tmp_path / "hub-cache" / ".locks" / folder / f"{weights.sha256}.lock"
    for path in (half, lock):
        path.parent.mkdir(parents=True)
    half.write_bytes(BODY[:1000])
    patient = Checkpoints(tmp_path / "models", endpoint=hub.endpoint, patience=1.5)
    with FileLock(lock), pytest.raises(FetchError):
        patient.fetch("denoise-tiny", weights)
    assert half.exists()
    checkpoints.fetch("denoise-tiny", weights)
    assert not half.exists()


def wait_for(look, seconds: float = 6):
    """Return what `look` finds, as soon as it is true."""
    until = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.05)
    return found


def test_importing_checkpoints_imports_no_heavy_package():
    code = (
        "import sys, models.checkpoints;"
        "print(sorted({'torch', 'huggingface_hub', 'httpx2'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
