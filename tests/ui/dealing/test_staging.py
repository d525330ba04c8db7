"""What the Arena shows is the model's result, pixel by pixel, and nothing besides."""

import io
import struct
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

import models
from models import generator, pixels, registry
from models.card import Task
from ratings.stimuli import Stimulus
from ui import gallery
from ui.dealing import staging
from ui.dealing.ring import Ring
from ui.dealing.staging import GRID, GRID_GAP, GRID_SIDE, Owned, contestant_of, plain_png, tiled
from ui.keeping.likeness import likeness

MEDIAN = registry.get("denoise-median")
ALICE = "a" * 64


def chunks(png: bytes) -> list[bytes]:
    """The kinds of a PNG's chunks, in their order."""
    kinds, at = list[bytes](), 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kinds.append(png[at + 4 : at + 8])
        at += length + 12
    return kinds


@pytest.fixture
def shown(ring: Ring) -> Callable[[str | None], np.ndarray]:
    """`shown(sha256)` is a kept picture's pixels; it fails if the file holds anything else."""

    def look(sha256: str | None) -> np.ndarray:
        assert sha256 is not None
        png = ring.stage.pictures.file(sha256).read_bytes()
        assert set(chunks(png)) == {b"IHDR", b"IDAT", b"IEND"}
        return np.asarray(Image.open(io.BytesIO(png)))

    return look


def small(monkeypatch: pytest.MonkeyPatch, side: int) -> None:
    monkeypatch.setattr(staging, "LARGEST_SIDE", side)


def test_a_result_is_shown_as_the_model_made_it(ring, shown, noisy):
    stimulus = ring.stage.restored(MEDIAN, noisy)
    expected = models.restore("denoise-median", noisy).picture.pixels
    np.testing.assert_array_equal(shown(stimulus.shown_sha256), expected)
    np.testing.assert_array_equal(shown(stimulus.original_sha256), pixels.open(noisy).pixels)
    assert (stimulus.height, stimulus.width) == (60, 80)
    assert stimulus.contestant == contestant_of(MEDIAN)
    assert stimulus.owner is None


def test_what_a_photo_tells_of_itself_is_left_out(ring, shown, tmp_path, astronaut):
    told = PngInfo()
    told.add_text("Author", "denoise-median")
    exif = Image.Exif()
    exif[0x9286] = "denoise-median"
    photo = tmp_path / "photo.png"
    Image.fromarray(astronaut[:40, :40]).save(photo, pnginfo=told, exif=exif, dpi=(300, 300))
    assert b"tEXt" in chunks(photo.read_bytes())
    stimulus = ring.stage.restored(MEDIAN, photo)
    shown(stimulus.shown_sha256)
    shown(stimulus.original_sha256)


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "I;16"])
def test_no_model_is_told_by_the_kind_of_its_png(ring, shown, tmp_path, astronaut, mode):
    photo = tmp_path / "photo.png"
    small_photo = Image.fromarray(astronaut[:40, :40])
    if mode == "I;16":
        Image.fromarray(astronaut[:40, :40, 0].astype(np.uint16) * 257).save(photo)
    else:
        small_photo.convert(mode).save(photo)
    kinds = set[tuple[object, ...]]()
    for card in registry.by_task(Task.DENOISE):
        if card.method == "classical":
            stimulus = ring.stage.restored(card, photo)
            pictures = [shown(each) for each in (stimulus.shown_sha256, stimulus.original_sha256)]
            kinds |= {(each.shape, each.dtype) for each in pictures}
    assert len(kinds) == 1


def test_the_same_result_is_one_stimulus(ring, noisy):
    first, second = (ring.stage.restored(MEDIAN, noisy) for _ in range(2))
    assert first == second
    assert len(ring.stage.stimuli.of_task("denoise")) == 1


def test_how_near_an_example_came_to_its_clean_reference_is_kept(ring, shown):
    example = gallery.load().by_task(Task.DENOISE)[0]
    stimulus = ring.stage.restored(MEDIAN, example.file, example=example)
    clean = pixels.open(example.reference).pixels
    after = likeness(clean, shown(stimulus.original_sha256), shown(stimulus.shown_sha256))
    assert stimulus.psnr == pytest.approx(after.psnr_after)
    assert stimulus.ssim == pytest.approx(after.ssim_after)
    assert stimulus.input_name == example.id


def test_of_a_large_own_photo_the_middle_is_compared_pixel_by_pixel(ring, shown, noisy, monkeypatch):
    small(monkeypatch, 50)
    stimulus = ring.stage.restored(MEDIAN, noisy, owned=Owned(ALICE, consent=True))
    assert (stimulus.height, stimulus.width) == (50, 50)
    original = shown(stimulus.original_sha256)
    np.testing.assert_array_equal(original, pixels.open(noisy).pixels[5:55, 15:65])
    whole = models.restore("denoise-median", noisy).picture.pixels[5:55, 15:65]
    margin = 5  # the filter does not look beyond the region
    inner = (slice(margin, -margin), slice(margin, -margin))
    np.testing.assert_array_equal(shown(stimulus.shown_sha256)[inner], whole[inner])
    assert stimulus.settings["region"] == "5,15,50,50"
    assert (stimulus.owner, stimulus.consent) == (ALICE, True)


def test_an_own_photo_is_nobody_elses(ring, noisy):
    own = ring.stage.restored(MEDIAN, noisy, owned=Owned(ALICE, consent=False))
    stimuli = ring.stage.stimuli
    assert stimuli.of_task("denoise") == ()
    assert stimuli.of_task("denoise", owner="b" * 64) == ()
    assert stimuli.of_task("denoise", owner=ALICE) == (own,)
    assert not stimuli.is_public(own.shown_sha256)


def test_an_own_photo_that_expires_while_it_is_prepared_again_is_there(ring, noisy, monkeypatch):
    def prepare() -> Stimulus:
        return ring.stage.restored(MEDIAN, noisy, owned=Owned(ALICE, consent=False))

    stimuli, pictures = ring.stage.stimuli, ring.stage.pictures
    add = type(stimuli).add

    def add_late(self, made):
        assert self.expire_own(timedelta(), pictures.drop) != ()
        return add(self, made)

    prepare()
    monkeypatch.setattr(type(stimuli), "add", add_late)
    again = prepare()
    assert stimuli.of_task("denoise", owner=ALICE) == (again,)
    assert pictures.file(again.shown_sha256).exists()
    assert pictures.file(again.original_sha256).exists()


@pytest.fixture
def grid(ring: Ring, prepared, monkeypatch: pytest.MonkeyPatch) -> Stimulus:
    monkeypatch.setattr(staging.generator, "generate", _with(prepared))
    return ring.stage.grid(registry.get("generate-fashion-gan"), 10)


def _with(workshop):
    generate = generator.generate
    return lambda model, *, seed, count, workshop=workshop: generate(
        model, seed=seed, count=count, workshop=workshop
    )


def test_a_generator_is_shown_by_nine_of_its_images(grid, shown, prepared):
    picture = shown(grid.shown_sha256)
    images = generator.generate("generate-fashion-gan", seed=10, count=9, workshop=prepared)
    for number, made in enumerate(images):
        image = made.picture.pixels
        times = GRID_SIDE // image.shape[0]
        enlarged = image.repeat(times, 0).repeat(times, 1)
        side = enlarged.shape[0]
        top, left = (number // GRID) * (side + GRID_GAP), (number % GRID) * (side + GRID_GAP)
        cell = picture[top : top + side, left : left + side]
        np.testing.assert_array_equal(cell, np.broadcast_to(enlarged, cell.shape))
    assert grid.original_sha256 is None
    assert (grid.settings["seed"], grid.settings["count"]) == (10, 9)
    assert grid.input_name == "Fashion-MNIST (MIT), seeds 10 to 18"


def test_between_the_images_of_a_grid_lies_grey():
    white = [np.full((GRID_SIDE, GRID_SIDE, 3), 255, np.uint8)] * 9
    picture = tiled(white)
    side = GRID * GRID_SIDE + (GRID - 1) * GRID_GAP
    assert picture.shape == (side, side, 3)
    assert set(np.unique(picture[GRID_SIDE : GRID_SIDE + GRID_GAP])) == {128}
    assert (picture == 255).mean() == pytest.approx((GRID * GRID_SIDE / side) ** 2)


def test_generators_that_learnt_from_the_same_are_compared_on_the_same_seeds():
    names = {card.id: staging.grid_name(card, 1) for card in registry.by_task(Task.GENERATE)}
    assert names["generate-fashion-gan"] == names["generate-fashion-modern"]
    assert names["generate-cifar-modern"] == names["generate-cifar-wgan-gp"]
    assert names["generate-fashion-gan"] != names["generate-cifar-modern"]


def test_a_plain_png_is_lossless(astronaut):
    png = plain_png(pixels.from_array(astronaut))
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png))), astronaut)


def test_a_picture_that_cannot_be_kept_leaves_nothing_half_written(tmp_path: Path, monkeypatch):
    from ui.errors import GoneError, StorageError
    from ui.keeping.pictures import StimulusShelf

    shelf = StimulusShelf(tmp_path / "shelf")

    def refuse(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StorageError, match="No space left"):
        shelf.put(b"png")
    assert list(shelf.root.iterdir()) == []
    with pytest.raises(GoneError):
        shelf.file("0" * 64)
