"""The Hub misbehaves: one sentence, nothing kept, and a retry works in the same process."""

import time

import pytest

from models.checkpoints import Checkpoints, State
from models.errors import FetchError, WrongWeightsError

REPO, FILE = "patina/tiny", "tiny.safetensors"


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
def test_a_refusal_is_one_sentence_at_once(
    hub, weights, checkpoints, how, error, sentence, part, body, cached
):
    hub.misbehave(how, part)
    began = time.monotonic()
    with pytest.raises(error, match=rf"'denoise-tiny'.*{sentence}"):
        checkpoints.fetch("denoise-tiny", weights)
    assert time.monotonic() - began < 9  # the client itself would go on for 23 s
    assert cached() == []
    hub.misbehave(None)
    assert checkpoints.fetch("denoise-tiny", weights).read_bytes() == body


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("flip", r"damaged.*SHA-256 .{8}… expected, .{8}… found"),
        ("page", r"a web page came instead of weights"),
    ],
)
def test_wrong_bytes_of_the_right_size_are_removed(hub, weights, checkpoints, how, sentence, body, cached):
    hub.misbehave(how)
    with pytest.raises(WrongWeightsError, match=rf"'denoise-tiny'.*{sentence}"):
        checkpoints.fetch("denoise-tiny", weights)
    assert cached() == []
    assert checkpoints.state("denoise-tiny", weights) == State.TO_DOWNLOAD
    hub.misbehave(None)
    assert checkpoints.fetch("denoise-tiny", weights).read_bytes() == body


@pytest.mark.parametrize(("how", "part"), [("slow", "head"), ("slow", "body"), ("drip", "body")])
def test_a_slow_hub_is_given_up(hub, weights, tmp_path, how, part, body, cached):
    checkpoints = Checkpoints(tmp_path / "models", endpoint=hub.endpoint, patience=1.5)
    hub.misbehave(how, part)
    began = time.monotonic()
    with pytest.raises(FetchError, match=r"'denoise-tiny'.*sent nothing for 1.5 s"):
        checkpoints.fetch("denoise-tiny", weights)
    assert time.monotonic() - began < 9
    assert cached() == []
    hub.misbehave(None)
    assert checkpoints.fetch("denoise-tiny", weights).read_bytes() == body


def test_a_download_cut_again_and_again_is_given_up(hub, weights, checkpoints, body, on_hub, cached):
    hub.add(REPO, FILE, body[:100_000])  # below a chunk, so that no try gets any further
    hub.misbehave("cut")
    short = on_hub(*hub.add(REPO, FILE, body[:100_000]))
    with pytest.raises(FetchError, match=r"'denoise-tiny'.*cut the download off in the middle"):
        checkpoints.fetch("denoise-tiny", short)
    assert cached() == []
    hub.misbehave(None)
    assert checkpoints.fetch("denoise-tiny", short).read_bytes() == body[:100_000]


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


def test_a_wrong_pin_is_told_before_anything_is_downloaded(hub, weights, checkpoints, on_hub):
    with pytest.raises(WrongWeightsError, match=r"on the Hub, but 00000000… is pinned.*models pin"):
        checkpoints.fetch("denoise-tiny", on_hub(weights.source.revision, "0" * 64))
    assert hub.downloads() == 0


def test_a_wrong_pin_does_not_cost_another_program_its_file(hub, weights, checkpoints, body, on_hub):
    path = checkpoints.fetch("denoise-tiny", weights)
    with pytest.raises(WrongWeightsError, match=r"on the Hub, but 00000000… is pinned"):
        checkpoints.fetch("denoise-tiny", on_hub(weights.source.revision, "0" * 64))
    assert path.read_bytes() == body
