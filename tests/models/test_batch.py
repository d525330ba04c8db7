"""A folder's restoration: three stages at once, in order, bounded; skipping and going on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Lock

import cv2
import numpy as np
import pytest

from models import pixels
from models.batch import Failed, Finished, restore_in_turn
from models.errors import BadPictureError, CannotSaveError, NotReadyError
from models.folders import Job
from models.ledger import NAME, Ledger, Recipe
from models.runner import restore

ROOT = Path(__file__).parents[2]
RECIPE = Recipe(
    model="denoise-median",
    version=1,
    weights_sha256=None,
    settings={"size": 3},
    quality=95,
    keep_gps=False,
    stages=None,
)


def work(count: int) -> list[Job]:
    return [Job(Path(f"in/{number}"), Path(f"out/{number}")) for number in range(count)]


def test_photos_come_out_in_order_and_faults_stay_with_their_photo():
    def decode(job):
        if job.source.name == "1":
            raise BadPictureError("broken")
        return job.source.name

    def encode(job, restored):
        if job.source.name == "3":
            raise CannotSaveError("full")
        return restored

    outcomes = list(
        restore_in_turn(
            work(5), decode=decode, compute=lambda _job, picture: f"restored {picture}", encode=encode
        )
    )
    assert [outcome.job.source.name for outcome in outcomes] == ["0", "1", "2", "3", "4"]
    assert [type(outcome) for outcome in outcomes] == [Finished, Failed, Finished, Failed, Finished]
    assert outcomes[4].provenance == "restored 4"


def test_no_work_is_done_at_once():
    assert list(restore_in_turn([], decode=str, compute=max, encode=max)) == []


def test_what_concerns_every_photo_ends_the_run_and_keeps_what_is_done():
    kept = []

    def compute(job, picture):
        if picture == "1":
            raise NotReadyError("no weights")
        return picture

    run = restore_in_turn(
        work(3),
        decode=lambda job: job.source.name,
        compute=compute,
        encode=lambda _job, done: kept.append(done),
    )
    with pytest.raises(NotReadyError):
        list(run)
    assert kept == ["0"]


def test_the_next_photo_is_decoded_and_the_last_one_encoded_while_one_is_computed():
    decoded, encoding, computed = Event(), Event(), Event()

    def decode(job):
        if job.source.name == "2":
            decoded.set()
        return job.source.name

    def compute(job, picture):
        if picture == "1":
            assert decoded.wait(10), "photo 2 is decoded meanwhile"
            assert encoding.wait(10), "photo 0 is encoded meanwhile"
            computed.set()
        return picture

    def encode(job, restored):
        if restored == "0":
            encoding.set()
            assert computed.wait(10)
        return restored

    outcomes = list(restore_in_turn(work(3), decode=decode, compute=compute, encode=encode))
    assert [outcome.provenance for outcome in outcomes] == ["0", "1", "2"]


def test_however_many_photos_there_are_only_three_are_in_memory():
    lock, held, most = Lock(), set(), []

    def note(name, *, there):
        with lock:
            held.add(name) if there else held.discard(name)
            most.append(len(held))

    def decode(job):
        note(job.source.name, there=True)
        return job.source.name

    def encode(job, restored):
        time.sleep(0.005)
        note(restored, there=False)
        return restored

    list(restore_in_turn(work(30), decode=decode, compute=lambda _job, picture: picture, encode=encode))
    assert max(most) <= 3


@pytest.fixture
def folder(tmp_path):
    """Five small photos, one in an inner folder."""
    random = np.random.default_rng(5)
    for name in ("a.png", "b.png", "c.png", "d.png", "inner/e.png"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), random.integers(0, 256, (40, 50, 3), dtype=np.uint8))
    return tmp_path / "in"


def call(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "models", "restore", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def runs(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Names of the photos that a call with --json has computed."""
    assert done.returncode == 0, done.stderr
    return [Path(run["input"]).name for run in json.loads(done.stdout) if "skipped" not in run]


def test_what_is_done_is_skipped_until_photo_settings_or_result_change(folder, tmp_path):
    out = tmp_path / "out"
    everything = ["a.png", "b.png", "c.png", "d.png", "e.png"]
    assert runs(call("denoise-median", folder, out, "--json")) == everything
    again = call("denoise-median", folder, out, "--json")
    assert runs(again) == []
    assert len(json.loads(again.stdout)) == 5
    assert "5 of 5 were done already" in again.stderr

    cv2.imwrite(str(folder / "a.png"), np.zeros((8, 8, 3), np.uint8))
    (out / "b.png").unlink()
    (out / "inner" / "e.png").write_bytes(b"cut")
    assert runs(call("denoise-median", folder, out, "--json", "--set", "size=3")) == [
        "a.png",
        "b.png",
        "e.png",
    ]
    assert runs(call("denoise-median", folder, out, "--json", "--set", "size=5")) == everything
    assert runs(call("denoise-gaussian", folder, out, "--json")) == everything
    assert runs(call("denoise-gaussian", folder, out, "--json", "--again")) == everything


def test_a_single_photo_is_never_skipped_and_leaves_no_ledger(folder, tmp_path):
    for _ in range(2):
        assert runs(call("denoise-median", folder / "a.png", tmp_path / "a.png", "--json")) == ["a.png"]
    assert not (tmp_path / NAME).exists()


def ledger_of(folder: Path, out: Path, recipe: Recipe = RECIPE) -> Ledger:
    ledger = Ledger(folder, out, recipe)
    ledger.open()
    return ledger


def finished(folder: Path, out: Path) -> list[Job]:
    jobs = [Job(path, out / path.name) for path in sorted(folder.glob("*.png"))]
    ledger = ledger_of(folder, out)
    for job in jobs:
        ledger.is_done(job)
        job.target.write_bytes(b"result")
        ledger.note(job)
    return jobs


def test_a_torn_last_line_is_ignored_and_ended(folder, tmp_path):
    jobs = finished(folder, tmp_path / "out")
    file = tmp_path / "out" / NAME
    file.write_bytes(file.read_bytes()[:-40])
    ledger = ledger_of(folder, tmp_path / "out")
    assert [ledger.is_done(job) for job in jobs] == [True, True, True, False]
    ledger.note(jobs[3])
    ledger = ledger_of(folder, tmp_path / "out")
    assert [ledger.is_done(job) for job in jobs] == [True] * 4


def test_a_ledger_of_garbage_means_that_nothing_is_done(folder, tmp_path):
    jobs = finished(folder, tmp_path / "out")
    (tmp_path / "out" / NAME).write_bytes(b'\xff\xfe\n[1]\n{"output": 3}\nnull\n')
    ledger = ledger_of(folder, tmp_path / "out")
    assert not any(ledger.is_done(job) for job in jobs)


def test_a_photo_that_changes_while_it_is_restored_is_done_again(folder, tmp_path):
    ledger = ledger_of(folder, tmp_path / "out")
    job = Job(folder / "a.png", tmp_path / "out" / "a.png")
    ledger.is_done(job)
    job.target.write_bytes(b"made of what it was")
    job.source.write_bytes(b"another photo")
    ledger.note(job)
    assert not ledger_of(folder, tmp_path / "out").is_done(job)


def test_any_file_name_can_be_kept_in_the_ledger(folder, tmp_path):
    name = os.fsdecode(b"caf\xe9\n\xe2\x80\xa8.png")  # not UTF-8, with a line break
    (folder / "a.png").rename(folder / name)
    jobs = finished(folder, tmp_path / "out")
    assert name in {job.source.name for job in jobs}
    assert all(ledger_of(folder, tmp_path / "out").is_done(job) for job in jobs)


def test_old_unfinished_files_are_removed_and_young_ones_may_be_another_run(folder, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    old, young = out / ".0123456789abcdef.unfinished", out / ".fedcba9876543210.unfinished"
    for file in (old, young):
        file.write_bytes(b"half")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    ledger_of(folder, out)
    assert not old.exists()
    assert young.exists()


def whole(file: Path) -> bool:
    return pixels.open(file).size == (240, 320)


@pytest.fixture
def large_folder(tmp_path):
    photo = np.random.default_rng(6).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    (tmp_path / "in").mkdir()
    for number in range(12):
        cv2.imwrite(str(tmp_path / "in" / f"{number:02}.png"), photo)
    return tmp_path / "in"


def start(folder: Path, out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "models", "restore", "denoise-nlm", str(folder), str(out)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def wait_for_lines(out: Path, count: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if (out / NAME).exists() and (out / NAME).read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.01)
    pytest.fail("the run has finished no photo")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_killed_goes_on_and_does_no_photo_twice(large_folder, tmp_path, how):
    out = tmp_path / "out"
    with start(large_folder, out) as run:
        wait_for_lines(out, 2)
        run.send_signal(how)
        said = run.communicate()[1]
    assert run.returncode == (130 if how == signal.SIGINT else -signal.SIGKILL), said
    assert "Traceback" not in said
    done = {json.loads(line)["output"] for line in (out / NAME).read_text().splitlines()}
    assert 2 <= len(done) < 12
    assert all(whole(file) for file in out.glob("*.png"))
    changed = {name: (out / name).stat().st_mtime_ns for name in done}

    with start(large_folder, out) as run:
        said = run.communicate()[1]
    assert run.returncode == 0
    assert f"{len(done)} of 12 were done already" in said
    assert {name: (out / name).stat().st_mtime_ns for name in done} == changed
    lines = [json.loads(line)["output"] for line in (out / NAME).read_text().splitlines()]
    assert sorted(lines) == [f"{number:02}.png" for number in range(12)]
    assert all(whole(file) for file in out.glob("*.png"))


def test_two_runs_into_one_folder_at_once_spoil_nothing(large_folder, tmp_path):
    out = tmp_path / "out"
    with start(large_folder, out) as one, start(large_folder, out) as other:
        assert (one.wait(120), other.wait(120)) == (0, 0)
    lines = [json.loads(line) for line in (out / NAME).read_text().splitlines()]
    assert {line["output"] for line in lines} == {f"{number:02}.png" for number in range(12)}
    with start(large_folder, out) as run:
        assert "12 of 12 were done already" in run.communicate()[1]


def test_a_result_through_the_command_is_that_of_the_runner(folder, tmp_path):
    call("denoise-gaussian", folder, tmp_path / "out")
    alone = restore("denoise-gaussian", folder / "c.png").picture.pixels
    assert np.array_equal(pixels.open(tmp_path / "out" / "c.png").pixels, alone)
