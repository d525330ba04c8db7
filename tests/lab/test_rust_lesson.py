"""The lesson of rust: what it draws is true, what a person might paint is, and marks mean what they say."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from lab.degradations.rust import INSIDE
from lab.errors import MaterialError, RecipeError
from lab.training import album, lessons
from lab.training.album import Photo
from lab.training.lesson import Question
from lab.training.rust import UNKNOWN, Rust
from lab.training.rust_hints import painted
from lab.training.rust_marks import examine
from lab.training.rust_sheets import piece, sheet
from lab.training.rust_variety import recast
from models import pixels

CPU = torch.device("cpu")


@pytest.fixture
def photos() -> tuple[Photo, ...]:
    rng = np.random.default_rng(0)
    return tuple(
        Photo(Path(f"{n}.png"), np.full((80, 90, 3), rng.integers(60, 220, 3), np.uint8)) for n in range(3)
    )


@pytest.fixture
def cut_out() -> Photo:
    opacity = np.zeros((30, 30), np.uint8)
    opacity[5:25, 5:25] = 255
    return Photo(Path("cut.png"), np.full((30, 30, 3), (120, 60, 20), np.uint8), opacity)


def drawn(lesson: Rust, photos: tuple[Photo, ...], batch: int = 12) -> dict[str, np.ndarray]:
    return lesson.draw(photos, np.random.default_rng(4), batch, 32)


def test_rust_is_seen_where_the_truth_says_it_is(photos: tuple[Photo, ...]) -> None:
    batch = drawn(Rust(sheets=4, untouched=0), photos, 40)
    changed = np.abs(batch["image"].astype(int) - batch["reference"]).mean(axis=1, keepdims=True)
    clean, thick = batch["cover"] == 0, batch["thickness"] > 0.3
    assert clean.mean() > 0.2
    assert thick.any()
    assert changed[clean].mean() < 4
    assert changed[thick].mean() > 8
    assert np.all(batch["cover"][batch["thickness"] >= INSIDE] == 1)


def test_untouched_patches_have_no_rust(photos: tuple[Photo, ...]) -> None:
    batch = drawn(Rust(sheets=4, untouched=1), photos)
    assert np.array_equal(batch["image"], batch["reference"])
    assert not batch["cover"].any()


def test_of_untouched_patches_those_that_look_like_rust_are_taken() -> None:
    brick, grey = np.full((200, 200, 3), (150, 80, 50), np.uint8), np.full((200, 200, 3), 128, np.uint8)
    batch = drawn(Rust(untouched=1), (Photo(Path("a"), brick), Photo(Path("b"), grey)), 20)
    red = batch["reference"][:, 0].mean(axis=(1, 2)) > batch["reference"][:, 2].mean(axis=(1, 2)) + 40
    assert red.mean() > 0.8


def test_cut_outs_among_the_photos_are_laid_onto_them(photos: tuple[Photo, ...], cut_out: Photo) -> None:
    batch = drawn(Rust(untouched=0, cutouts=1), (*photos, cut_out))
    assert set(np.unique(batch["thickness"])) == {UNKNOWN, 0}
    assert 0.02 < (batch["cover"] == 1).mean() < 0.8


def test_without_cut_outs_there_are_none(photos: tuple[Photo, ...]) -> None:
    assert (drawn(Rust(sheets=4, untouched=0, cutouts=1), photos)["thickness"] >= 0).all()


def test_what_a_person_paints_clean_is_clean() -> None:
    rng = np.random.default_rng(0)
    rusty = np.zeros((64, 64), bool)
    rusty[20:40, 10:50] = True
    hints = [painted(rusty, ~rusty, rng) for _ in range(50)]
    assert {value for hint in hints for value in np.unique(hint)} == {-1, 0, 1}
    assert all(not rusty[hint == -1].any() for hint in hints)
    assert 0.6 < np.mean([rusty[hint == 1].mean() for hint in hints if (hint == 1).any()]) < 1
    assert any((hint == 0).all() or (hint == 0).mean() > 0.5 for hint in hints)


def test_a_piece_of_a_sheet_is_rust_again() -> None:
    whole = sheet(3, 80)
    cut = piece(whole, np.random.default_rng(1), 40)
    assert cut.thickness.shape == (40, 40)
    assert cut.thickness.dtype == np.float32
    light = cut.on(np.full((40, 40, 3), 0.5, np.float32))
    assert light.dtype == np.float32
    assert np.abs(light - 0.5)[cut.thickness < 3e-4].max(initial=0) < 0.01


def test_recast_rust_has_another_colour_and_often_another_front() -> None:
    made = piece(sheet(1, 120), np.random.default_rng(0), 80)
    recasts = [recast(made, np.random.default_rng(seed)) for seed in range(20)]
    assert all(not np.allclose(each.pigment, made.pigment, rtol=0.02) for each in recasts)
    assert all(each.pigment.min() > 0 and each.pigment.max() < 1 for each in recasts)
    smooth = [each for each in recasts if each.thickness is not made.thickness]
    assert 4 < len(smooth) < 16
    assert all(each.thickness.min() == 0 and (each.thickness > INSIDE).any() for each in smooth)


def test_the_mask_alone_learns_from_what_it_lets_through_where_it_is_clean() -> None:
    lesson, cover = Rust(sheets=1), torch.zeros(1, 1, 4, 4)
    cover[..., :2] = 1
    photo, target = torch.full((1, 3, 4, 4), 0.5), torch.full((1, 3, 4, 4), 0.5)
    question = Question((photo, torch.zeros_like(cover)), torch.cat((target, cover, cover), 1))
    mask = torch.full((1, 1, 4, 4), 0.5, requires_grad=True)
    depth = torch.full((1, 1, 4, 4), 0.5)

    def pull(surface: float) -> torch.Tensor:
        image = photo + mask.detach() * surface
        return torch.autograd.grad(lesson.loss((image, mask, depth), question, "l1"), mask)[0]

    harmless, harmful = pull(0.0), pull(0.3)
    assert torch.equal(harmless[..., :2], harmful[..., :2])
    assert (harmful[..., 2:] > harmless[..., 2:] + 0.05).all()


def perfect(photo: np.ndarray, *, truth: bool):
    """A network that answers with the clean colour where it differs, or that does nothing."""

    def run(image: torch.Tensor):
        clean = torch.from_numpy(photo[0, 0].astype(np.float32) / 255).view(1, 3, 1, 1)
        far = ((image - clean).abs().amax(1, keepdim=True) > 0.15).float()
        return (image + (clean - image) * far if truth else image), far, far

    return run


def test_doing_nothing_gains_nothing_and_harms_nothing() -> None:
    wall = np.full((192, 192, 3), (190, 195, 200), np.uint8)
    marks = examine(perfect(wall, truth=False), [wall], [], CPU)
    gains = [marks.figures[name] for name in ("translucent", "partial", "opaque")]
    assert gains == [0, 0, 0]
    assert marks.figures["outside"] == marks.figures["second_outside"] == 80
    assert marks.figures["harm"] == 0
    assert marks.score == 0


def test_taking_rust_off_gains_and_finds(cut_out: Photo) -> None:
    walls = [np.full((192, 192, 3), (190, 195, 200), np.uint8)] * 3
    real = [np.dstack((cut_out.pixels, cut_out.opacity))]  # type: ignore[arg-type]
    marks = examine(perfect(walls[0], truth=True), walls, real, CPU)
    assert marks.figures["opaque"] > 8
    assert marks.figures["second_mask_f1"] > 0.5
    assert marks.figures["real_mask_f1"] > 0.8


@pytest.mark.parametrize(("name", "value"), [("sheets", 0), ("hints", 1.5), ("cutouts", -1)])
def test_settings_out_of_range_are_named(name: str, value: float) -> None:
    with pytest.raises(RecipeError, match=f"'{name}' of the lesson must be from"):
        lessons.lesson("rust", {name: value})


def test_an_album_tells_cut_outs_from_photos(tmp_path: Path, cut_out: Photo) -> None:
    assert cut_out.opacity is not None
    for number in range(3):
        pixels.save(
            pixels.from_array(np.full((40, 40, 3), 50 * number, np.uint8)), tmp_path / f"{number}.png"
        )
    small = pixels.from_array(cut_out.pixels)
    pixels.save(replace(small, alpha=cut_out.opacity), tmp_path / "cut.png")
    told: list[str] = []
    found = album.read([tmp_path], least_side=40, cutouts=True, tell=told.append)
    see_through = [photo for photo in (*found.learning, *found.held_out) if photo.opacity is not None]
    assert [photo.path.name for photo in see_through] == ["cut.png"]
    assert np.array_equal(see_through[0].opacity, cut_out.opacity)
    assert not told
    whole = album.read([tmp_path], least_side=40, cutouts=False, tell=told.append)
    assert all(photo.opacity is None for photo in (*whole.learning, *whole.held_out))
    assert told == ["Left out 1 pictures that are see-through: only rust is learnt from them."]


def test_cut_outs_alone_are_nothing_to_learn_from(tmp_path: Path, cut_out: Photo) -> None:
    for name in "abcd":
        picture = replace(pixels.from_array(cut_out.pixels), alpha=cut_out.opacity)
        pixels.save(picture, tmp_path / f"{name}.png")
    with pytest.raises(MaterialError, match="No photo is left to learn from"):
        album.read([tmp_path], least_side=40, cutouts=True, tell=print)
