"""`python -m models prepare`, in processes as people start them, with a checkpoint of one's own."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest
from filelock import FileLock

from models import registry
from models.__main__ import main
from models.commands import prepare
from models.runtime import device, loading
from models.runtime.choice import Choice, keep
from models.settings import Settings
from models.workshop import Workshop

ROOT = Path(__file__).parents[2]
ASK = """
import sys
from models.__main__ import main
code = main(["prepare", "dehaze-mine"])
print(code, sorted({"torch", "onnxruntime", "huggingface_hub"} & set(sys.modules)))
"""


def own(model: str, path: Path, sha256: str | None = None) -> str:
    """A table of `models.toml`; the hash is the file's own."""
    sha256 = sha256 or hashlib.sha256(path.read_bytes()).hexdigest()
    return (
        f'[models.{model}]\ntitle = "{model}"\narchitecture = "aodnet"\nlicence = "MIT"\n'
        f'path = "{path}"\nsha256 = "{sha256}"\n'
    )


def begin(data: Path, *command: str, **streams: int) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PATINA_DATA_DIR": str(data), "PATINA_DEVICE": "cpu"}
    return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, text=True, **streams)


def run(data: Path, *command: str) -> tuple[int, str, str]:
    with begin(data, *command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        out, errors = process.communicate()
    return process.returncode, out, errors


@pytest.fixture(scope="module")
def prepared(tiny_checkpoint, tmp_path_factory) -> tuple[Path, str]:
    """A data folder whose one network the command has prepared, and what it said."""
    data = tmp_path_factory.mktemp("prepared")
    (data / "models.toml").write_text(own("dehaze-mine", tiny_checkpoint("aodnet", data)))
    code, out, errors = run(data, "-m", "models", "prepare", "dehaze-mine")
    assert (code, out) == (0, ""), errors
    return data, errors


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Run the command in this process over an own `models.toml`: its exit code, and what it said."""
    monkeypatch.setenv("PATINA_DEVICE", "cpu")
    monkeypatch.setattr(registry._SHELF, "by_id", dict(registry.known()))

    def command(data: Path, *arguments: str) -> tuple[int, str]:
        monkeypatch.setenv("PATINA_DATA_DIR", str(data))
        code = main(["prepare", *arguments])
        return code, capsys.readouterr().err

    return command


@pytest.fixture
def many(tmp_path) -> Path:
    """A data folder with three networks that nobody has prepared; their files hold no weights."""
    tables = ""
    for model in ("dehaze-first", "dehaze-second", "denoise-first"):
        (tmp_path / f"{model}.pth").write_text(model)
        tables += own(model, tmp_path / f"{model}.pth")
    (tmp_path / "models.toml").write_text(tables)
    return tmp_path


def test_a_network_is_prepared_and_its_engine_told(prepared):
    data, said = prepared
    assert said.startswith("dehaze-mine: prepared in ")
    assert " runs it (" in said
    assert len(list((data / "models" / "engines").glob("*.json"))) == 1


def test_the_second_time_nothing_heavy_is_imported(prepared):
    code, out, errors = run(prepared[0], "-c", ASK)
    assert (code, out) == (0, "0 []\n")
    assert errors.startswith("dehaze-mine: prepared before, ")


def test_a_network_that_was_prepared_waits_for_no_lock(prepared, call):
    with FileLock(prepared[0] / "models" / "engines" / "prepare.lock"):
        assert call(prepared[0], "dehaze-mine")[0] == 0


def test_one_that_fails_is_named_and_the_rest_is_done(prepared, call, tmp_path):
    data, _ = prepared
    table = (data / "models.toml").read_text() + own("dehaze-bad", data / "aodnet.safetensors", "0" * 64)
    (tmp_path / "models.toml").write_text(table)
    (tmp_path / "models").symlink_to(data / "models")
    code, said = call(tmp_path, "dehaze-bad", "dehaze-mine", "dehaze-clahe")
    assert code == 1
    assert "dehaze-bad: The weights of 'dehaze-bad' are not used" in said
    assert "dehaze-mine: prepared before" in said
    assert "dehaze-clahe: ready, it has no network" in said


def test_an_unknown_model_is_a_wrong_call(call, tmp_path):
    assert call(tmp_path, "dehaze-mien")[0] == 2


def test_with_nothing_here_nothing_is_done(call, tmp_path, monkeypatch):
    unpinned = [card for card in registry.by_task("generate") if card.weights and not card.weights.pinned]
    monkeypatch.setattr(registry._SHELF, "by_id", registry.index(unpinned))
    assert call(tmp_path, "--task", "generate") == (0, "")


def test_on_a_gpu_there_is_nothing_to_prepare(call, many, monkeypatch):
    monkeypatch.setattr(device, "choose", lambda _: "cuda:0")
    code, said = call(many, "dehaze-first")
    assert (code, said) == (0, "dehaze-first: nothing to prepare, networks run on 'cuda:0' here\n")


def test_what_cannot_be_kept_is_told(call, many, monkeypatch):
    monkeypatch.setattr(Workshop, "prepare", lambda *_: None)
    code, said = call(many, "dehaze-first")
    assert code == 1
    assert "dehaze-first: 'dehaze-first' runs, but what was prepared could not be kept" in said


def test_the_first_of_each_task_come_first(call, many, monkeypatch):
    monkeypatch.setattr(prepare, "_prepare_one", lambda *_: "done")
    _, said = call(many)
    asked = [line.partition(":")[0] for line in said.splitlines()]
    first = [registry.by_task(task)[0].id for task in ("denoise", "dehaze", "derust")]
    assert sorted(asked[:3]) == sorted(first)
    assert {"dehaze-first", "dehaze-second", "denoise-first"} < set(asked[3:])


def test_who_waits_for_a_network_gets_its_turn_between_two_others(call, many, monkeypatch):
    """Nothing is computed: `_choose` notes whose turn it was."""
    turns, first_began, waits = list[str](), Event(), Event()

    def choose(source, place, _progress):
        turns.append(source.model)
        first_began.set()
        assert waits.wait(20)
        keep(Choice(engine="torch", reason="a test"), place.choice)
        return type("Engine", (), {"memory": 1, "close": lambda _: None})()

    def visit():
        assert first_began.wait(20)
        card = registry.get("denoise-first")
        workshop = Workshop(Settings(data_dir=many, device="cpu"))
        with workshop.lend(card, lambda step, _: waits.set() if step == "load network" else None):
            pass

    monkeypatch.setattr(loading, "_choose", choose)
    visitor = Thread(target=visit)
    visitor.start()
    call(many, "dehaze-first", "dehaze-second")
    visitor.join()
    assert turns == ["dehaze-first", "denoise-first", "dehaze-second"]


def test_in_the_background_it_ends_when_standard_input_does(many):
    (many / "models" / "engines").mkdir(parents=True)
    command = ("-m", "models", "prepare", "--background", "0")
    with (
        FileLock(many / "models" / "engines" / "prepare.lock"),
        begin(many, *command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process,
    ):
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(3)  # for the lock that we hold
        process.stdin.close()
        assert process.wait(20) == 1
        assert process.stderr.read() == ""
