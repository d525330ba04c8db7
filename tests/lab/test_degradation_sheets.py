"""docs/degradations.md and its sheets are what the degradations make today."""

import cv2
import numpy as np
import pytest
from PIL import Image

from lab.sheets import drawing, page
from lab.sheets.rust import strata_map

SHEETS = [sheet for _, sheets in page.CHAPTERS for sheet in sheets]
MOST_BYTES = 1_500_000
QUICK = [sheet for sheet in SHEETS if "rust" not in sheet.name or "second" in sheet.name]
"""The rust of the other sheets takes long to make; tests/gallery makes some of it again."""
BLOCK, MOST_DIFFERENCE = 12, 2
"""Means over blocks of so many pixels differ by so many levels of 255 at most, on average over a cell: JPEG
costs less, another seed of the strongest noise more."""


def blocks(image):
    size = (image.shape[1] // BLOCK, image.shape[0] // BLOCK)
    return cv2.resize(image.astype(np.float32), size, interpolation=cv2.INTER_AREA)


def test_the_page_says_what_the_sheets_are():
    assert page.PAGE.read_text(encoding="utf-8") == page.text(), "Run `python -m lab.sheets`."


@pytest.mark.parametrize("sheet", QUICK, ids=lambda sheet: sheet.name)
def test_a_sheet_shows_the_damage_that_is_made_today(sheet):
    rows = sheet.rows()
    places, width, height = drawing.laid_out(rows)
    with Image.open(page.path_of(sheet)) as file:
        kept = np.asarray(file)
    assert kept.shape == (height, width, 3), "Run `python -m lab.sheets`."
    for place in (place for line in places for place in line):
        high, wide = place.cell.image.shape[:2]
        shown = kept[place.top : place.top + high, place.left : place.left + wide]
        assert np.abs(blocks(shown) - blocks(place.cell.image)).mean() < MOST_DIFFERENCE, place.cell.caption


def test_all_sheets_together_are_light():
    assert sum(page.path_of(sheet).stat().st_size for sheet in SHEETS) < MOST_BYTES


def test_strata_have_a_colour_each():
    thickness = np.array([[0, 0.004, 0.006, 0.06, 0.2, 0.8]])
    colours = [tuple(int(level) for level in colour) for colour in strata_map(thickness)[0]]
    assert colours[0] == colours[1] == (255, 255, 255)
    assert len(set(colours)) == 5
