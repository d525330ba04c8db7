"""The gallery is what it says: made from its references by its commands, small, and credited."""

import hashlib
import shlex
import tomllib
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile, get_sampling

from lab.__main__ import main
from lab.degradations import DEGRADATIONS
from models import pixels, registry
from models.card import Task
from models.source import Bundled
from ui.generating.growth import growth_of

GALLERY = Path(__file__).parents[2] / "gallery"
ITEMS: list[dict[str, Any]] = tomllib.loads((GALLERY / "gallery.toml").read_text("utf-8"))["item"]
FILES = sorted({name for item in ITEMS for name in (item["file"], item["reference"])})
_FULL_COLOUR = 0
"""Pillow's word for 4:4:4."""
EACH_ITEM = pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["id"])


@EACH_ITEM
def test_the_command_makes_the_file_from_its_reference(item: dict[str, Any], tmp_path: Path) -> None:
    words = shlex.split(item["command"])
    assert words[:4] == ["python", "-m", "lab", "degrade"]
    assert words[5:7] == [f"gallery/{item['reference']}", f"gallery/{item['file']}"]
    made = tmp_path / Path(item["file"]).name
    assert main(["degrade", words[4], str(GALLERY / item["reference"]), str(made), *words[7:]]) == 0
    shipped = pixels.open(GALLERY / item["file"]).pixels.astype(int)
    assert np.abs(pixels.open(made).pixels - shipped).max() <= 1


@EACH_ITEM
def test_recipe_and_command_say_the_same(item: dict[str, Any]) -> None:
    words = shlex.split(item["command"])[4:]
    sets = dict(word.split("=") for word in words if "=" in word)
    recipe = item["recipe"]
    assert (recipe["task"], item["task"]) == (words[0], words[0])
    assert words[words.index("--seed") + 1] == str(recipe["seed"])
    degradation = DEGRADATIONS[Task(item["task"])]
    assert degradation.settle(sets) == degradation.settle(recipe["settings"])
    assert sets.keys() == recipe["settings"].keys()


@EACH_ITEM
def test_hashes_and_sizes_are_as_listed(item: dict[str, Any]) -> None:
    for name, key in (("file", "sha256"), ("reference", "reference_sha256")):
        found = hashlib.sha256((GALLERY / item[name]).read_bytes()).hexdigest()
        assert found == item[key], f"{item[name]} is {found}: run its command, or put this hash into the toml"
    clean, degraded = (pixels.open(GALLERY / item[name]) for name in ("reference", "file"))
    assert clean.pixels.shape == degraded.pixels.shape
    assert clean.pixels.shape[2] == 3


@EACH_ITEM
def test_words_and_credit_are_there(item: dict[str, Any]) -> None:
    for words in (item["title"], item["alt"]):
        assert words.keys() == {"en", "zh"}
        assert all(words.values())
    assert item["credit"]
    assert item["origin"]
    assert item["licence"] in {"CC-BY-4.0", "CC0-1.0", "public domain"}
    assert item["file"].startswith(f"{item['task']}/")
    assert item["reference"].startswith("clean/")


def test_each_restoration_task_has_five_examples_and_ids_are_unique() -> None:
    for task in DEGRADATIONS:
        assert sum(item["task"] == task for item in ITEMS) >= 5
    assert len({item["id"] for item in ITEMS}) == len(ITEMS)


def test_the_folder_holds_what_is_listed_and_nothing_else() -> None:
    found = {path.relative_to(GALLERY).as_posix() for path in GALLERY.rglob("*") if path.is_file()}
    assert found == {*FILES, *_grown(), "gallery.toml", "README.md"}


def _grown() -> set[str]:
    """Return the files that show how the generators on board grew."""
    files = set[str]()
    for card in registry.by_task(Task.GENERATE):
        if card.weights and isinstance(card.weights.source, Bundled):
            grown = growth_of(card.id)
            assert grown, f"nobody wrote down how '{card.id}' grew"
            names = ["growth.json", *(sheet["file"] for sheet in grown.sheets)]
            files.update(f"growth/{card.id}/{name}" for name in names)
    return files


def test_the_gallery_stays_below_12_megabytes() -> None:
    assert sum(path.stat().st_size for path in GALLERY.rglob("*") if path.is_file()) < 12e6


@pytest.mark.parametrize("name", FILES)
def test_no_picture_is_too_large_or_too_compressed(name: str) -> None:
    with Image.open(GALLERY / name) as picture:
        assert max(picture.size) <= (640 if name.startswith("denoise/") else 1280)
        assert picture.format == ("PNG" if name.startswith("denoise/") else "JPEG")
        if isinstance(picture, JpegImageFile):
            assert get_sampling(picture) == _FULL_COLOUR
            assert sum(picture.quantization[0]) <= sum(_quantization_at(92))


def _quantization_at(quality: int) -> list[int]:
    file = BytesIO()
    Image.new("L", (8, 8)).save(file, "JPEG", quality=quality)
    with Image.open(file) as picture:
        assert isinstance(picture, JpegImageFile)
        return list(picture.quantization[0])


def test_the_readme_credits_every_photo() -> None:
    readme = (GALLERY / "README.md").read_text("utf-8")
    for item in ITEMS:
        row = next(line for line in readme.splitlines() if f"({item['file']})" in line)
        assert all(item[name] in row for name in ("credit", "licence", "origin", "reference"))
