"""What goes wrong with a network: a sentence for the person, and the next run works."""

import hashlib
import pickle
from dataclasses import replace

import numpy as np
import pytest

import models
from models import pixels, registry
from models.architectures.families import FAMILIES
from models.card import Task
from models.errors import DeviceError, OutOfMemoryError, StoppedError, WrongWeightsError
from models.runtime import loading
from models.settings import Settings
from models.source import OnDisk, Weights
from models.workshop import Workshop

GOOD, BAD = "dehaze-good", "dehaze-bad"


class Payload:
    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        return open, (str(self.file), "w")


@pytest.fixture
def workshop(tmp_path):
    return Workshop(Settings(data_dir=tmp_path / "data", device="cpu"))


@pytest.fixture
def install(monkeypatch, tmp_path):
    """`install(id, path)` puts a file of AOD-Net's on a card."""
    monkeypatch.setattr(registry._SHELF, "by_id", dict(registry.known()))
    # torch alone: these tests are not about which engine is faster, and an export takes seconds
    monkeypatch.setattr(loading, "_on_cpu", lambda source, *_: loading._torch_engine(source, "cpu"))

    def put(model, path):
        card = FAMILIES["aodnet"].card(
            id=model,
            task=Task.DEHAZE,
            title=model,
            summary="A test.",
            trained="",
            weights=Weights(
                source=OnDisk(path),
                sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
                licence="none",
                trained_on="Nothing.",
            ),
        )
        registry.admit([card])
        return card

    return put


@pytest.fixture
def good(install, tiny_checkpoint, tmp_path):
    return install(GOOD, tiny_checkpoint("aodnet", tmp_path))


@pytest.fixture
def photo(astronaut):
    return pixels.from_array(astronaut)


def runs(model, photo, workshop):
    return models.restore(model, photo, workshop=workshop).picture.size == photo.size


def another_architecture(tiny_checkpoint, folder):
    return tiny_checkpoint("dncnn", folder)


def not_a_number(tiny_checkpoint, folder):
    from safetensors.torch import load_file, save_file

    weights = load_file(tiny_checkpoint("aodnet", folder))
    name = next(iter(weights))
    weights[name].view(-1)[0] = float("nan")
    save_file(weights, folder / "nan.safetensors")
    return folder / "nan.safetensors"


def a_web_page(_tiny_checkpoint, folder):
    (folder / "page.safetensors").write_text("<!doctype html><title>Sign in</title>", encoding="utf-8")
    return folder / "page.safetensors"


def half_a_file(tiny_checkpoint, folder):
    whole = tiny_checkpoint("aodnet", folder).read_bytes()
    (folder / "half.safetensors").write_bytes(whole[: len(whole) // 2])
    return folder / "half.safetensors"


def a_pickle_that_runs_code(_tiny_checkpoint, folder):
    (folder / "evil.pth").write_bytes(pickle.dumps({"weight": Payload(folder / "was-run")}, protocol=2))
    return folder / "evil.pth"


@pytest.mark.parametrize(
    "make", [another_architecture, not_a_number, a_web_page, half_a_file, a_pickle_that_runs_code]
)
def test_weights_that_are_none_end_in_a_sentence_and_other_models_go_on(
    install, good, workshop, photo, tiny_checkpoint, tmp_path, make
):
    (tmp_path / "bad").mkdir()
    install(BAD, make(tiny_checkpoint, tmp_path / "bad"))
    for _ in range(2):
        with pytest.raises(WrongWeightsError, match=f"'{BAD}'"):
            models.restore(BAD, photo, workshop=workshop)
    assert not (tmp_path / "bad" / "was-run").exists()
    assert runs(GOOD, photo, workshop)


def test_a_flipped_byte_is_found_and_the_mended_file_works_without_a_restart(good, workshop, photo):
    path = good.weights.source.path
    right = path.read_bytes()
    path.write_bytes(right[:-1] + bytes([right[-1] ^ 1]))
    with pytest.raises(WrongWeightsError, match=f"'{GOOD}'"):
        models.restore(GOOD, photo, workshop=workshop)
    path.write_bytes(right)
    assert runs(GOOD, photo, workshop)


def failing_once(monkeypatch, workshop, card, error):
    """Make the loaded engine's second tile raise `error`."""
    with workshop.lend(card) as loaded:
        run, calls = loaded.engine.run, []

        def broken(images, conditions):
            calls.append(1)
            if len(calls) == 2:
                raise error
            return run(images, conditions)

        monkeypatch.setattr(loaded.engine, "run", broken)


@pytest.fixture
def in_tiles(good):
    """The good card, in tiles of 128 × 128 px."""
    card = replace(good, build=replace(good.build, tile_pixels=128 * 128))
    registry.admit([card])
    return card


def test_a_device_lost_in_the_middle_is_said_and_the_next_run_has_a_new_engine(
    in_tiles, workshop, photo, monkeypatch
):
    failing_once(monkeypatch, workshop, in_tiles, DeviceError("The device cuda:0 was lost."))
    with pytest.raises(DeviceError, match="was lost"):
        models.restore(GOOD, photo, workshop=workshop)
    assert workshop.rack.keys() == ()
    assert runs(GOOD, photo, workshop)


def test_memory_that_runs_short_in_the_middle_changes_nothing_in_the_result(
    in_tiles, workshop, photo, monkeypatch
):
    expected = models.restore(GOOD, photo, workshop=workshop).picture.pixels
    failing_once(monkeypatch, workshop, in_tiles, MemoryError())
    result = models.restore(GOOD, photo, workshop=workshop).picture.pixels
    assert np.abs(result.astype(int) - expected).max() <= 1


def test_memory_that_never_suffices_ends_in_a_sentence(in_tiles, workshop, photo, monkeypatch):
    with workshop.lend(in_tiles) as loaded:

        def none(_images, _conditions):
            raise MemoryError

        monkeypatch.setattr(loaded.engine, "run", none)
    with pytest.raises(OutOfMemoryError, match=f"'{GOOD}' does not fit"):
        models.restore(GOOD, photo, workshop=workshop)


def test_a_stop_is_heard_between_tiles(in_tiles, workshop, photo):
    shares = []

    def stop():
        return any(0 < share < 1 for share in shares)

    with pytest.raises(StoppedError):
        models.restore(
            GOOD,
            photo,
            workshop=workshop,
            progress=lambda step, share: shares.append(share) if step == "method" else None,
            stop=stop,
        )
    assert max(shares) < 0.5


def test_a_network_that_memory_is_too_short_to_load_is_a_sentence(good, workshop, photo, monkeypatch):
    def fail(*_):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(Workshop, "_load", fail)
        with pytest.raises(OutOfMemoryError, match=rf"'{GOOD}' was not loaded: .* smaller model"):
            models.restore(GOOD, photo, workshop=workshop)
    assert runs(GOOD, photo, workshop)
