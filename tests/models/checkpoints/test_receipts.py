"""What was verified is remembered, hashed again when it changed, and given back when asked."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from models import receipts
from models.checkpoints import Checkpoints, State
from models.errors import FetchError, WrongWeightsError

FILE = "tiny.safetensors"


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


def test_a_changed_file_is_hashed_again_and_refused(hub, weights, checkpoints, body):
    path = checkpoints.fetch("denoise-tiny", weights)
    path.resolve().write_bytes(body[:-1] + b"!")
    with pytest.raises(WrongWeightsError, match="damaged"):
        checkpoints.fetch("denoise-tiny", weights)
    assert checkpoints.fetch("denoise-tiny", weights).read_bytes() == body


def test_a_torn_receipt_means_hashing_again(hub, weights, checkpoints, tmp_path):
    checkpoints.fetch("denoise-tiny", weights)
    (receipt,) = (tmp_path / "models" / "verified").iterdir()
    receipt.write_text(receipt.read_text()[:20])
    said = []
    Checkpoints(tmp_path / "models").fetch("denoise-tiny", weights, lambda *step: said.append(step))
    assert said[-1] == ("verify", 1.0)


def test_verify_hashes_whatever_was_remembered(hub, weights, checkpoints, body):
    path = checkpoints.fetch("denoise-tiny", weights)
    before = path.stat()
    path.resolve().write_bytes(body[:-1] + b"!")
    os.utime(path.resolve(), ns=(before.st_atime_ns, before.st_mtime_ns))
    assert checkpoints.fetch("denoise-tiny", weights) == path
    with pytest.raises(WrongWeightsError):
        checkpoints.verify("denoise-tiny", weights)


def test_verify_downloads_nothing(hub, weights, checkpoints):
    with pytest.raises(FetchError, match="models fetch denoise-tiny"):
        checkpoints.verify("denoise-tiny", weights)
    assert hub.requests == []


def test_ten_threads_download_and_hash_once(hub, weights, checkpoints, monkeypatch):
    hashed = []
    real = receipts.sha256_of
    monkeypatch.setattr("models.checkpoints.sha256_of", lambda *all: hashed.append(1) or real(*all))
    with ThreadPoolExecutor(10) as pool:
        paths = set(pool.map(lambda _: checkpoints.fetch("denoise-tiny", weights), range(10)))
    assert len(paths) == len(hashed) == 1
    assert [method for method, _ in hub.requests] == ["HEAD", "HEAD", "GET"]


def test_free_gives_back_the_bytes(hub, weights, checkpoints, body, cached):
    checkpoints.fetch("denoise-tiny", weights)
    assert checkpoints.free("denoise-tiny", weights) == len(body)
    assert checkpoints.state("denoise-tiny", weights) == State.TO_DOWNLOAD
    assert cached() == []
    assert checkpoints.free("denoise-tiny", weights) == 0


def test_free_keeps_what_another_revision_shares(hub, weights, checkpoints, body):
    path = checkpoints.fetch("denoise-tiny", weights)
    other = path.parent.with_name("f" * 40) / FILE
    other.parent.mkdir()
    other.symlink_to(path.readlink())
    assert checkpoints.free("denoise-tiny", weights) == 0
    assert other.read_bytes() == body
