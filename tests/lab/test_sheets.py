"""`python -m lab sheet` as a person calls it, and how sheets are drawn."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from lab.__main__ import main
from lab.errors import CannotKeepError
from lab.quality import contestants, listing
from lab.sheets import drawing
from lab.sheets.drawing import Cell, Row
from lab.sheets.view import View
from lab.training.album import listed_names
from models import pixels
from models.errors import OutOfMemoryError

FAST = ["--models", "denoise-mean", "denoise-median"]


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, image in (("cat", data.chelsea()[60:140, 150:250]), ("cup", data.coffee()[:64, :48])):
        pixels.save(pixels.from_array(np.ascontiguousarray(image)), folder / f"{name}.png")
    return folder


def sheet(*words):
    return main(["sheet", *map(str, words)])


def refusal(capsys, *words):
    """Call, which must fail with 2, and return its sentence."""
    capsys.readouterr()
    assert sheet(*words) == 2
    return capsys.readouterr().err


def test_a_row_shows_the_clean_photo_the_damaged_one_and_each_result(photos, tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        drawing, "draw", lambda rows, title: drawn.append((rows, title)) or Image.new("RGB", (9, 9))
    )
    assert sheet("denoise", tmp_path / "out.png", "--data", photos, *FAST) == 0
    ((rows, title),) = drawn
    assert title == "Denoise: White noise, σ = 25"
    assert [row.title for row in rows] == ["cat.png", "cup.png"]
    captions = [cell.caption for cell in rows[0].cells]
    assert captions == ["Clean", "Damaged", "Mean filter", "Median filter"]
    assert np.array_equal(rows[0].cells[0].image, data.chelsea()[60:140, 150:250])
    assert len({cell.image.shape for cell in rows[1].cells}) == 1
    assert all(cell.note.endswith(" dB") for cell in rows[0].cells[1:])


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp"])
def test_the_suffix_decides_the_format(photos, tmp_path, suffix):
    out = tmp_path / f"out{suffix}"
    assert (
        sheet("denoise", out, "--data", photos, "--models", "denoise-mean", "--crop", "32", "--side", "64")
        == 0
    )
    with Image.open(out) as image:
        assert image.format == {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP"}[suffix]


def test_photos_as_they_are_have_no_truth_and_a_list_chooses_them(photos, tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(drawing, "draw", lambda rows, _title: drawn.append(rows) or Image.new("RGB", (9, 9)))
    chosen = tmp_path / "list.txt"
    chosen.write_text("# hazy\ncup.png a cup\n", encoding="utf-8")
    words = ("--data", photos, "--as-is", "--list", chosen, "--models", "dehaze-mean")
    assert sheet("dehaze", tmp_path / "out.png", *words) == 0
    ((row,),) = drawn
    assert [cell.caption for cell in row.cells] == ["The photo", "Mean filter"]
    assert not any(cell.note for cell in row.cells)


def test_what_cannot_be_shown_is_said_in_a_sentence(photos, tmp_path, capsys):
    out, empty = tmp_path / "out.png", tmp_path / "empty"
    empty.mkdir()
    assert "holds no photos" in refusal(capsys, "denoise", out, "--data", empty)
    assert "There is no folder" in refusal(capsys, "denoise", out, "--data", tmp_path / "none")
    assert "one of these suffixes" in refusal(capsys, "denoise", tmp_path / "out.gif", "--data", photos)
    assert "Make it first" in refusal(capsys, "denoise", tmp_path / "none" / "out.png", "--data", photos)
    assert "has no trial 'fog'" in refusal(capsys, "denoise", out, "--data", photos, "--trial", "fog")
    assert "has nothing for" in refusal(
        capsys, "dehaze", out, "--data", photos, "--trial", "indoor", "--models", "dehaze-mean"
    ).replace("have nothing", "has nothing")
    assert "give no --trial" in refusal(
        capsys, "denoise", out, "--data", photos, "--as-is", "--trial", "gaussian-15"
    )
    missing = tmp_path / "list.txt"
    assert "cannot be read" in refusal(capsys, "denoise", out, "--data", photos, "--list", missing)
    missing.write_text("# nothing\n", encoding="utf-8")
    assert "names no photos" in refusal(capsys, "denoise", out, "--data", photos, "--list", missing)
    missing.write_text("dog.png\n", encoding="utf-8")
    assert "None of the 1 files" in refusal(capsys, "denoise", out, "--data", photos, "--list", missing)
    pixels.save(pixels.from_array(data.coffee()[:20, :64].copy()), empty / "small.png")
    assert "No photo is left" in refusal(capsys, "denoise", out, "--data", empty)
    assert not out.exists()


def test_broken_and_tiny_photos_are_named_and_the_rest_is_shown(photos, tmp_path, capsys):
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no photo")
    pixels.save(pixels.from_array(data.coffee()[:8, :8].copy()), photos / "tiny.png")
    assert sheet("denoise", tmp_path / "out.png", "--data", photos, *FAST) == 1
    said = capsys.readouterr().err
    assert "Left out broken.jpg: " in said
    assert "Left out tiny.png: it is 8×8" in said
    assert (tmp_path / "out.png").exists()


def test_a_method_that_fails_is_named_and_the_others_are_shown(photos, tmp_path, monkeypatch, capsys):
    restore = contestants.restore

    def failing(model, *given, **named):
        if model == "denoise-median":
            raise OutOfMemoryError("'denoise-median' does not fit.")
        return restore(model, *given, **named)

    monkeypatch.setattr(contestants, "restore", failing)
    assert sheet("denoise", tmp_path / "out.png", "--data", photos, *FAST) == 1
    assert "cat.png, denoise-median: 'denoise-median' does not fit." in capsys.readouterr().err


def test_no_image_is_stretched_and_all_stand_where_they_should():
    wide, high = np.full((40, 200, 3), 200, np.uint8), np.full((90, 30, 3), 9, np.uint8)
    rows = [Row("first", [Cell(wide, "wide", "a note"), Cell(high, "high")]), Row("", [Cell(high, "again")])]
    made = np.asarray(drawing.draw(rows, "A title"))
    places, width, height = drawing.laid_out(rows, "A title")
    assert made.shape == (height, width, 3)
    for place in (place for line in places for place in line):
        rows_, columns = place.cell.image.shape[:2]
        cut = made[place.top : place.top + rows_, place.left : place.left + columns]
        assert np.array_equal(cut, place.cell.image)


def test_captions_are_broken_between_words_and_never_cover_an_image():
    cell = Cell(np.zeros((20, 40, 3), np.uint8), "a caption that is much longer than its cell is wide")
    lines = drawing._wrapped(cell.caption, 13, 130)
    assert " ".join(lines) == cell.caption
    assert "".join(drawing._wrapped("a_file_name_" * 9, 13, 130)) == "a_file_name_" * 9
    assert all(drawing._font(13).getlength(line) <= 130 for line in drawing._wrapped("long" * 30, 13, 130))
    assert len(lines) > 2
    (above,), (below,) = drawing.laid_out([Row("", [cell]), Row("", [cell])])[0]
    assert below.top - above.top >= 20 + len(lines) * 13


@pytest.mark.parametrize(
    ("view", "size"),
    [
        (View(side=50), (25, 50)),
        (View(side=500), (100, 200)),
        (View(side=80, crop=40), (80, 80)),
        (View(side=50, crop=150), (33, 50)),
    ],
)
def test_a_view_keeps_proportions_and_enlarges_only_pieces(view, size):
    assert view.of(np.zeros((100, 200, 3), np.uint8)).shape == (*size, 3)


def test_a_piece_lies_where_it_was_asked_for_and_inside_the_photo():
    image = np.zeros((100, 200, 3), np.uint8)
    image[40:60, 160:180] = 255
    assert View(side=20, crop=20, at=(0.85, 0.5)).of(image).min() == 255
    assert View(side=20, crop=20, at=(1, 1)).of(image).shape == (20, 20, 3)


def test_a_sheet_too_large_for_its_format_is_refused(tmp_path):
    with pytest.raises(CannotKeepError, match="Take fewer photos"):
        drawing.save(Image.new("RGB", (drawing.MOST_WEBP + 1, 1)), tmp_path / "out.webp")


def test_the_haziest_photos_are_held_out_from_training():
    listed = listing.names(Path(listing.__file__).with_name("haziest.txt"))
    assert len(listed) == 12
    assert listed <= listed_names()
