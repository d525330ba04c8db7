"""What every card must keep, through the real runner; a new card is held to it without a line here."""

from pathlib import Path

import numpy as np
import pytest

import models
from models import pixels, registry, strips
from models.card import Task
from models.errors import BadSettingError
from models.method import WHOLE, Window
from models.provenance import stage_titles
from models.source import Bundled

ALL = registry.cards()
# Those that restore and run without a download; test_every_architecture.py runs the networks of the others.
CARDS = [
    card
    for card in ALL
    if card.task != Task.GENERATE and (card.weights is None or isinstance(card.weights.source, Bundled))
]
EXAMPLES = sorted((Path(__file__).parents[2] / "gallery").glob("de*/*.*"))

every_card = pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)


@pytest.mark.parametrize("card", ALL, ids=lambda card: card.id)
def test_a_card_says_what_people_need(card):
    assert card.title
    assert card.summary.endswith(".")
    assert "\n" not in card.summary
    assert card.explanation.count(".") >= 2
    assert card.formula
    assert card.id == card.id.lower()
    assert all(control.help for control in card.controls)
    assert card.settle({}) == card.defaults


@every_card
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("channels", [1, 3])
def test_depth_shape_and_range_are_kept(card, dtype, channels, astronaut):
    top = 1 if dtype == np.float32 else np.iinfo(dtype).max
    image = (astronaut[100:163, 200:281, :channels] / 255 * top).astype(dtype)
    restored = models.restore(card.id, pixels.from_array(image)).picture.pixels
    assert restored.shape == image.shape
    assert restored.dtype == dtype
    assert np.isfinite(restored).all()
    assert restored.min() >= 0
    assert restored.max() <= top


@every_card
@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (3000, 1), (2, 3)])
def test_extreme_shapes_work(card, size):
    image = np.random.default_rng(4).integers(0, 256, (*size, 3), dtype=np.uint8)
    assert models.restore(card.id, pixels.from_array(image), stages=True).picture.pixels.shape == (*size, 3)


UNEVEN = {"dehaze-unet": 32, "dehaze-recurrent": 32}
"""An even picture is nothing but haze to them; their guess of what is behind differs from place to place."""


@every_card
@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_flat_picture_stays_flat_and_finite(card, value):
    image = np.full((40, 50, 3), value, np.uint8)
    restored = models.restore(card.id, pixels.from_array(image)).picture.pixels
    most = UNEVEN.get(card.id, 2 if card.method == "network" else 1)  # learnt weights are not exactly even
    assert np.ptp(restored.reshape(-1, 3), axis=0).max() <= most


@every_card
def test_strips_show_no_seam(card, monkeypatch, astronaut):
    """The whole photo in one strip, and in many, differ by rounding alone."""
    if card.build.field_of_view == WHOLE:
        pytest.skip("needs the whole photo in one piece")
    picture = pixels.from_array(astronaut)
    whole = models.restore(card.id, picture).picture.pixels
    monkeypatch.setattr(strips, "STRIP_PIXELS", 20_000)
    striped = models.restore(card.id, picture).picture.pixels
    assert np.abs(striped.astype(int) - whole).max() <= 1


@every_card
def test_a_region_is_what_the_whole_would_be_there(card, astronaut):
    picture = pixels.from_array(astronaut)
    whole = models.restore(card.id, picture).picture.pixels
    part = models.restore(card.id, picture, window=Window(90, 140, 130, 150)).picture.pixels
    assert np.abs(part.astype(int) - whole[90:220, 140:290]).max() <= 1


@every_card
def test_stages_are_those_the_card_names(card, astronaut):
    stages = models.restore(card.id, pixels.from_array(astronaut[:96, :96]), stages=True).stages
    assert [stage.slug for stage in stages] == list(stage_titles(card))
    assert all(stage.image.dtype == np.uint8 for stage in stages)


@every_card
def test_every_control_refuses_nonsense_and_takes_its_ends(card, astronaut):
    picture = pixels.from_array(astronaut[:24, :24])
    for control in card.controls:
        for nonsense in ("", "?", None, float("nan"), [1], 1e300):
            with pytest.raises(BadSettingError, match=f"'{control.name}' must be"):
                card.settle({control.name: nonsense})
        ends = control.choices or (control.minimum, control.maximum)
        for end in ends:
            models.restore(card.id, picture, {control.name: end})


@every_card
def test_the_same_photo_gives_the_same_pixels(card, astronaut):
    picture = pixels.from_array(astronaut[:128, :128])
    once = models.restore(card.id, picture).picture.pixels
    np.testing.assert_array_equal(models.restore(card.id, picture).picture.pixels, once)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_gallery_item_goes_through_every_method_of_its_task(example):
    picture = pixels.open(example)
    for card in (card for card in CARDS if card.task == example.parent.name):
        result = models.restore(card.id, picture)
        assert result.picture.size == picture.size
        assert not np.array_equal(result.picture.pixels, picture.pixels)
