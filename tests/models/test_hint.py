"""What a person painted reaches the network, on the pixels where it was painted, and nowhere else."""

import pickle
from importlib import import_module
from pathlib import Path
from threading import Lock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import models
from models import pixels, registry
from models.architectures.families import FAMILIES
from models.card import Card, Task
from models.errors import BadHintError, BadPictureError, TooLargeError
from models.hint import Hint, from_picture, read_hint
from models.method import Filter, Network, Window
from models.order import Order
from models.photo import DecodedPhoto
from models.rack import Loaded
from models.settings import Settings
from models.source import OnDisk, Weights
from models.tilewise import NetworkRun
from models.workshop import Workshop

RANDOM = np.random.default_rng(4)
PHOTO = RANDOM.integers(0, 256, (90, 150, 3), dtype=np.uint8)
UNKNOWN = Weights(source=OnDisk(Path("none")), sha256="0" * 64, licence="none", trained_on="Nothing.")


def marks(height, width):
    return np.random.default_rng(5).integers(-1, 2, (height, width)).astype(np.int8)


def drawn(path, grey, alpha=None):
    """A picture of marks, (h, w) of greys in [0, 255]."""
    picture = pixels.from_array(np.asarray(grey, np.uint8)[..., None])
    pixels.save(picture if alpha is None else with_alpha(picture, alpha), path)
    return path


def with_alpha(picture, alpha):
    return pixels.Picture(
        picture.pixels, np.asarray(alpha, np.uint8), "PNG", icc=None, exif=None, notes=(), sha256=""
    )


def card(model, build, **told):
    task = Task(model.partition("-")[0])
    return Card(id=model, task=task, title="T", summary="S", explanation="E", build=build, **told)


NAMES = ["derust-unet", "derust-recurrent"]


@pytest.fixture
def restore(tiny_weights, monkeypatch, tmp_path):
    """`models.restore` where tiny derusting networks are the models, and a filter."""

    def load(_workshop, wanted, *_):
        from models.runtime.torch_engine import TorchEngine

        file, _, function = wanted.build.module.partition(":")
        make = getattr(import_module(f"models.architectures.{file}"), function)
        module = make(tiny_weights(wanted.id.removeprefix("derust-tiny-")), **wanted.build.options)
        return TorchEngine(module, wanted.build, "cpu")

    cards = [
        card(f"derust-tiny-{name}", FAMILIES[name].network, weights=UNKNOWN, stages=FAMILIES[name].stages)
        for name in NAMES
    ]
    cards.append(card("derust-plain", Filter(lambda image: image, 0)))
    monkeypatch.setattr(registry._SHELF, "by_id", registry.index(cards))
    monkeypatch.setattr(Workshop, "_load", load)
    workshop = Workshop(Settings(data_dir=tmp_path, memory_mib=100))

    def run(model, **asked):
        return models.restore(model, pixels.from_array(PHOTO), workshop=workshop, **asked)

    return run


@pytest.mark.parametrize("name", NAMES)
def test_where_all_is_said_to_be_clean_the_photo_stays_exactly_as_it_was(restore, name):
    changed = restore(f"derust-tiny-{name}").picture.pixels
    assert not np.array_equal(changed, PHOTO)
    clean = restore(f"derust-tiny-{name}", hint=Hint(np.full((90, 150), -1, np.int8)))
    assert np.array_equal(clean.picture.pixels, PHOTO)


def test_what_is_said_of_one_half_keeps_that_half_alone(restore):
    painted = np.zeros((90, 150), np.int8)
    painted[:, 61:] = -1
    restored = restore("derust-tiny-derust-unet", hint=Hint(painted)).picture.pixels
    assert np.array_equal(restored[:, 61:], PHOTO[:, 61:])
    assert not np.array_equal(restored[:, :61], PHOTO[:, :61])


def test_a_region_has_the_marks_of_its_own_pixels(restore):
    painted = np.zeros((90, 150), np.int8)
    painted[40:, 100:] = -1
    part = restore("derust-tiny-derust-unet", hint=Hint(painted), window=Window(30, 90, 40, 50))
    assert np.array_equal(part.picture.pixels[10:, 10:], PHOTO[40:70, 100:140])
    assert not np.array_equal(part.picture.pixels[:10], PHOTO[30:40, 90:140])


def test_a_mask_file_says_the_same_as_the_marks_it_shows(restore, tmp_path):
    painted = marks(90, 150)
    file = drawn(tmp_path / "mask.png", np.choose(painted + 1, [0, 128, 255]))
    one = restore("derust-tiny-derust-unet", hint=file)
    other = restore("derust-tiny-derust-unet", hint=Hint(painted))
    assert np.array_equal(one.picture.pixels, other.picture.pixels)
    assert one.provenance.hint_sha256 == other.provenance.hint_sha256 == Hint(painted).sha256
    assert restore("derust-tiny-derust-unet").provenance.hint_sha256 is None


def test_a_model_that_takes_no_hint_says_so_and_names_those_that_do(restore):
    with pytest.raises(BadHintError, match=r"'derust-plain' takes no .* derust-tiny-derust-unet, "):
        restore("derust-plain", hint=Hint(marks(90, 150)))


@pytest.mark.parametrize("size", [(150, 90), (90, 90), (30, 52), (45, 73)])
def test_a_hint_of_another_shape_is_refused_by_name_with_both_sizes(restore, size):
    with pytest.raises(BadHintError, match=rf"'derust-tiny.* 150 × 90 px.* {size[1]} × {size[0]} px"):
        restore("derust-tiny-derust-unet", hint=Hint(marks(*size)))


class Telling:
    """An engine that gives the photo back with its hint laid over it, and the hint itself as a stage."""

    device, name, precision, memory = "cpu", "telling", "float32", 0

    def __init__(self, batch):
        self.batch = batch

    def run(self, images, conditions):  # noqa: ARG002 # an engine's
        assert images.dtype == np.float32
        assert images.shape[1] == 4
        return images[:, :3] + images[:, 3:], images[:, 3:]

    def close(self):
        pass


def in_tiles(photo, hint, region=None, batch=2):
    """Run `Telling` in small tiles; return what it gave, and the marks that it was given."""
    network = Network(module="-", field_of_view=4, multiple_of=8, hint=True, tile_pixels=6000)
    engine = Loaded(Telling(batch), turn=Lock())
    region = region or Window(0, 0, *photo.shape[:2])
    result = np.full((region.height, region.width, 3), np.nan, np.float32)
    seen = np.full((region.height, region.width), np.nan, np.float32)

    def show(top, left, stages):
        piece = stages["hint"]
        seen[top : top + piece.shape[0], left : left + piece.shape[1]] = piece

    decoded = DecodedPhoto(pixels.from_array(photo))
    run = NetworkRun("derust-telling", network, engine, decoded, (), ("hint",), hint)
    for rows in run.rows(region, show):
        result[rows.top : rows.top + len(rows.pixels)] = rows.pixels
    return result, seen


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("region", [None, Window(33, 20, 150, 200)])
def test_in_tiles_each_mark_falls_on_its_own_pixel(batch, region):
    photo, painted = RANDOM.random((203, 317, 3), np.float32), marks(203, 317)
    result, seen = in_tiles(photo, Hint(painted), region, batch)
    place = np.s_[33:183, 20:220] if region else np.s_[:, :]
    assert np.array_equal(seen, painted[place])
    np.testing.assert_allclose(result, photo[place] + painted[place][..., None], atol=1e-6)


def test_beyond_the_border_marks_are_mirrored_with_the_photo():
    photo, painted = RANDOM.random((13, 19, 3), np.float32), marks(13, 19)
    network = Network(module="-", field_of_view=4, multiple_of=8, hint=True)
    loaded = Loaded(Telling(1))
    run = NetworkRun("x", network, loaded, DecodedPhoto(pixels.from_array(photo)), (), (), Hint(painted))
    tile = run.tile(Window(0, 0, 16, 24))
    expected = np.pad(np.dstack((photo, painted)), ((0, 3), (0, 5), (0, 0)), mode="reflect")
    np.testing.assert_array_equal(tile, expected.transpose(2, 0, 1))


def test_without_a_hint_nobody_said_anything():
    photo = RANDOM.random((203, 317, 3), np.float32)
    assert not in_tiles(photo, None)[1].any()


def test_a_smaller_hint_gives_each_pixel_the_nearest_mark():
    painted = marks(90, 150)
    _, seen = in_tiles(RANDOM.random((270, 450, 3), np.float32), Hint(painted))
    assert np.array_equal(seen, painted.repeat(3, 0).repeat(3, 1))


@settings(deadline=None)
@given(size=st.tuples(st.integers(1, 60), st.integers(1, 60)), data=st.data())
def test_a_window_reads_what_the_whole_has_there(size, data):
    height, width = size
    hint = Hint(marks(data.draw(st.integers(1, 40)), data.draw(st.integers(1, 40))))
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    window = Window(
        top, left, data.draw(st.integers(1, height - top)), data.draw(st.integers(1, width - left))
    )
    whole = hint.read(Window(0, 0, *size), size)
    assert whole.shape == size
    assert whole.dtype == np.float32
    place = np.s_[top : top + window.height, left : left + window.width]
    assert np.array_equal(hint.read(window, size), whole[place])


@settings(deadline=None)
@given(size=st.tuples(st.integers(1, 9000), st.integers(1, 9000)), side=st.integers(1, 1600))
def test_a_photo_reduced_to_any_side_still_has_its_shape(size, side):
    scale = min(1, side / max(size))
    reduced = tuple(max(1, round(each * scale)) for each in size)
    if max(reduced) * min(reduced) < 10**6:
        assert Hint(np.zeros(reduced, np.int8)).fits(size)


def test_grey_and_transparent_places_say_nothing(tmp_path):
    grey, alpha = [[255, 200, 128], [0, 50, 255]], [[255, 255, 255], [255, 255, 0]]
    hint = read_hint(drawn(tmp_path / "mask.png", grey, alpha))
    assert hint.marks.tolist() == [[1, 1, 0], [-1, -1, 0]]


def test_a_mask_of_sixteen_bits_and_three_channels_is_read():
    sixteen = np.array([[[65535] * 3, [30000] * 3, [0] * 3]], np.uint16)
    assert from_picture(pixels.from_array(sixteen)).marks.tolist() == [[1, 0, -1]]


def test_a_file_that_is_no_picture_or_too_large_is_refused(tmp_path):
    (tmp_path / "mask.png").write_text("no picture")
    with pytest.raises(BadPictureError):
        read_hint(tmp_path / "mask.png")
    with pytest.raises(TooLargeError):
        read_hint(drawn(tmp_path / "large.png", np.zeros((200, 200))), max_megapixels=0.01)


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((2, 3, 1), np.int8),
        np.zeros((0, 3), np.int8),
        np.zeros((2, 3), np.float32),
        np.full((2, 3), 2, np.int8),
        np.full((2, 3), -128, np.int8),
    ],
)
def test_other_numbers_are_no_marks(wrong):
    with pytest.raises(BadHintError, match="must be an array"):
        Hint(wrong)


def test_equal_marks_have_one_hash_and_other_shapes_another():
    assert Hint(marks(4, 6)).sha256 == Hint(marks(4, 6).copy()).sha256
    zeros = np.zeros(24, np.int8)
    assert Hint(zeros.reshape(4, 6)).sha256 != Hint(zeros.reshape(6, 4)).sha256


def test_an_order_with_a_hint_crosses_to_another_process():
    order = Order(model="derust-unet", settings={"a": 1}, hint=Hint(marks(3, 4)), stages=True)
    arrived = pickle.loads(pickle.dumps(order))  # noqa: S301 # our own
    assert np.array_equal(arrived.hint.marks, order.hint.marks)
    assert (arrived.model, arrived.settings, arrived.stages) == ("derust-unet", {"a": 1}, True)
