"""Networks on a ZeroGPU Space: the decorator's protocol, played by a module that pickles as a fork would."""

import pickle
import sys
from dataclasses import dataclass, field, replace
from functools import partial
from types import ModuleType

import numpy as np
import pytest

from models import registry, runner
from models.card import Card, Control, Task
from models.errors import BadSettingError, DeviceError, NotPinnedError, StoppedError, UnknownModelError
from models.method import Filter, Generator, Network, Window
from models.order import Order
from models.pixels import from_array
from models.settings import Settings
from models.source import OnDisk, Weights
from models.workshop import Workshop
from ui.errors import ServingError
from ui.hosting import space

ZERO = {"SPACES_ZERO_GPU": "true", "SPACE_ID": "someone/patina"}
PHOTO = from_array(np.random.default_rng(2).integers(0, 256, (300, 400, 3), dtype=np.uint8))


@dataclass
class Zero:
    """What the fake ZeroGPU has been asked for."""

    seconds: list[int] = field(default_factory=list)
    calls: int = 0


@pytest.fixture
def zero(monkeypatch):
    """A module `spaces` whose GPU calls its function with pickled arguments and pickles its result."""
    asked, module = Zero(), ModuleType("spaces")

    def gpu(task, *, duration):
        def lent(*arguments):
            asked.seconds.append(duration(*arguments))
            asked.calls += 1
            try:
                result = task(*pickle.loads(pickle.dumps(arguments)))  # noqa: S301 # our own
            except Exception as error:  # noqa: BLE001 # as ZeroGPU does
                raise RuntimeError(type(error).__name__) from None  # all that ZeroGPU lets through
            return pickle.loads(pickle.dumps(result))  # noqa: S301 # our own

        return lent

    module.GPU = gpu
    monkeypatch.setitem(sys.modules, "spaces", module)
    return asked


class Negative:
    """An engine that gives photos back inverted."""

    device, name, precision, memory, batch = "cpu", "torch", "float32", 1000, 2
    fault: Exception | None = None

    def run(self, images, conditions):  # noqa: ARG002 # an engine's
        if self.fault:
            raise self.fault
        return (1 - images,)

    def close(self):
        pass


def invert(image, *, level):
    return 1 - image


def card(model, build, weights):
    return Card(
        id=model,
        task=Task(model.partition("-")[0]),
        title="T",
        summary="S",
        explanation="E",
        build=build,
        weights=weights,
        controls=(Control(name="level", label="L", kind="number", default=1.0, maximum=5.0),),
    )


def order(model, **asked):
    return Order(model=model, **asked)


@pytest.fixture
def workshop(tmp_path, monkeypatch):
    """A workshop that knows a network, a generator and a plain filter; its engine is `Negative`."""
    weights = Weights(
        source=OnDisk(tmp_path / "w.safetensors"), sha256="0" * 64, licence="MIT", trained_on="X"
    )
    cards = (
        card("denoise-net", Network(module="x:load", field_of_view=4), weights),
        card("generate-net", Generator(module="x:load", latent=8, side=512), weights),
        card("denoise-plain", Filter(invert, field_of_view=0), None),
    )
    monkeypatch.setattr(registry._SHELF, "by_id", registry.index(cards))
    workshop = Workshop(Settings(data_dir=tmp_path, memory_mib=100, preload=("denoise-net",)))
    monkeypatch.setattr(Workshop, "_load", lambda *_: Negative())
    monkeypatch.setattr(type(workshop.checkpoints), "fetch", lambda *_: tmp_path / "w.safetensors")
    return workshop


def test_outside_a_space_it_is_the_runner_itself_and_spaces_is_not_imported(workshop, monkeypatch):
    monkeypatch.setitem(sys.modules, "spaces", None)
    restore = space.lend_gpu(workshop, {})
    assert isinstance(restore, partial)
    assert (restore.func, restore.args, restore.keywords) == (runner.carry_out, (), {"workshop": workshop})


def test_a_space_that_shall_use_its_cpu_borrows_nothing(workshop, zero):
    workshop.settings = replace(workshop.settings, device="cpu")
    restore = space.lend_gpu(workshop, ZERO)
    assert restore.func is runner.carry_out


def test_a_space_without_the_package_is_a_sentence(workshop, monkeypatch):
    monkeypatch.setitem(sys.modules, "spaces", None)
    with pytest.raises(ServingError, match="Python package `spaces` is not there"):
        space.lend_gpu(workshop, ZERO)


def test_on_a_space_auto_is_cuda_though_no_gpu_is_seen():
    assert space.fitting(Settings(), ZERO).device == "cuda"
    assert space.fitting(Settings(device="cpu"), ZERO).device == "cpu"
    assert space.fitting(Settings(), {}).device == "auto"
    assert [space.fitting(Settings(), place).prepare for place in (ZERO, {})] == [False, True]


def test_a_network_runs_on_a_borrowed_gpu_and_a_filter_does_not(workshop, zero):
    restore = space.lend_gpu(workshop, ZERO)
    heard = []
    result = restore(
        order("denoise-net", settings={"level": 2}), PHOTO, progress=lambda *told: heard.append(told)
    )
    assert zero.calls == 1
    assert np.array_equal(result.picture.pixels, 255 - PHOTO.pixels)
    assert result.provenance.settings == {"level": 2.0}
    assert heard == [("method", 0.0), ("method", 1.0)]
    restore(order("denoise-plain"), PHOTO)
    assert zero.calls == 1


def test_stages_and_a_window_cross_to_the_gpu(workshop, zero):
    restore = space.lend_gpu(workshop, ZERO)
    result = restore(order("denoise-net", window=Window(10, 20, 30, 40), stages=True), PHOTO)
    assert result.picture.size == (30, 40)
    assert [stage.slug for stage in result.stages] == ["removed"]
    assert zero.seconds == [space.seconds_for("denoise-net", 1200, workshop.speeds)]


def test_the_duration_grows_with_the_pixels_and_is_bounded(workshop):
    seconds = [space.seconds_for("denoise-net", int(size * 1e6), workshop.speeds) for size in (0.1, 1, 4, 99)]
    assert seconds == sorted(set(seconds))
    assert seconds[0] >= space.START
    assert seconds[-1] == space.LONGEST


def test_a_measured_speed_replaces_the_assumed_one(workshop, zero):
    assumed = space.seconds_for("denoise-net", 2_000_000, workshop.speeds)
    assert assumed == space.START + 2 * space.SAFETY * space.UNKNOWN_SPEED
    restore = space.lend_gpu(workshop, ZERO)
    restore(order("denoise-net"), PHOTO)
    assert space.seconds_for("denoise-net", 2_000_000, workshop.speeds) < assumed


def test_an_error_keeps_its_sentence_and_its_class(workshop, zero, monkeypatch):
    monkeypatch.setattr(Negative, "fault", DeviceError("The GPU was lost."))
    restore = space.lend_gpu(workshop, ZERO)
    with pytest.raises(DeviceError, match=r"The GPU was lost\."):
        restore(order("denoise-net"), PHOTO)


def test_a_wrong_call_borrows_nothing(workshop, zero):
    restore = space.lend_gpu(workshop, ZERO)
    with pytest.raises(BadSettingError, match="'level' must be"):
        restore(order("denoise-net", settings={"level": 9}), PHOTO)
    with pytest.raises(UnknownModelError):
        restore(order("denoise-nothing"), PHOTO)
    with pytest.raises(BadSettingError, match="makes images and restores none"):
        restore(order("generate-net"), PHOTO)
    assert zero.calls == 0


def test_a_stop_before_the_gpu_is_borrowed_is_heeded(workshop, zero):
    restore = space.lend_gpu(workshop, ZERO)
    with pytest.raises(StoppedError):
        restore(order("denoise-net"), PHOTO, stop=lambda: True)
    assert zero.calls == 0


def test_preloaded_networks_are_there_in_the_forked_process(workshop, zero, monkeypatch):
    told = []
    space.preload(workshop, told.append)
    assert told == ["denoise-net: loaded."]
    monkeypatch.setattr(Workshop, "_load", lambda *_: pytest.fail("it was loaded already"))
    restore = space.lend_gpu(workshop, ZERO)
    restore(order("denoise-net"), PHOTO)


def test_a_network_that_cannot_be_preloaded_is_told_and_the_app_starts(workshop, monkeypatch):
    def refuse(*_):
        raise NotPinnedError("no hash")

    monkeypatch.setattr(Workshop, "_load", refuse)
    told = []
    space.preload(workshop, told.append)
    assert told == ["denoise-net was not preloaded. no hash"]


def test_a_name_that_no_model_has_stops_the_start(workshop):
    workshop.settings = replace(workshop.settings, preload=("denoise-nte",))
    with pytest.raises(UnknownModelError, match="did you mean denoise-net"):
        space.preload(workshop, print)


def test_images_are_generated_on_the_processor_of_a_zerogpu_space_and_elsewhere_as_all_else(workshop):
    assert space.own_processor(workshop, {}) is workshop
    own = space.own_processor(workshop, ZERO)
    assert own.settings == replace(workshop.settings, device="cpu")
    assert own.rack is not workshop.rack
