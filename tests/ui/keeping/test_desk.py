"""The desk: photos in, results kept, all that the page and the API do without Gradio."""

import json
from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import pytest

import models
from models import pixels
from models.card import Task
from models.errors import BadPictureError, BadSettingError, CannotSaveError, StoppedError, UnknownModelError
from models.method import Window
from models.order import Order
from ratings.records import LICENCE
from ui import gallery
from ui.errors import GoneError, MismatchError
from ui.keeping.region import region_around

REGION = Window(8, 16, 24, 32)
MEDIAN = Order(model="denoise-median")


def picture(path: Path, image: np.ndarray) -> Path:
    pixels.save(pixels.from_array(image), path)
    return path


def files(desk) -> set[Path]:
    return {path for path in desk.shelf.root.rglob("*") if path.is_file()}


def test_an_admitted_photo_is_found_again_with_all_that_is_known_of_it(desk, noisy):
    photo = desk.admit(noisy)
    assert desk.photo(photo.token) == photo
    assert (photo.name, photo.height, photo.width, photo.format) == ("noisy", 60, 80, "PNG")
    np.testing.assert_array_equal(pixels.open(photo.preview).pixels, pixels.open(noisy).pixels)


def test_a_file_that_is_no_photo_leaves_nothing_behind(desk, tmp_path):
    (tmp_path / "note.png").write_text("not a picture")
    with pytest.raises(BadPictureError):
        desk.admit(tmp_path / "note.png")
    assert files(desk) == set()


def test_a_run_gives_what_the_models_give_and_remembers_it(desk, noisy):
    served = desk.run(desk.admit(noisy), Order(model="denoise-median", settings={"size": 5}))
    expected = models.restore("denoise-median", noisy, {"size": 5}).picture.pixels
    np.testing.assert_array_equal(pixels.open(desk.file(served)).pixels, expected)
    again = desk.served(served.token)
    assert replace(again, provenance=served.provenance) == served
    assert again.provenance == json.loads(json.dumps(served.provenance, allow_nan=False))
    assert served.provenance["settings"] == {"size": 5}
    assert served.provenance["output_sha256"] == pixels.open(desk.file(served)).sha256
    assert served.file == "noisy-denoise-median.png"
    rating = desk.store.rate(served.token, "someone", 4, accepted_licence=LICENCE)
    assert rating.result.settings == {"size": 5}
    assert rating.result.default_settings is False
    assert rating.result.input_sha256 == pixels.open(noisy).sha256


def test_a_result_at_default_settings_counts_and_a_region_of_it_does_not(desk, noisy):
    photo = desk.admit(noisy)
    whole = desk.run(photo, MEDIAN)
    part = desk.run(photo, replace(MEDIAN, window=REGION))
    ratings = [
        desk.store.rate(each.token, "someone", 4, accepted_licence=LICENCE).result for each in (whole, part)
    ]
    assert [each.default_settings for each in ratings] == [True, False]
    assert ratings[1].settings == {"size": 3, "region": "8,16,24,32"}
    assert len(list(desk.store.ranked("denoise"))) == 1


def test_a_region_is_the_same_piece_of_the_whole(desk, noisy):
    photo = desk.admit(noisy)
    whole = pixels.open(desk.file(desk.run(photo, MEDIAN))).pixels
    served = desk.run(photo, replace(MEDIAN, window=REGION))
    np.testing.assert_array_equal(pixels.open(desk.file(served)).pixels, whole[8:32, 16:48])
    before = pixels.open(desk.shelf.find(served.token) / served.before).pixels
    np.testing.assert_array_equal(before, pixels.open(noisy).pixels[8:32, 16:48])
    assert served.whole_seconds is not None
    assert served.whole_seconds > 0


@pytest.mark.parametrize(("across", "down"), [(0, 0), (1, 1), (0.5, 0.5), (-3, 9)])
def test_the_region_to_try_lies_in_the_photo(desk, tmp_path, across, down):
    photo = desk.admit(picture(tmp_path / "large.png", np.zeros((700, 520, 3), np.uint8)))
    window = region_around(photo, across, down)
    assert (window.height, window.width) == (512, 512)
    assert 0 <= window.top <= 188
    assert 0 <= window.left <= 8


def test_the_region_of_a_small_photo_is_all_of_it(desk, noisy):
    assert region_around(desk.admit(noisy), 0.9, 0.1) == Window(0, 0, 60, 80)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("region", [None, REGION])
def test_blending_goes_from_the_original_to_the_result(desk, noisy, tmp_path, suffix, region):
    source = picture(tmp_path / f"photo{suffix}", pixels.open(noisy).pixels)
    served = desk.run(desk.admit(source), replace(MEDIAN, window=region))
    after = pixels.open(desk.file(served)).pixels
    rows = slice(8, 32) if region else slice(None)
    columns = slice(16, 48) if region else slice(None)
    before = pixels.open(source).pixels[rows, columns]
    mixed = {
        amount: pixels.open(desk.file(desk.blend(served.token, amount))).pixels for amount in (0, 0.5, 1)
    }
    np.testing.assert_array_equal(mixed[0], before)
    np.testing.assert_array_equal(mixed[1], after)
    half = (before.astype(int) + after) / 2
    assert np.abs(mixed[0.5] - half).max() <= 0.5


def test_a_second_blend_starts_from_the_result_and_not_from_the_first_blend(desk, noisy):
    served = desk.run(desk.admit(noisy), MEDIAN)
    first = desk.blend(served.token, 0.25)
    again = desk.blend(first.token, 1)
    np.testing.assert_array_equal(pixels.open(desk.file(again)).pixels, pixels.open(desk.file(served)).pixels)
    assert again.blend_of == first.blend_of == served.token


def test_a_blend_says_so_and_is_not_ranked(desk, noisy):
    blend = desk.blend(desk.run(desk.admit(noisy), MEDIAN).token, 0.25)
    assert blend.provenance["settings"] == {"size": 3, "blend": 0.25}
    assert blend.provenance["default_settings"] is False
    assert blend.provenance["output_sha256"] == pixels.open(desk.file(blend)).sha256
    desk.store.rate(blend.token, "someone", 4, accepted_licence=LICENCE)
    assert list(desk.store.ranked("denoise")) == []


@pytest.mark.parametrize("task", [Task.DENOISE, Task.DEHAZE, Task.DERUST])
def test_an_example_of_each_task_is_measured_against_its_reference(desk, task):
    from models import registry

    example = gallery.load().by_task(task)[0]
    photo = desk.admit_example(example)
    served = desk.run(photo, Order(model=registry.by_task(task)[0].id, window=region_around(photo, 0.5, 0.5)))
    assert served.quality is not None
    assert 5 < served.quality.psnr_before < 60
    assert 5 < served.quality.psnr_after < 60
    assert served.photo.example == example.id
    rating = desk.store.rate(served.token, None, 3, accepted_licence=LICENCE)
    assert rating.result.input_name == example.id


def test_a_reference_of_another_size_is_refused_with_both_sizes(desk, noisy, tmp_path):
    photo = desk.admit(noisy)
    other = picture(tmp_path / "other.png", np.zeros((61, 80, 3), np.uint8))
    with pytest.raises(MismatchError, match=r"80 × 60 px; it has 80 × 61"):
        desk.with_reference(photo, other)
    assert desk.with_reference(photo, None) is photo


def test_a_photo_is_infinitely_like_itself(desk, noisy):
    photo = desk.with_reference(desk.admit(noisy), noisy)
    served = desk.run(photo, MEDIAN)
    assert served.quality is not None
    assert (served.quality.psnr_before, served.quality.ssim_before) == (inf, pytest.approx(1))
    assert desk.served(served.token).quality == served.quality


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize(("photo_channels", "clean_channels"), [(1, 3), (3, 1)])
def test_a_grey_photo_is_measured_against_a_colour_reference(
    desk, tmp_path, photo_channels, clean_channels, dtype
):
    grey = np.full((40, 40, 3), np.iinfo(dtype).max // 2, dtype)
    photo = desk.admit(picture(tmp_path / "photo.png", grey[..., :photo_channels]))
    clean = picture(tmp_path / "clean.png", grey[..., :clean_channels])
    served = desk.run(desk.with_reference(photo, clean), MEDIAN)
    assert served.quality is not None
    assert served.quality.psnr_before == inf


@pytest.mark.parametrize("size", [(1, 1), (1, 200), (10, 300)])
def test_a_photo_too_small_for_ssim_is_measured_without_it(desk, tmp_path, size):
    noisy = np.random.default_rng(0).integers(0, 255, (*size, 3), np.uint8)
    photo = desk.admit(picture(tmp_path / "photo.png", noisy))
    clean = picture(tmp_path / "clean.png", np.zeros_like(noisy))
    served = desk.run(desk.with_reference(photo, clean), MEDIAN)
    assert served.quality is not None
    assert served.quality.ssim_before is None
    assert served.quality.psnr_after > 0


@pytest.mark.parametrize(
    ("model", "settings", "error"),
    [
        ("denoise-medium", {}, UnknownModelError),
        ("denoise-median", {"size": 4}, BadSettingError),
        ("denoise-median", {"sigma": 4}, BadSettingError),
    ],
)
def test_a_run_that_cannot_be_made_keeps_nothing(desk, noisy, model, settings, error):
    photo = desk.admit(noisy)
    kept = files(desk)
    with pytest.raises(error):
        desk.run(photo, Order(model=model, settings=settings))
    assert files(desk) == kept


def test_a_stopped_run_keeps_nothing(desk, noisy):
    photo = desk.admit(noisy)
    kept = files(desk)
    with pytest.raises(StoppedError):
        desk.run(photo, MEDIAN, stop=lambda: True)
    assert files(desk) == kept


def test_a_result_that_cannot_be_kept_whole_takes_no_space(desk, noisy, monkeypatch):
    photo = desk.admit(noisy)
    kept = files(desk)

    def fail(*_arguments: object) -> None:
        raise CannotSaveError("no space")

    monkeypatch.setattr(pixels, "save_preview", fail)
    with pytest.raises(CannotSaveError):
        desk.run(photo, MEDIAN)
    with pytest.raises(CannotSaveError):
        desk.admit(noisy)
    assert files(desk) == kept


def test_a_result_that_is_gone_is_a_sentence(desk, noisy):
    for call in (desk.served, desk.photo, lambda token: desk.blend(token, 0.5)):
        with pytest.raises(GoneError, match="no longer kept"):
            call("neverdealt")
    photo = desk.admit(noisy)
    with pytest.raises(GoneError):
        desk.served(photo.token)


def test_progress_names_the_steps_in_order(desk, noisy):
    steps: list[str] = []
    desk.run(desk.admit(noisy), MEDIAN, progress=lambda step, _share: steps.append(step))
    assert list(dict.fromkeys(steps)) == ["load", "preprocess", "method", "postprocess", "save"]


def test_a_name_of_many_letters_is_cut_and_kept_readable(desk, noisy):
    photo = desk.admit(noisy, name="锈" * 200)
    served = desk.run(photo, MEDIAN)
    assert served.file.startswith("锈锈锈")
    assert len(served.file.encode()) <= 255
    assert desk.file(served).is_file()
