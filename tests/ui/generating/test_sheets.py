"""The Generate tab's pictures as HTML: what is told, what is escaped, what is linked."""

from dataclasses import replace

import pytest

from models import registry
from ui import words
from ui.generating import growth, sheets
from ui.keeping.made import Made, Sheet, Walk

ENGLISH = words.load("en")
MODEL = "generate-fashion-gan"
EVIL = '"><script>alert(1)</script>'


def made(**fields):
    provenance = {
        "settings": {"truncation": 0.8, "seed": 7},
        "steps": {"method": 0.5},
        "weights_sha256": "c0ffee" * 10,
        "device": EVIL,
        "engine": "torch",
    }
    plain = Made("some-token", MODEL, 7, (), "made.png", 28, provenance)
    return replace(plain, **fields)


@pytest.fixture
def evil_title(monkeypatch):
    card = replace(registry.get(MODEL), title=EVIL)
    monkeypatch.setattr(registry._SHELF, "by_id", {**registry.known(), MODEL: card})
    return card


def test_what_others_named_is_escaped(evil_title):
    image = made()
    walk = Walk("walk-token", image, image, 60, 28, 9)
    for html in (
        sheets.sheets([Sheet("sheet-token", MODEL, (image,))], ENGLISH),
        sheets.chosen(image, ENGLISH),
        sheets.ends(image, None, ENGLISH),
        sheets.walk(walk, ENGLISH),
        growth.growths([evil_title], ENGLISH),
    ):
        assert "<script" not in html
    assert "&lt;script&gt;" in sheets.chosen(image, ENGLISH)
    assert "&lt;script&gt;" in growth.growths([evil_title], ENGLISH)


def test_a_sheet_tells_how_long_its_images_took_together_and_offers_them_all():
    html = sheets.sheets([Sheet("sheet-token", MODEL, (made(), made(file="other.png")))], ENGLISH)
    assert "2 images in 1.00 s" in html
    assert 'href="patina/sheet/sheet-token/images.zip"' in html
    assert html.count("data-choice=") == 2


def test_small_images_have_hard_edges_and_an_enlargement_and_large_ones_have_not():
    small, large = sheets.chosen(made(), ENGLISH), sheets.chosen(made(side=512), ENGLISH)
    assert 'class="hard"' in small
    assert "large.png" in small
    assert 'class="soft"' in large
    assert "large.png" not in large


def test_among_others_large_images_are_fetched_small():
    assert sheets.small_url(made()) == "patina/made/some-token/made.png"
    assert sheets.small_url(made(side=1024)) == "patina/made/some-token/small.webp"


def test_nudges_and_a_class_are_told_where_there_are_any():
    provenance = {**made().provenance, "settings": {"class": "goldfish"}}
    told = sheets.chosen(made(nudges=(1.5, -2.0), provenance=provenance), ENGLISH)
    assert "+1.5, -2.0" in told
    assert "goldfish" in told
    assert ENGLISH("generate.nudges") not in sheets.chosen(made(), ENGLISH)


def test_growth_shows_the_weights_on_board_first_and_says_so():
    grown = growth.growth_of(MODEL)
    html = growth.growths([registry.get(MODEL)], ENGLISH)
    kept = [sheet["images"] for sheet in grown.sheets].index(grown.kept)
    assert f'value="{kept}"' in html
    assert html.count("hidden>") == len(grown.sheets) - 1
    assert f"after {grown.kept:,} real images" in html
    assert html.count("<polyline") == 2


def test_a_generator_whose_growth_nobody_wrote_down_is_told_so():
    assert growth.growth_of("generate-biggan-deep-128") is None
    assert ENGLISH("generate.no_growth") in growth.growths([registry.get("denoise-nlm")], ENGLISH)
