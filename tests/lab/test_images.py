"""What generators learn from: folders of all sorts, files of many images, and how likeness is measured."""

import json
import re
import struct

import numpy as np
import pytest
import torch

from lab.errors import MaterialError, RecipeError
from lab.generating import likeness
from lab.generating.images import Images, sheet
from lab.training import album, idx
from lab.training.album import Photo

COLOURED, GREY = "generate-cifar-modern", "generate-fashion-gan"


def read(folder) -> album.Album:
    return album.read([folder], least_side=8, cutouts=False, tell=print)


def counts(out) -> dict[str, int]:
    return json.loads((out / "training.json").read_text(encoding="utf-8"))["photos"]


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(shape).integers(256, size=shape, dtype=np.uint8)


def test_a_folder_with_one_image_is_learnt_from_without_examinations(train, save_png, tmp_path):
    save_png(tmp_path / "data" / "only.png", noise(32, 32, 3))
    assert train(COLOURED, tmp_path / "data", tmp_path / "out", steps=2) == 0
    assert counts(tmp_path / "out") == {"learnt_from": 1, "held_out": 0}
    assert not list((tmp_path / "out").glob("made-*.png"))


@pytest.mark.parametrize("recipe", [COLOURED, GREY])
def test_a_folder_of_all_sorts_is_learnt_from(recipe, train, save_png, save_idx, tmp_path, capsys):
    folder = tmp_path / "data"
    for number, shape in enumerate([(40, 60, 3), (100, 9, 3), (30, 20, 1), (32, 32, 4), (32, 32, 3)]):
        save_png(folder / f"{number}.png", noise(*shape))
    save_png(folder / "tiny.png", noise(7, 9, 3))
    (folder / "broken.jpg").write_bytes(b"no photo")
    (folder / "words.txt").write_text("no photo either")
    save_idx(folder / "train-images-idx3-ubyte", noise(5, 28, 28))
    assert train(recipe, folder, tmp_path / "out", steps=2) == 0
    said = capsys.readouterr().out
    assert re.search(r"Left out '.*broken\.jpg'", said)
    assert re.search(r"Left out '.*tiny\.png': it is 9×7, and must have 8 pixels on each side", said)
    assert "Left out 1 pictures that are see-through" in said
    assert sum(counts(tmp_path / "out").values()) == 9


def test_a_folder_of_broken_files_gets_a_sentence(train, tmp_path, capsys):
    (tmp_path / "data").mkdir()
    assert train(COLOURED, tmp_path / "data", tmp_path / "out") == 2
    said = capsys.readouterr().err
    assert "holds no photos" in said
    assert "…-images-idx3-ubyte" in said
    (tmp_path / "data" / "a.png").write_bytes(b"no photo")
    assert train(COLOURED, tmp_path / "data", tmp_path / "out") == 2
    assert "No photo is left to learn from: 1 found, 0 of them" in capsys.readouterr().err
    (tmp_path / "data" / "train-images-idx3-ubyte").write_bytes(b"nothing")
    assert train(COLOURED, tmp_path / "data", tmp_path / "out") == 2
    assert "Expected images in the IDX form" in capsys.readouterr().err


def test_images_too_small_for_a_lesson_are_left_out(clothes):
    said: list[str] = []
    with pytest.raises(MaterialError, match="No photo is left"):
        album.read([clothes], least_side=48, cutouts=False, tell=said.append)
    assert "28×28, and must have 48 pixels" in said[0]


@pytest.mark.parametrize("part", ["t10k", "test"])
def test_images_of_a_test_part_are_held_out(part, save_idx, save_png, tmp_path):
    save_idx(tmp_path / "train-images-idx3-ubyte.gz", noise(6, 9, 9))
    save_idx(tmp_path / f"{part}-images-idx3-ubyte", noise(4, 9, 9))
    save_png(tmp_path / f"{part}-photo.png", noise(9, 9, 3))
    found = read(tmp_path)
    assert (len(found.learning), len(found.held_out)) == (7, 4)
    assert {photo.path.parent.name for photo in found.held_out} == {f"{part}-images-idx3-ubyte"}
    assert {photo.pixels.shape for photo in found.held_out} == {(9, 9, 3)}


def test_a_file_beside_its_packed_twin_is_read_once(save_idx, tmp_path):
    images = noise(30, 9, 9)
    for name in ("train-images-idx3-ubyte", "train-images-idx3-ubyte.gz"):
        save_idx(tmp_path / name, images)
    found = read(tmp_path)
    assert len(found.learning) + len(found.held_out) == 30


def test_sets_of_equal_shape_have_different_fingerprints(save_idx, tmp_path):
    prints = set()
    for level in (1, 1, 2):
        save_idx(tmp_path / "train-images-idx3-ubyte", np.full((3, 9, 9), level, np.uint8))
        prints.add(read(tmp_path).fingerprint())
    assert len(prints) == 2


def test_pictures_of_any_size_become_squares(save_png, tmp_path):
    for name, size in (("wide", (40, 60, 3)), ("small", (9, 9, 3)), ("grey", (30, 20, 1))):
        save_png(tmp_path / f"{name}.png", np.full(size, 200, np.uint8))
    found = album.squared(read(tmp_path), 16)
    photos = [*found.learning, *found.held_out]
    assert [photo.pixels.shape for photo in photos] == [(16, 16, 3)] * 3
    assert all((photo.pixels == 200).all() for photo in photos)


HEADER = struct.pack(">4I", 0x0803, 5, 28, 28)
HUGE = struct.pack(">4I", 0x0803, 2**32 - 1, 2**32 - 1, 100)  # were they −1 and −1, 100 bytes would do


@pytest.mark.parametrize("content", [b"", b"nothing", HEADER, HEADER + bytes(100), HUGE + bytes(100)])
def test_a_broken_file_of_images_is_named(content, tmp_path):
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(MaterialError, match=r"IDX form in .*train-images"):
        idx.images(path)


@pytest.mark.parametrize("content", [b"", b"\x1f\x8bno", b"no gzip"])
def test_a_broken_packed_file_is_named(content, tmp_path):
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(content)
    with pytest.raises(MaterialError, match="train-images"):
        idx.images(path)


def test_the_grey_of_a_colour_photo_is_its_luminance(tmp_path):
    image = noise(16, 16, 3)
    drawn = Images(grey=True, mirrored=False).draw([Photo(tmp_path, image)], np.random.default_rng(0), 2, 16)[
        "real"
    ]
    luminance = image @ np.array([0.299, 0.587, 0.114])
    assert drawn.shape == (2, 1, 16, 16)
    assert np.abs(drawn - luminance).max() <= 0.51


def test_half_of_the_images_are_mirrored_where_they_should_be(tmp_path):
    image = noise(16, 16, 3)
    for mirrored in (True, False):
        drawn = Images(mirrored=mirrored).draw([Photo(tmp_path, image)], np.random.default_rng(0), 100, 16)[
            "real"
        ]
        turned = [np.array_equal(each.transpose(1, 2, 0), image[:, ::-1]) for each in drawn]
        straight = [np.array_equal(each.transpose(1, 2, 0), image) for each in drawn]
        assert sum(turned) + sum(straight) == 100
        assert 30 < sum(turned) < 70 if mirrored else not any(turned)


@pytest.mark.parametrize("setting", ["grey", "mirrored"])
def test_a_setting_that_is_neither_true_nor_false_is_refused(setting):
    with pytest.raises(RecipeError, match=f"'{setting}' of the lesson must be true or false; found 1"):
        Images(**{setting: 1})


class Making(torch.nn.Module):
    """A generator of grey images of 8 pixels, all of them `made`; None: as grey as the latent says."""

    latent = 3

    def __init__(self, made: float | None = None) -> None:
        super().__init__()
        self.made = made

    def forward(self, latent):
        level = latent[:, 0].sigmoid() if self.made is None else torch.full((len(latent),), self.made)
        return level.view(-1, 1, 1, 1).expand(-1, 1, 8, 8)


@pytest.fixture
def photos(tmp_path) -> list[Photo]:
    return [Photo(tmp_path, np.full((8, 8, 3), level, np.uint8)) for level in range(0, 255, 5)]


def test_a_generator_of_one_image_is_hopeless(photos):
    device = torch.device("cpu")
    lively, dull = (Images(grey=True).examine(Making(made), photos, device) for made in (None, 0.5))
    assert lively.hopeless == ""
    assert lively.figures["variety"] > 0.5
    assert dull.figures["variety"] == 0
    assert "collapsed" in dull.hopeless


def test_pixels_that_are_no_numbers_give_figures_that_are_none(photos):
    marks = Images(grey=True).examine(Making(float("nan")), photos, torch.device("cpu"))
    assert np.isnan([marks.score, *marks.figures.values()]).all()


def test_unlikeness_is_nothing_for_the_same_and_grows_with_the_difference():
    rng = np.random.default_rng(0)
    images = rng.uniform(size=(64, 1, 28, 28))
    near, far = images + 0.02 * rng.normal(size=images.shape), images / 2
    same, little, much = (likeness.distance(images, other) for other in (images, near, far))
    assert same < 1e-6 < little < much


def test_where_something_is_matters_for_likeness():
    left = np.zeros((64, 1, 28, 28))
    left[..., 8:12] = np.random.default_rng(0).uniform(size=(64, 1, 28, 4))
    assert likeness.distance(left, np.roll(left, 8, axis=-1)) > 1


def test_the_frechet_distance_of_gaussians_is_its_formula():
    rng = np.random.default_rng(0)
    one, other = rng.normal(0, 1, (200_000, 2)), rng.normal((1, 2), (2, 3), (200_000, 2))
    assert likeness.frechet(one, other) == pytest.approx(1 + 4 + (1 - 2) ** 2 + (1 - 3) ** 2, rel=0.02)


def test_a_sheet_shows_its_images_in_rows():
    shown = sheet(np.linspace(0, 1, 16)[:, None, None, None] * np.ones((16, 1, 4, 4)))
    assert shown.shape == (8, 32, 3)
    assert shown[0, 0, 0] == 0
    assert shown[-1, -1, 2] == 255
