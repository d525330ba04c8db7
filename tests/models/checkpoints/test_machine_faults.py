"""This machine misbehaves: folders that cannot be written, a full disk, processes stopped or killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from models.checkpoints import Checkpoints
from models.errors import FetchError, StoppedError
from models.source import OnDisk, Weights

ROOT = Path(__file__).parents[3]
REPO, FILE = "patina/tiny", "tiny.safetensors"
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


def of(source, sha256: str | None) -> Weights:
    return Weights(source=source, sha256=sha256, licence="MIT", trained_on="nothing")


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


def wait_for(look, seconds: float = 6):
    """Return what `look` finds, as soon as it is true."""
    until = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.05)
    return found


def test_a_cache_that_cannot_be_written_is_named(hub, weights, checkpoints, tmp_path, body):
    (tmp_path / "hub-cache").write_text("a file where the folder should be")
    with pytest.raises(FetchError, match=r"'denoise-tiny'.*hub-cache cannot be written.*HF_HOME"):
        checkpoints.fetch("denoise-tiny", weights)
    (tmp_path / "hub-cache").unlink()
    assert checkpoints.fetch("denoise-tiny", weights).read_bytes() == body


def test_a_data_folder_that_cannot_be_written_is_named(hub, weights, tmp_path):
    (tmp_path / "taken").write_text("a file where the folder should be")
    with pytest.raises(FetchError, match=r"'denoise-tiny'.*taken.*PATINA_DATA_DIR"):
        Checkpoints(tmp_path / "taken", endpoint=hub.endpoint).fetch("denoise-tiny", weights)


def test_a_data_folder_that_cannot_be_written_still_serves_local_files(tmp_path, hub, body):
    path = tmp_path / "mine.pth"
    path.write_bytes(body)
    (tmp_path / "taken").write_text("a file where the folder should be")
    _, sha256 = hub.add(REPO, FILE, body)
    checkpoints = Checkpoints(tmp_path / "taken")
    assert checkpoints.fetch("denoise-mine", of(OnDisk(path), sha256)) == path


def test_a_full_disk_is_named_and_nothing_stays(hub, weights, tmp_path, cached):
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
    assert cached() == []


def test_a_stop_ends_a_download_that_hangs(hub, weights, checkpoints, body, cached):
    hub.misbehave("drip", "body")
    with pytest.raises(StoppedError):
        checkpoints.fetch("denoise-tiny", weights, stop=hub.began.is_set)
    assert cached() == []
    hub.misbehave(None)
    assert checkpoints.fetch("denoise-tiny", weights).read_bytes() == body


def test_a_stop_ends_the_waiting_for_somebody_elses_download(hub, weights, checkpoints, body):
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


def test_two_processes_download_once(hub, weights, tmp_path, body):
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


def test_a_killed_download_leaves_nothing_in_the_way(hub, weights, checkpoints, tmp_path, body, cached):
    hub.misbehave("drip", "body")
    process = caller(hub, tmp_path, weights)
    assert hub.began.wait(8)
    halves = wait_for(lambda: cached("*.incomplete"))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert halves[0].exists()
    hub.misbehave(None)
    assert checkpoints.fetch("denoise-tiny", weights).read_bytes() == body
    assert cached("*.incomplete") == []


def test_the_download_ends_with_the_killed_process_that_asked_for_it(hub, weights, tmp_path, body):
    hub.misbehave("drip", "body")
    process = caller(hub, tmp_path, weights)
    assert hub.began.wait(8)
    (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.kill()
    process.communicate()
    wait_for(lambda: not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text())


def test_a_half_that_another_program_is_writing_stays(hub, weights, checkpoints, tmp_path, body):
    from filelock import FileLock

    folder = "models--patina--tiny"
    half = tmp_path / "hub-cache" / folder / "blobs" / f"{weights.sha256}.0a1b2c3d.incomplete"
    lock = tmp_path / "hub-cache" / ".locks" / folder / f"{weights.sha256}.lock"
    for path in (half, lock):
        path.parent.mkdir(parents=True)
    half.write_bytes(body[:1000])
    patient = Checkpoints(tmp_path / "models", endpoint=hub.endpoint, patience=1.5)
    with FileLock(lock), pytest.raises(FetchError):
        patient.fetch("denoise-tiny", weights)
    assert half.exists()
    checkpoints.fetch("denoise-tiny", weights)
    assert not half.exists()
