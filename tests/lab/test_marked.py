"""Rust that people marked is cut out and learnt from; what they marked is never taken for clean."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lab.__main__ import main
from lab.errors import MaterialError
from lab.training import album, marked
from lab.training.rust import UNKNOWN, Rust
from models import pixels
from ratings.marks import mask
from ratings.marks.credit import Credit
from ratings.marks.export import Sources, export
from ratings.marks.marks import Marks
from ratings.marks.records import Painted, Photo
from ratings.store import Store

RECIPE = """
seed = 1
steps = 3
[network]
module = "derust_unet:DerustUNet"
options = { widths = [4, 6, 8, 8], blocks = 1 }
[lesson]
kind = "rust"
settings = { sheets = 1, untouched = 0, cutouts = 1 }
[training]
patch = 32
batch = 4
learning_rate = 1e-3
"""
WIDTH, HEIGHT = 120, 90


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """An export of what three people painted on a photo: two stains, and a dot too small to learn from."""
    image = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    name = "a" * 64
    (tmp_path / "stimuli").mkdir()
    pixels.save(pixels.from_array(image), tmp_path / "stimuli" / f"{name}.png")
    stains = np.zeros((HEIGHT, WIDTH), bool)
    stains[10:30, 20:50] = stains[60:80, 70:110] = stains[5:8, 100:103] = True
    painted = Painted("rust", "brush", mask.encode(stains))
    photo = Photo(sha256=name, name="wall", width=WIDTH, height=HEIGHT)
    with Store.open(f"sqlite:///{tmp_path}/patina.db") as store:
        marks = Marks(store.database)
        for rater in ("ann", "bob", "cid"):
            marks.on_photo(photo, painted, rater, accepted_licence="CC-BY-4.0")
        sources = Sources(tmp_path / "stimuli", {"wall": Credit("Jo Doe", "CC0-1.0")})
        export(marks, tmp_path / "marks", sources, label="rust")
    return tmp_path / "marks"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(4):
        image = np.random.default_rng(number).integers(90, 110, (80, 80, 3), np.uint8)
        pixels.save(pixels.from_array(image), folder / f"{number}.png")
    return folder


def test_stains_are_cut_out_one_by_one(exported: Path) -> None:
    (photo,) = exported.rglob("*.marked.png")
    first, second = marked.cutouts(photo)
    assert (first.shape, second.shape) == ((24, 34, 4), (24, 44, 4))
    assert (first[..., 3] == 255).sum() == 20 * 30
    image = pixels.open(photo).pixels
    assert np.array_equal(first[..., :3], image[8:32, 18:52])


def test_nothing_in_an_export_is_taken_for_a_clean_photo(exported: Path, photos: Path) -> None:
    said: list[str] = []
    read = album.read([photos, exported], least_side=48, cutouts=True, tell=said.append)
    every = (*read.learning, *read.held_out)
    assert sum(photo.opacity is not None for photo in every) == 2
    assert {photo.path.parent.name for photo in every if photo.opacity is None} == {"photos"}
    assert not said


def test_lesson_without_rust_leaves_out_what_people_marked(exported: Path, photos: Path) -> None:
    read = album.read([photos, exported], least_side=48, cutouts=False, tell=lambda _: None)
    assert {photo.path.parent.name for photo in (*read.learning, *read.held_out)} == {"photos"}


def test_marked_result_without_a_mask_of_rust_is_left_out(exported: Path) -> None:
    (photo,) = exported.rglob("*.marked.png")
    next(exported.rglob("*.rust.png")).unlink()
    assert marked.cutouts(photo) == []


def test_mask_of_another_size_or_broken_is_said(exported: Path) -> None:
    (photo,), (rust,) = exported.rglob("*.marked.png"), exported.rglob("*.rust.png")
    Image.new("1", (5, 5)).save(rust)
    with pytest.raises(MaterialError, match="of another size"):
        marked.cutouts(photo)
    rust.write_bytes(b"no picture")
    with pytest.raises(MaterialError, match="Export the marks anew"):
        marked.cutouts(photo)


def test_what_was_marked_is_laid_onto_clean_photos_and_known_to_be_rust(exported: Path, photos: Path) -> None:
    read = album.read([photos, exported], least_side=48, cutouts=True, tell=lambda _: None)
    drawn = Rust(sheets=1, untouched=0, cutouts=1).draw(read.learning, np.random.default_rng(1), 8, 32)
    rust = np.broadcast_to(drawn["cover"] == 1, drawn["image"].shape)
    assert set(np.unique(drawn["thickness"])) == {UNKNOWN, 0}
    assert drawn["image"][rust].std() > 40, "the marked photo is loud"
    assert drawn["reference"][rust].std() < 25, "the clean ones are not"


def test_deruster_learns_from_exported_marks_by_one_command(
    exported: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe, out = tmp_path / "tiny.toml", tmp_path / "out"
    recipe.write_text(RECIPE, encoding="utf-8")
    data = ["--data", str(photos), str(exported), "--out", str(out)]
    assert main(["train", str(recipe), *data, "--device", "cpu", "--workers", "0"]) == 0
    assert "6 photos to learn from" in capsys.readouterr().out, "four photos and two stains"
    assert list(out.glob("*.safetensors"))
