import hashlib
import json
import tomllib
from dataclasses import dataclass

import pytest

from models import registry
from models.__main__ import main
from models.errors import FetchError
from models.pinning import read_pin
from models.source import Hub

BODY = bytes(range(256)) * 100


@dataclass(frozen=True)
class Ended:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def call(hub, tmp_path, monkeypatch, capsys):
    """Run one command against the local Hub, with `models.toml` of its own."""
    monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
    monkeypatch.setenv("PATINA_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(registry._SHELF, "by_id", dict(registry._SHELF.by_id))

    def run(*arguments: object) -> Ended:
        capsys.readouterr()
        code = main([*map(str, arguments)])
        return Ended(code, *capsys.readouterr())

    return run


def own(model: str, repo: str, revision: str, sha256: str) -> str:
    return (
        f'[models.{model}]\ntitle = "{model}"\narchitecture = "drunet"\nlicence = "MIT"\n'
        f'repo = "{repo}"\nfile = "x.pth"\nrevision = "{revision}"\nsha256 = "{sha256}"\n'
    )


@pytest.fixture
def two_models(hub, tmp_path) -> None:
    """denoise-good is on the Hub as pinned, denoise-bad with another hash; denoise-open is not pinned."""
    good, bad = hub.add("me/good", "x.pth", BODY), hub.add("me/bad", "x.pth", BODY[::-1])
    (tmp_path / "models.toml").write_text(
        own("denoise-good", "me/good", *good)
        + own("denoise-bad", "me/bad", bad[0], "0" * 64)
        + '[models.denoise-open]\ntitle = "Open"\narchitecture = "drunet"\nlicence = "MIT"\n'
        'repo = "me/good"\nfile = "x.pth"\n'
    )


def test_fetch_names_the_failing_model_and_does_the_rest(call, two_models):
    run = call("fetch", "denoise-bad", "denoise-good", "denoise-median")
    assert run.returncode == 1
    assert "denoise-bad: The weights of 'denoise-bad' are not used" in run.stderr
    assert "denoise-good: ready, 0.0 MB" in run.stderr
    assert "1 of 3 failed; the rest is done." in run.stderr
    assert run.stdout == ""


def test_fetch_all_skips_what_is_not_pinned_and_says_so(call, two_models):
    run = call("fetch", "--all")
    assert "denoise-open: not pinned, skipped" in run.stderr
    assert "denoise-good: ready" in run.stderr


def test_fetch_of_an_unknown_model_is_a_wrong_call(call, two_models):
    assert call("fetch", "denoise-god").returncode == 2
    assert call("fetch").returncode == 2


def test_list_tells_each_models_state(call, two_models):
    call("fetch", "denoise-good")
    cards = {card["id"]: card for card in json.loads(call("list", "--json").stdout)}
    assert cards["denoise-good"]["ready"] is True
    assert cards["denoise-bad"]["state"] == "to-download"
    assert cards["denoise-open"]["state"] == "not-pinned"
    assert cards["denoise-median"]["ready"] is True
    assert "to-download  denoise-bad" in call("list").stdout


def test_list_shows_tasks_as_the_tabs_are_and_first_what_is_ready(call, two_models):
    lines = [line.split() for line in call("list").stdout.splitlines()]
    models, states = [line[0] for line in lines], [line[2] for line in lines]
    tasks = [model.partition("-")[0] for model in models]
    assert list(dict.fromkeys(tasks)) == ["denoise", "dehaze", "derust", "generate"]
    assert tasks == sorted(tasks, key=list(dict.fromkeys(tasks)).index)
    for task in set(tasks):
        ready = [state == "ready" for state, each in zip(states, tasks, strict=True) if each == task]
        assert ready == sorted(ready, reverse=True)
    in_order = [card["id"] for card in json.loads(call("list", "--json").stdout)]
    assert in_order == [card.id for card in registry.cards()]


def test_verify_names_what_has_changed(call, two_models, tmp_path):
    call("fetch", "denoise-good")
    run = call("verify")
    assert (run.returncode, run.stderr) == (0, "")
    assert "denoise-good: ready, 0.0 MB have the pinned SHA-256" in run.stdout
    assert "denoise-open: not-pinned" in run.stdout
    (pointer,) = (tmp_path / "hub-cache").rglob("snapshots/*/x.pth")
    pointer.resolve().write_bytes(BODY[1:])
    run = call("verify")
    assert run.returncode == 1
    assert "denoise-good: The weights of 'denoise-good' are not used" in run.stdout


def test_a_mistake_in_models_toml_is_one_sentence_and_a_wrong_call(call, tmp_path):
    (tmp_path / "models.toml").write_text("[modles]")
    run = call("list")
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1


def test_pin_prints_lines_that_work_when_pasted(call, two_models, tmp_path):
    run = call("pin", "denoise-open")
    assert run.returncode == 0, run.stderr
    assert tomllib.loads(run.stdout)["pins"]["denoise-open"]["sha256"] == hashlib.sha256(BODY).hexdigest()
    with (tmp_path / "models.toml").open("a") as file:
        file.write(run.stdout)
    assert "denoise-open: ready" in call("fetch", "denoise-open").stderr


def test_pin_of_a_new_id_prints_a_table_to_complete(call, hub):
    revision, sha256 = hub.add("you/demo", "w/y.pth", BODY, "space")
    run = call("pin", "dehaze-yours", "--repo", "you/demo", "--file", "w/y.pth", "--space")
    table = tomllib.loads(run.stdout)["models"]["dehaze-yours"]
    assert (table["revision"], table["sha256"], table["kind"]) == (revision, sha256, "space")
    assert {"title", "architecture", "licence"} <= table.keys()


def test_pin_that_cannot_reach_its_file_says_why(call, two_models):
    run = call("pin", "denoise-open", "--repo", "me/gone")
    assert run.returncode == 1
    assert "were not read: " in run.stderr
    assert "no repository me/gone" in run.stderr
    assert call("pin", "denoise-median").returncode == 2
    assert call("pin", "mine", "--repo", "me/good", "--file", "x.pth").returncode == 2


def test_a_small_file_is_downloaded_and_hashed_to_be_pinned(hub):
    revision, sha256 = hub.add("me/small", "x.pth", b"small", lfs=False)
    reading = read_pin("denoise-x", Hub("me/small", "x.pth"), endpoint=hub.endpoint)
    assert reading.source.revision == revision
    assert (reading.sha256, reading.bytes) == (sha256, 5)


def test_a_large_file_is_pinned_without_a_download(hub):
    revision, sha256 = hub.add("me/large", "x.pth", BODY)
    reading = read_pin("denoise-x", Hub("me/large", "x.pth"), endpoint=hub.endpoint)
    assert (reading.source.revision, reading.sha256, reading.bytes) == (revision, sha256, len(BODY))
    assert hub.downloads() == 1  # of the repository's description alone


@pytest.mark.parametrize(
    ("how", "sentence"),
    [("gated", "gated"), ("busy", "429"), ("fault", "500"), ("token", "401"), ("stranger", "not as a Hub")],
)
def test_a_hub_that_refuses_to_be_read_is_explained(hub, how, sentence):
    hub.add("me/large", "x.pth", BODY)
    hub.misbehave(how)
    with pytest.raises(FetchError, match=rf"'denoise-x'.*{sentence}"):
        read_pin("denoise-x", Hub("me/large", "x.pth"), endpoint=hub.endpoint)


def test_a_file_that_is_not_in_the_repository_is_named(hub):
    hub.add("me/large", "x.pth", BODY)
    with pytest.raises(FetchError, match=r"no file y\.pth"):
        read_pin("denoise-x", Hub("me/large", "y.pth"), endpoint=hub.endpoint)
