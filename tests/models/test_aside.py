"""A workshop that has its networks prepared in other processes."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from models import registry, workshop
from models.architectures.families import FAMILIES
from models.aside import prepare_aside
from models.card import Card, Task
from models.errors import StoppedError
from models.runtime import loading
from models.runtime.choice import Choice, keep, name
from models.settings import Settings
from models.source import OnDisk, Weights
from models.workshop import Workshop


@pytest.fixture
def card(tmp_path, monkeypatch) -> Card:
    """A network on disk, for this process and, by `models.toml`, for those it starts."""
    path = tmp_path / "x.pth"
    path.write_bytes(b"no weights")
    sha256 = hashlib.sha256(b"no weights").hexdigest()
    (tmp_path / "models.toml").write_text(
        f'[models.dehaze-x]\ntitle = "x"\narchitecture = "aodnet"\nlicence = "MIT"\n'
        f'path = "x.pth"\nsha256 = "{sha256}"\n'
    )
    monkeypatch.setenv("PATINA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PATINA_DEVICE", "cpu")
    monkeypatch.setattr(registry._SHELF, "by_id", dict(registry.known()))
    weights = Weights(source=OnDisk(path), sha256=sha256, licence="MIT", trained_on="Nothing.")
    return FAMILIES["aodnet"].card(
        id="dehaze-x", task=Task.DEHAZE, title="x", summary="A test.", trained="", weights=weights
    )


@pytest.fixture
def engines(tmp_path) -> Path:
    folder = tmp_path / "models" / "engines"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def loaded(monkeypatch) -> list[str]:
    """The models that this process loads; nothing is computed."""
    models = list[str]()

    def load(model, *_places, **_how):
        models.append(model)
        return type("Engine", (), {"memory": 1, "close": lambda _: None})()

    monkeypatch.setattr(loading, "load", load)
    return models


def own(tmp_path: Path) -> Workshop:
    return Workshop(Settings(data_dir=tmp_path, device="cpu"), aside=True)


def test_a_stop_ends_the_process_that_prepares(card, engines, loaded, tmp_path, capfd):
    steps = []
    lent = own(tmp_path).lend(
        card, lambda step, _: steps.append(step), lambda: "load network" in steps
    )  # its process waits for the lock
    with (
        FileLock(engines / "prepare.lock"),
        pytest.raises(StoppedError, match="while a network was prepared"),
        lent,
    ):
        pass
    assert loaded == []
    assert capfd.readouterr() == ("", "")


def test_what_another_process_could_not_prepare_this_one_loads_and_tells(card, loaded, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(workshop, "prepare_aside", lambda ids, **_: asked.append(ids) or "It failed.")
    with own(tmp_path).lend(card):
        pass
    assert (asked, loaded) == ([["dehaze-x"]], ["dehaze-x"])


def test_where_no_process_can_be_started_this_one_loads(card, loaded, tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(workshop, "prepare_aside", refuse)
    with own(tmp_path).lend(card):
        pass
    assert loaded == ["dehaze-x"]


@pytest.mark.parametrize("change", [{"prepared": True}, {"device": "cuda:0"}])
def test_no_process_is_started_for_what_is_prepared_or_on_a_gpu(
    card, engines, loaded, tmp_path, monkeypatch, change
):
    monkeypatch.setattr(workshop, "prepare_aside", None)  # a call would fail
    lender = own(tmp_path)
    if "device" in change:
        lender.device = change["device"]
        lender.settings = replace(lender.settings, memory_mib=1)
    else:
        stem = name(card.build, card.weights.sha256)
        keep(Choice(engine="torch", reason="a test"), engines / f"{stem}.json")
    with lender.lend(card):
        pass
    assert loaded == ["dehaze-x"]


def test_a_failure_comes_back_as_its_last_line(card, tmp_path):
    said = prepare_aside(["dehaze-x", "dehaze-clahe"])
    assert said.startswith("dehaze-x: ")
    assert "x.pth" in said
    assert prepare_aside(["dehaze-clahe"]) == ""
    assert "did you mean" in prepare_aside(["dehaze-clah"])
