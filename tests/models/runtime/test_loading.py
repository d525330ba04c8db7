"""From a file of weights to a running engine: the one that was measured to be better, chosen once."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from shutil import copyfile
from threading import Thread

import numpy as np
import pytest
import torch
from filelock import FileLock

from models.errors import FetchError, StoppedError, WrongWeightsError
from models.method import Generator
from models.runtime import contest, loading, onnx_export
from models.runtime.choice import name
from models.runtime.contest import Contest
from models.runtime.onnx_engine import OnnxEngine
from models.runtime.torch_engine import TorchEngine

SIZES = [(1, 2, 2), (1, 34, 66), (2, 66, 34), (3, 2, 98), (1, 256, 130)]


@pytest.fixture
def decided(monkeypatch):
    """Decide every contest for onnxruntime where it agrees, whatever this machine is busy with."""
    measured = contest.hold

    def hold(*arguments):
        return replace(measured(*arguments), reference_seconds=2.0, challenger_seconds=1.0)

    monkeypatch.setattr(loading, "hold", hold)


@pytest.fixture(scope="session")
def exported_blur(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("exported") / "blur.onnx"


@pytest.fixture
def export_once(exported_blur, monkeypatch) -> list[str]:
    """Export the network "blur" in the first test only; later ones get a copy. Lists the calls."""
    real, calls = onnx_export.export, list[str]()

    def export(module, build, path):
        calls.append(path.name)
        if not exported_blur.exists():
            real(module, build, exported_blur)
        copyfile(exported_blur, path)

    monkeypatch.setattr(onnx_export, "export", export)
    return calls


def images(count, height, width):
    return np.random.default_rng(1).random((count, 3, height, width), np.float32)


def choice(cache) -> dict:
    (file,) = cache.glob("*.json")
    return json.loads(file.read_text())


def test_both_engines_agree_on_every_size_and_count(sample, tmp_path, decided, export_once):
    blur, cache = sample("blur"), tmp_path / "cache"
    fast = blur.load(cache)
    assert isinstance(fast, OnnxEngine)
    reference = TorchEngine(blur.module(), blur.build, "cpu")
    for size in SIZES:
        given, expected = (engine.run(images(*size), [25.0]) for engine in (fast, reference))
        assert [each.shape for each in given] == [(size[0], 3, *size[1:]), (size[0], 1, *size[1:])]
        for one, other in zip(given, expected, strict=True):
            assert one.dtype == other.dtype == np.float32
            np.testing.assert_allclose(one, other, atol=1e-5)


def test_the_condition_reaches_the_network_in_both_engines(sample, tmp_path, decided, export_once):
    blur = sample("blur")
    for engine in (blur.load(tmp_path / "cache"), TorchEngine(blur.module(), blur.build, "cpu")):
        low, high = (engine.run(images(2, 32, 32), [level])[0] for level in (0.0, 200.0))
        assert (np.abs(low - high).mean(axis=(1, 2, 3)) > 1e-4).all()


def test_the_choice_is_made_once(sample, tmp_path, decided, monkeypatch, export_once):
    blur, cache = sample("blur"), tmp_path / "cache"
    blur.load(cache)
    kept = choice(cache)
    assert kept["engine"] == "onnxruntime"
    assert kept["difference"] < 1e-5
    assert (kept["torch_seconds"], kept["onnxruntime_seconds"]) == (2.0, 1.0)
    monkeypatch.setattr(loading, "_choose", None)  # another choice would call None
    assert blur.load(cache).name == "onnxruntime"


def test_what_was_prepared_is_known_without_loading_it(sample, tmp_path, decided, export_once):
    blur, cache = sample("blur"), tmp_path / "cache"
    assert loading.prepared(blur.build, blur.sha256, cache) is None
    blur.load(cache).close()
    assert loading.prepared(blur.build, blur.sha256, cache).engine == "onnxruntime"
    assert loading.prepared(blur.build, "0" * 64, cache) is None
    (file,) = cache.glob("*.onnx")
    file.write_bytes(file.read_bytes()[:-1])
    assert loading.prepared(blur.build, blur.sha256, cache) is None
    file.unlink()
    assert loading.prepared(blur.build, blur.sha256, cache) is None


def test_a_slower_engine_is_not_chosen_and_not_tried_again(sample, tmp_path, monkeypatch, export_once):
    blur, cache = sample("blur"), tmp_path / "cache"
    monkeypatch.setattr(loading, "hold", lambda *_: Contest(0.0, 1.0, 2.0))
    assert blur.load(cache).name == "torch"
    assert choice(cache)["reason"] == "onnxruntime is not faster"
    assert not list(cache.glob("*.onnx"))
    monkeypatch.setattr(loading, "_choose", None)
    assert blur.load(cache).name == "torch"


def test_an_engine_that_gives_other_pixels_is_not_chosen(sample, tmp_path, decided):
    engine = sample("wandering").load(tmp_path / "cache")
    assert engine.name == "torch"
    kept = choice(tmp_path / "cache")
    assert kept["reason"] == "onnxruntime differs from torch by 0.001"
    assert kept["difference"] == pytest.approx(1e-3, rel=0.01)


def test_a_network_that_cannot_be_exported_is_run_by_torch_and_the_reason_kept(sample, tmp_path, capfd):
    cache = tmp_path / "cache"
    engine = sample("sorting").load(cache)
    assert engine.name == "torch"
    assert engine.run(images(1, 32, 48), [10.0])[0].shape == (1, 3, 32, 48)
    kept = choice(cache)
    assert kept["engine"] == "torch"
    assert "data-dependent" in kept["reason"]
    assert kept["torch_seconds"] is None
    assert not list(cache.glob("*.onnx"))
    assert capfd.readouterr().out == ""


def test_a_network_too_large_for_one_file_is_run_by_torch(sample, tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_export, "LARGEST", 100)
    assert sample("blur").load(tmp_path / "cache").name == "torch"
    assert "more than 100 bytes" in choice(tmp_path / "cache")["reason"]


def test_a_prepared_file_that_changed_is_made_anew(sample, tmp_path, decided, export_once):
    blur, cache = sample("blur"), tmp_path / "cache"
    blur.load(cache).close()
    (file,) = cache.glob("*.onnx")
    whole = file.read_bytes()
    for broken in (whole[: len(whole) // 2], whole[:-9] + b"\x00" + whole[-8:], b""):
        file.write_bytes(broken)
        assert blur.load(cache).name == "onnxruntime"
        assert len(file.read_bytes()) == len(whole)
    file.unlink()
    assert blur.load(cache).name == "onnxruntime"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"engine": "onnxruntime", "colour": 1}'])
def test_a_choice_that_cannot_be_read_is_made_anew(text, sample, tmp_path, decided, export_once):
    blur, cache = sample("blur"), tmp_path / "cache"
    cache.mkdir()
    kept = cache / f"{name(blur.build, blur.sha256)}.json"
    kept.write_text(text)
    assert blur.load(cache).name == "onnxruntime"
    assert choice(cache)["engine"] == "onnxruntime"


def test_a_cache_that_cannot_be_written_leaves_torch(sample, tmp_path):
    (tmp_path / "file").touch()
    engine = sample("blur").load(tmp_path / "file" / "cache")
    assert engine.name == "torch"
    assert engine.run(images(1, 4, 6), [1.0])[0].shape == (1, 3, 4, 6)


def test_a_file_of_weights_that_cannot_be_read_is_said_and_read_once(sample, tmp_path, monkeypatch):
    reads = []

    def refuse(*_):
        reads.append(1)
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("models.runtime.weights_file.read_state", refuse)
    with pytest.raises(FetchError, match=r"'denoise-x' cannot be read: .*Permission denied"):
        sample("blur").load(tmp_path / "cache")
    assert len(reads) == 1


def test_a_stop_is_heard_while_another_process_prepares_a_network(sample, tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    with FileLock(cache / "prepare.lock"), pytest.raises(StoppedError):
        sample("blur").load(cache, stop=lambda: True)


@pytest.mark.parametrize(
    ("build", "found"),
    [
        (Generator(module="dcgan:load", latent=100, side=32), "mat1 and mat2"),
        (Generator(module="dcgan:load", latent=128, side=64), r"of shape \(3, 32, 32\)"),
    ],
    ids=["latent", "side"],
)
def test_a_generator_of_another_latent_or_side_is_refused(build, found, tiny_checkpoint, tmp_path):
    path = tiny_checkpoint("dcgan", tmp_path)
    with pytest.raises(WrongWeightsError, match=f"'generate-x': expected a generator .*{found}"):
        loading.load("generate-x", build, path, "0" * 64, device="cpu", cache=tmp_path / "cache")


def test_nothing_but_the_network_and_its_choice_is_left_in_the_cache(sample, tmp_path, decided, export_once):
    sample("blur").load(tmp_path / "cache")
    assert sorted(file.suffix for file in (tmp_path / "cache").iterdir()) == [".json", ".lock", ".onnx"]


def test_what_a_killed_process_left_half_written_goes(sample, tmp_path, decided, export_once):
    cache = tmp_path / "cache"
    for left in ("export-abc", "choice-def"):
        (cache / left).mkdir(parents=True)
        (cache / left / "part.onnx").write_bytes(b"half")
    sample("blur").load(cache)
    assert not [path for path in cache.iterdir() if path.is_dir()]


def test_what_the_export_depends_on_changes_its_name(sample, architectures):
    blur = sample("blur")
    before = name(blur.build, "0" * 64)
    assert name(blur.build, "1" * 64) != before
    assert name(replace(blur.build, options={"width": 16}), "0" * 64) != before
    assert name(replace(blur.build, module="sample:sorting"), "0" * 64) != before
    assert name(replace(blur.build, multiple_of=4), "0" * 64) != before
    assert name(replace(blur.build, precisions=("float16",)), "0" * 64) == before
    with (architectures / "sample.py").open("a") as file:
        file.write("\n# changed\n")
    assert name(blur.build, "0" * 64) != before


def test_weights_of_another_architecture_are_refused_by_name(sample, tmp_path):
    other = replace(sample("blur"), path=sample("echo").path)
    with pytest.raises(
        WrongWeightsError, match=r"'denoise-x': the file 'echo\.safetensors' holds no weights of 'sample'"
    ):
        other.load(tmp_path / "cache")
    wider = replace(sample("blur"), build=replace(sample("blur").build, options={"width": 8}))
    with pytest.raises(WrongWeightsError):
        wider.load(tmp_path / "cache")


def test_progress_goes_from_nothing_to_all(sample, tmp_path, decided, export_once):
    heard = list[tuple[str, float]]()
    sample("blur").load(tmp_path / "cache", progress=lambda step, share: heard.append((step, share)))
    shares = [share for _, share in heard]
    assert {step for step, _ in heard} == {"load network"}
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


SECOND_PROCESS = """
import sys
from pathlib import Path
from shutil import copyfile
import numpy as np
import models.architectures
from models.method import Network
from models.runtime.loading import load
folder, path, sha256, cache, target = sys.argv[1:]
models.architectures.__path__.append(folder)
build = Network(module="sample:blur", field_of_view=12, multiple_of=2, conditions=("level",))
engine = load("denoise-x", build, Path(path), sha256, device="cpu", cache=Path(cache))
images = np.random.default_rng(1).random((1, 3, 34, 66), np.float32)
np.save(target, engine.run(images, [25.0])[0])
print(engine.name, "torch" in sys.modules)
"""


def test_the_next_process_runs_the_network_without_torch(
    sample, architectures, tmp_path, decided, export_once
):
    blur, cache, target = sample("blur"), tmp_path / "cache", tmp_path / "out.npy"
    expected = blur.load(cache).run(images(1, 34, 66), [25.0])[0]
    command = [sys.executable, "-c", SECOND_PROCESS, architectures, blur.path, blur.sha256, cache, target]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    assert done.stdout.split() == ["onnxruntime", "False"]
    assert done.stderr == ""
    np.testing.assert_array_equal(np.load(target), expected)


def test_two_threads_that_load_at_once_prepare_once(sample, tmp_path, decided, monkeypatch, export_once):
    blur, cache = sample("blur"), tmp_path / "cache"
    names = list[str]()
    threads = [Thread(target=lambda: names.append(blur.load(cache).name)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names == ["onnxruntime"] * 3
    assert len(export_once) == 1


def test_torch_engine_is_what_a_gpu_gets(sample, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.nn.Module, "to", lambda self, *_, **__: self)
    engine = sample("blur", precisions=("float16", "float32")).load(tmp_path / "cache", device="cuda:0")
    assert isinstance(engine, TorchEngine)
    assert (engine.device, engine.precision) == ("cuda:0", "float16")
    assert engine.batch > 1
    assert not (tmp_path / "cache").exists()
