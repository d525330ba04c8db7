"""What is painted in two colours over a photo, and what the page makes of it."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from gradio.exceptions import Error
from PIL import Image

from models import pixels
from models.errors import BadHintError, BadPictureError
from models.method import Window
from ui.keeping.served import Served, Shown
from ui.restoring import strokes
from ui.restoring.hint_input import HintInput
from ui.wiring.lending import lend

ORANGE, BLUE = (255, 106, 0), (10, 132, 255)


def layer(path: Path, height: int, width: int, *strokes_: tuple) -> Path:
    """A layer as the page exports it: RGBA, strokes as (rows, columns, colour, alpha)."""
    image = np.zeros((height, width, 4), np.uint8)
    for rows, columns, colour, alpha in strokes_:
        image[rows, columns] = (*colour, alpha)
    Image.fromarray(image).save(path)
    return path


def test_orange_is_rust_blue_is_none_and_the_rest_is_left_open(tmp_path):
    path = layer(
        tmp_path / "a.png",
        8,
        10,
        (slice(0, 3), slice(0, 4), ORANGE, 140),
        (slice(5, 8), slice(6, 10), BLUE, 140),
        (slice(4, 5), slice(0, 10), ORANGE, 20),
    )
    marks = strokes.hint([path]).marks
    expected = np.zeros((8, 10), np.int8)
    expected[:3, :4], expected[5:, 6:] = 1, -1
    assert np.array_equal(marks, expected)


def test_a_stroke_over_another_prevails(tmp_path):
    """Colours of a stroke that lets 45 % of an earlier one through, as the browser mixes them."""
    share = strokes.OPACITY / (1 - (1 - strokes.OPACITY) ** 2)
    blue_over = tuple(round(share * b + (1 - share) * a) for a, b in zip(ORANGE, BLUE, strict=True))
    orange_over = tuple(round(share * a + (1 - share) * b) for a, b in zip(ORANGE, BLUE, strict=True))
    everywhere = slice(None)
    assert (
        strokes.hint([layer(tmp_path / "a.png", 2, 3, (everywhere, everywhere, blue_over, 203))]).marks == -1
    ).all()
    assert (
        strokes.hint([layer(tmp_path / "b.png", 2, 3, (everywhere, everywhere, orange_over, 203))]).marks == 1
    ).all()


def test_nothing_painted_is_no_hint(tmp_path):
    assert strokes.hint([]) is None
    assert strokes.hint([layer(tmp_path / "a.png", 4, 4)]) is None


def test_layers_of_several_sizes_are_refused(tmp_path):
    one, other = layer(tmp_path / "a.png", 4, 4), layer(tmp_path / "b.png", 4, 5)
    with pytest.raises(BadHintError, match="one size"):
        strokes.hint([one, other])


def test_a_layer_that_is_no_picture_is_refused(tmp_path):
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(BadPictureError):
        strokes.hint([tmp_path / "a.png"])


def photo(desk, tmp_path, height, width, orientation=1):
    """An admitted photo whose upper left quarter, as one sees it, is red."""
    seen = np.full((height, width, 3), 128, np.uint8)
    seen[: height // 2, : width // 2] = (200, 0, 0)
    stored = np.rot90(seen, 1) if orientation == 6 else seen
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(stored)).save(tmp_path / "p.jpg", quality=95, exif=exif)
    return desk.admit(tmp_path / "p.jpg")


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("size", [(60, 100), (1500, 2200), (2000, 900)])
def test_the_canvas_is_upright_light_and_its_marks_fall_on_the_photo(desk, tmp_path, size, orientation):
    admitted = photo(desk, tmp_path, *size, orientation)
    file = strokes.canvas(admitted)
    shown = pixels.open(file).pixels
    assert max(shown.shape) == min(max(size), strokes.CANVAS_SIDE)
    assert file.stat().st_size < 400_000
    path = tmp_path / "layer.png"
    alpha = np.where(shown[..., 0] > shown[..., 1] + 60, 140, 0).astype(np.uint8)
    Image.fromarray(np.dstack((np.broadcast_to(np.uint8(ORANGE), shown.shape), alpha))).save(path)
    hint = strokes.hint([path])
    assert hint.fits(size)
    marks = hint.read(Window(0, 0, *size), size)
    assert marks[: size[0] // 2 - 6, : size[1] // 2 - 6].min() == 1
    assert marks[size[0] // 2 + 6 :].max() == 0
    assert marks[:, size[1] // 2 + 6 :].max() == 0


def served(desk, tmp_path, admitted, mask, window=None):
    """A result whose run has found `mask`."""
    folder = desk.shelf.new("result")
    folder.mkdir(exist_ok=True)
    cv2.imwrite(str(folder / "stage-1-rust-mask.png"), mask)
    stage = Shown("rust-mask", "Rust mask", 1.0, "stage-1-rust-mask.png")
    height, width = mask.shape
    provenance = {"window": window}
    return (
        Served("t", admitted, "derust-x", "f", "b", "a", height, width, (stage,), provenance, quality=None),
        folder,
    )


def test_the_mask_that_was_found_comes_back_as_orange_strokes(desk, tmp_path):
    admitted = photo(desk, tmp_path, 80, 120)
    mask = np.zeros((80, 120), np.uint8)
    mask[10:40, 20:70] = 255
    hint = strokes.hint([strokes.found(*served(desk, tmp_path, admitted, mask))])
    assert np.array_equal(hint.marks, (mask > 0).astype(np.int8))


def test_a_regions_mask_is_laid_where_the_region_is(desk, tmp_path):
    admitted = photo(desk, tmp_path, 80, 120)
    window = {"top": 30, "left": 50, "height": 40, "width": 60}
    made = served(desk, tmp_path, admitted, np.full((40, 60), 255, np.uint8), window)
    expected = np.zeros((80, 120), np.int8)
    expected[30:70, 50:110] = 1
    assert np.array_equal(strokes.hint([strokes.found(*made)]).marks, expected)


def test_a_method_without_a_mask_gives_no_layer(desk, tmp_path):
    made, folder = served(desk, tmp_path, photo(desk, tmp_path, 80, 120), np.zeros((8, 12), np.uint8))
    assert strokes.found(replace(made, stages=()), folder) is None


def test_the_page_hands_over_marks(tmp_path):
    path = lend(layer(tmp_path / "a.png", 4, 6, (slice(0, 2), slice(0, 3), BLUE, 140)))
    painted = HintInput()
    assert painted.preprocess({"layers": [path]}).marks.sum() == -6
    for nothing in (None, {}, {"layers": []}, {"layers": "text"}, [path], "text"):
        assert painted.preprocess(nothing) is None


@pytest.mark.parametrize("path", ["/etc/passwd", "/dev/zero", "../../etc/passwd"])
def test_files_of_the_system_are_no_strokes(path):
    with pytest.raises(Error, match="Expected an uploaded photo"):
        HintInput().preprocess({"layers": [path]})


def test_a_tampered_layer_is_a_sentence(tmp_path):
    (tmp_path / "a.png").write_bytes(b"junk")
    with pytest.raises(Error, match="picture"):
        HintInput().preprocess({"layers": [lend(tmp_path / "a.png")]})
