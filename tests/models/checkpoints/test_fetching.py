"""What is fetched from where, and what is refused before anything is asked."""

import subprocess
import sys
from pathlib import Path

import pytest

from models.checkpoints import BUNDLED, State
from models.errors import FetchError, NotPinnedError, WrongWeightsError
from models.source import Bundled, OnDisk, Weights

ROOT = Path(__file__).parents[3]
REPO, FILE = "patina/tiny", "tiny.safetensors"


def of(source, sha256: str | None) -> Weights:
    return Weights(source=source, sha256=sha256, licence="MIT", trained_on="nothing")


def test_a_file_of_the_hub_is_downloaded_and_verified(hub, weights, checkpoints, body):
    assert checkpoints.state("denoise-tiny", weights) == State.TO_DOWNLOAD
    path = checkpoints.fetch("denoise-tiny", weights)
    assert path.read_bytes() == body
    assert checkpoints.state("denoise-tiny", weights) == State.READY


def test_the_state_costs_no_request_and_no_hash(hub, weights, checkpoints, monkeypatch):
    monkeypatch.setattr("models.checkpoints.sha256_of", None)
    assert checkpoints.state("denoise-tiny", weights) == State.TO_DOWNLOAD
    assert checkpoints.state("denoise-median", None) == State.READY
    assert hub.requests == []


def test_a_file_of_a_space_without_lfs_is_fetched(hub, checkpoints, on_hub):
    pinned = hub.add("patina/demo", "weights/tiny.pth", b"small", "space", lfs=False)
    weights = on_hub(*pinned, repo="patina/demo", file="weights/tiny.pth", kind="space")
    assert checkpoints.fetch("denoise-tiny", weights).read_bytes() == b"small"
    assert hub.requests[0][1].startswith("spaces/patina/demo/resolve/")


def test_a_large_file_comes_from_another_host_which_is_not_told_the_token(
    hub, weights, checkpoints, monkeypatch, body
):
    monkeypatch.setenv("HF_TOKEN", "hf_made_up")
    hub.redirects = True
    assert checkpoints.fetch("denoise-tiny", weights).read_bytes() == body
    (there,) = [number for number, (_, path) in enumerate(hub.requests) if path.startswith("elsewhere/")]
    assert hub.tokens[there] is None
    assert hub.tokens[0] == "Bearer hf_made_up"


def test_progress_rises_from_nothing_to_all(hub, weights, checkpoints):
    said = []
    checkpoints.fetch("denoise-tiny", weights, lambda *step: said.append(step))
    for name in ("fetch", "verify"):
        shares = [share for step, share in said if step == name]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
        assert len(shares) >= 3 or name == "verify"


def test_a_bundled_file_is_verified(checkpoints, hub, tmp_path, monkeypatch, body):
    monkeypatch.setattr("models.checkpoints.BUNDLED", tmp_path)
    _, sha256 = hub.add(REPO, FILE, body)
    weights = of(Bundled(FILE), sha256)
    assert checkpoints.state("denoise-tiny", weights) == State.MISSING
    with pytest.raises(FetchError, match="ship with Patina"):
        checkpoints.fetch("denoise-tiny", weights)
    (tmp_path / FILE).write_bytes(body)
    assert checkpoints.fetch("denoise-tiny", weights) == tmp_path / FILE
    assert checkpoints.free("denoise-tiny", weights) == 0
    assert (tmp_path / FILE).exists()
    assert BUNDLED == ROOT / "models" / "weights"


def test_a_file_on_disk_with_another_hash_is_refused_and_left_alone(checkpoints, tmp_path, body):
    path = tmp_path / "mine.pth"
    weights = of(OnDisk(path), "0" * 64)
    assert checkpoints.state("denoise-mine", weights) == State.MISSING
    path.write_bytes(body)
    with pytest.raises(WrongWeightsError, match=r"'denoise-mine'.*SHA-256 .{8}…, not 00000000…"):
        checkpoints.fetch("denoise-mine", weights)
    assert path.read_bytes() == body


def test_a_file_on_disk_without_a_hash_is_pinned_from_the_file_not_the_hub(checkpoints, tmp_path):
    with pytest.raises(NotPinnedError, match=r"which SHA-256 its weights have.*reads SHA-256 from the file"):
        checkpoints.fetch("denoise-mine", of(OnDisk(tmp_path / "mine.pth"), None))


@pytest.mark.parametrize(
    ("revision", "sha256"),
    [(None, "0" * 64), ("0" * 40, None), ("main", "0" * 64), ("0" * 40, "0" * 63), ("A" * 40, "0" * 64)],
)
def test_what_is_not_pinned_is_not_fetched(hub, checkpoints, revision, sha256, on_hub):
    with pytest.raises(NotPinnedError, match="models pin denoise-tiny"):
        checkpoints.fetch("denoise-tiny", on_hub(revision, sha256))
    assert hub.requests == []


def test_the_state_of_what_is_not_pinned(checkpoints, on_hub):
    assert checkpoints.state("denoise-tiny", on_hub(None, "0" * 64)) == State.NOT_PINNED


@pytest.mark.parametrize("file", ["model.pkl", "model.safetensors.zip", "run.py", "weights"])
def test_other_suffixes_are_refused(hub, checkpoints, file, on_hub):
    with pytest.raises(WrongWeightsError, match=r"\.safetensors, \.pth, \.pt, \.bin"):
        checkpoints.fetch("denoise-tiny", on_hub("0" * 40, "0" * 64, file=file))
    assert hub.requests == []


def test_importing_checkpoints_imports_no_heavy_package():
    code = (
        "import sys, models.checkpoints;"
        "print(sorted({'torch', 'huggingface_hub', 'httpx2'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
