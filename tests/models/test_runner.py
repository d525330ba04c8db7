import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

import models
from models import pixels, registry, runner, strips
from models.card import Card, Control, Task
from models.errors import BadSettingError, StoppedError, UnknownModelError
from models.method import WHOLE, Filter, Output, Survey, Window

ROOT = Path(__file__).parents[2]

NOTHING = Card(
    id="denoise-nothing",
    task=Task.DENOISE,
    title="Nothing",
    summary="Does nothing.",
    explanation="Nothing.",
    build=Filter(lambda image: image, 0),
)


def blur(image, *, size):
    return cv2.blur(image, (size, size))


BLUR = Card(
    id="denoise-blur",
    task=Task.DENOISE,
    title="Blur",
    summary="Blurs.",
    explanation="Blurs.",
    build=Filter(blur, lambda *, size: size // 2),
    controls=(Control(name="size", label="Size", kind="integer", default=5, minimum=3, maximum=9, step=2),),
)


def look(photo, *, level):
    return float(photo.reduced(8).mean()), level


def darken(tile, seen, *, level):
    mean, surveyed_level = seen
    assert surveyed_level == level
    mask = np.full(tile.image.shape[:2], mean, np.float32)
    return Output(tile.image * np.float32(0.5), {"mask": mask})


SURVEYED = Card(
    id="denoise-surveyed",
    task=Task.DENOISE,
    title="Surveyed",
    summary="Looks first.",
    explanation="Looks first.",
    build=Survey(look, darken, 0, swatches=lambda seen: {"mean": np.full((4, 4, 3), seen[0], np.float32)}),
    controls=(
        Control(
            name="level",
            label="Level",
            kind="number",
            default="auto",
            maximum=1,
            estimate=lambda photo: float(photo.read(Window(0, 0, 1, 1))[0, 0, 0]),
        ),
    ),
    stages={"mask": "Mask", "mean": "Mean colour"},
)


@pytest.fixture
def with_cards(monkeypatch):
    """Let the registry know the cards of this file."""
    known = {card.id: card for card in (NOTHING, BLUR, SURVEYED)}
    monkeypatch.setattr(registry, "get", lambda model: known[model])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("channels", [1, 3])
def test_doing_nothing_gives_the_same_pixels(with_cards, dtype, channels):
    rng = np.random.default_rng(1)
    top = 1.0 if dtype == np.float32 else np.iinfo(dtype).max
    image = (rng.random((37, 23, channels)) * top).astype(dtype)
    restored = models.restore("denoise-nothing", pixels.from_array(image))
    np.testing.assert_array_equal(restored.picture.pixels, image)
    assert restored.picture.pixels.dtype == dtype


def test_strips_give_the_same_pixels_as_the_whole(with_cards, monkeypatch, astronaut):
    picture = pixels.from_array(astronaut)
    whole = models.restore("denoise-blur", picture, {"size": 9}).picture.pixels
    monkeypatch.setattr(strips, "STRIP_PIXELS", 9000)
    calls = []
    striped = models.restore(
        "denoise-blur", picture, {"size": 9}, progress=lambda step, share: calls.append((step, share))
    )
    np.testing.assert_array_equal(striped.picture.pixels, whole)
    shares = [share for step, share in calls if step == "method"]
    assert len(shares) > 10
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_region_is_what_the_whole_would_be_there(with_cards, astronaut):
    picture = pixels.from_array(astronaut)
    whole = models.restore("denoise-blur", picture, {"size": 9}).picture.pixels
    part = models.restore("denoise-blur", picture, {"size": 9}, window=Window(100, 30, 60, 400))
    np.testing.assert_array_equal(part.picture.pixels, whole[100:160, 30:430])
    assert part.provenance.window == Window(100, 30, 60, 400)


def test_a_region_of_a_whole_photo_method_is_cut_from_it(with_cards, monkeypatch, astronaut):
    card = replace(BLUR, build=Filter(blur, WHOLE))
    monkeypatch.setattr(registry, "get", lambda _model: card)
    picture = pixels.from_array(astronaut)
    whole = models.restore("denoise-blur", picture).picture.pixels
    part = models.restore("denoise-blur", picture, window=Window(9, 8, 70, 60))
    np.testing.assert_array_equal(part.picture.pixels, whole[9:79, 8:68])


def test_auto_is_replaced_by_what_the_photo_says_and_named(with_cards):
    image = np.full((6, 5, 3), 51, np.uint8)
    provenance = models.restore("denoise-surveyed", pixels.from_array(image)).provenance
    assert provenance.settings["level"] == pytest.approx(0.2)
    assert provenance.estimated == ("level",)
    assert provenance.default_settings


def test_a_turned_knob_is_not_the_default(with_cards):
    image = np.full((6, 5, 3), 51, np.uint8)
    provenance = models.restore("denoise-surveyed", pixels.from_array(image), {"level": 0.5}).provenance
    assert not provenance.default_settings
    assert provenance.estimated == ()


def test_stages_come_in_the_cards_order_and_end_with_what_was_taken_away(with_cards):
    image = np.full((3001, 40, 3), 128, np.uint8)
    stages = models.restore("denoise-surveyed", pixels.from_array(image), stages=True).stages
    assert [stage.slug for stage in stages] == ["mask", "mean", "removed"]
    assert stages[0].image.shape == (1501, 20)
    assert np.all(stages[0].image == 128)
    assert stages[2].gain == 1.0
    assert stages[2].image.mean() == pytest.approx(127.5 + 64, abs=1)


def test_a_stop_ends_the_run(with_cards, astronaut):
    with pytest.raises(StoppedError, match="Stopped"):
        models.restore("denoise-blur", pixels.from_array(astronaut), stop=lambda: True)


def test_settings_are_checked_before_the_photo_is_opened():
    with pytest.raises(BadSettingError):
        models.restore("denoise-median", "no-such-file.png", {"size": 4})
    with pytest.raises(UnknownModelError):
        models.restore("denoise-magic", "no-such-file.png")


def test_saved_result_carries_its_hash(with_cards, photo_file, tmp_path):
    import hashlib

    target = tmp_path / "out.png"
    provenance = models.restore("denoise-nothing", photo_file).save(target).provenance
    assert provenance.output_sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    assert provenance.input_sha256 == hashlib.sha256(photo_file.read_bytes()).hexdigest()
    assert list(provenance.steps) == ["load", "preprocess", "method", "postprocess", "save"]


@pytest.mark.parametrize(("method", "marked"), [("classical", False), ("network", True)])
def test_only_results_of_networks_say_that_a_model_made_them(
    with_cards, photo_file, tmp_path, method, marked
):
    target = tmp_path / "out.jpg"
    restored = runner.restore("denoise-nothing", photo_file)
    replace(restored, provenance=replace(restored.provenance, method=method)).save(target)
    assert (b"compositeWithTrainedAlgorithmicMedia" in target.read_bytes()) is marked


def test_listing_cards_imports_neither_torch_nor_gradio():
    code = "import sys, models; models.cards(); print([m for m in ('torch', 'gradio') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_version_is_the_projects():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    from models.provenance import APP_VERSION

    assert project["version"] == APP_VERSION
