import json
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from models import generator, registry
from models.architectures.families import FAMILIES
from models.card import Task
from models.errors import BadSettingError, OutOfMemoryError
from models.latents import LARGEST_SEED, Point
from models.settings import Settings
from models.source import Bundled, OnDisk, Weights
from models.workshop import Workshop

MODEL = "generate-squares"


class Squares:
    """An engine that makes squares as grey as the first number of a latent says, `fits` at once."""

    device, name, precision, memory, batch = "cpu", "torch", "float32", 0, 8

    def __init__(self, fits=8):
        self.fits = fits
        self.counts = []

    def run(self, images, conditions):
        assert conditions == []
        self.counts.append(len(images))
        if len(images) > self.fits:
            raise MemoryError
        grey = 1 / (1 + np.exp(-images[:, :1, None, None]))
        return (np.broadcast_to(grey, (len(images), 3, 4, 4)),)

    def close(self):
        pass


@pytest.fixture
def workshop(monkeypatch, tmp_path):
    """`workshop(engine)` has one generator, which `engine` runs."""
    source = OnDisk(tmp_path / "w.safetensors")
    card = FAMILIES["dcgan"].card(
        id=MODEL,
        task=Task.GENERATE,
        title="Squares",
        summary="A test.",
        trained="",
        weights=Weights(source=source, sha256="0" * 64, licence="none", trained_on="Nothing."),
    )
    card = replace(card, build=replace(card.build, side=4))
    monkeypatch.setattr(registry._SHELF, "by_id", registry.index([card]))

    def of(engine):
        monkeypatch.setattr(Workshop, "_load", lambda *_: engine)
        return Workshop(Settings(data_dir=tmp_path, device="cpu"))

    return of


def test_fewer_images_at_once_are_made_where_memory_is_short_and_they_are_the_same(workshop):
    whole = list(generator.generate(MODEL, seed=3, count=20, workshop=workshop(Squares())))
    engine = Squares(fits=3)
    short = list(generator.generate(MODEL, seed=3, count=20, workshop=workshop(engine)))
    assert engine.counts == [8, 4, *[2] * 10]
    assert [each.seed for each in short] == list(range(3, 23))
    for one, other in zip(whole, short, strict=True):
        np.testing.assert_array_equal(one.picture.pixels, other.picture.pixels)


def test_memory_too_short_for_one_image_ends_in_a_sentence(workshop):
    engine = Squares(fits=0)
    with pytest.raises(OutOfMemoryError, match=rf"'{MODEL}' does not fit .* another device"):
        list(generator.generate(MODEL, workshop=workshop(engine)))


def test_progress_only_grows(workshop):
    shares = []

    def told(step, share):
        if step == "method":
            shares.append(share)

    list(generator.generate(MODEL, count=20, progress=told, workshop=workshop(Squares())))
    assert all(left < right for left, right in pairwise(shares))
    assert shares[-1] == 1


def test_what_an_image_says_of_itself_does_not_change_while_others_are_made(workshop):
    images = generator.generate(MODEL, count=20, workshop=workshop(Squares()))
    first = next(images)
    said = first.provenance.as_json()
    assert len(list(images)) == 19
    assert first.provenance.as_json() == said


def test_an_image_is_the_same_to_the_last_bit_alone_and_among_others(tmp_path):
    """The real networks on board, by whichever engine this machine chose."""
    real = Workshop(Settings(data_dir=tmp_path, device="cpu"))
    for card in registry.by_task(Task.GENERATE):
        if not isinstance(card.weights.source, Bundled):
            continue
        many = list(generator.generate(card.id, seed=5, count=11, workshop=real))
        for place in (0, 3, 10):
            (alone,) = generator.generate(card.id, seed=5 + place, workshop=real)
            np.testing.assert_array_equal(alone.picture.pixels, many[place].picture.pixels)


def test_the_same_seed_gives_the_same_file(workshop, tmp_path):
    files = []
    for name in ("one.png", "two.png"):
        (image,) = generator.generate(MODEL, seed=4, workshop=workshop(Squares()))
        image.save(tmp_path / name)
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]


def test_a_png_says_in_itself_how_it_came_about(workshop, tmp_path):
    (image,) = generator.generate(MODEL, seed=LARGEST_SEED, workshop=workshop(Squares()))
    image.save(tmp_path / "it.png")
    with Image.open(tmp_path / "it.png") as file:
        said = json.loads(file.text["Patina"])
        assert "trainedAlgorithmicMedia" in file.text["XML:com.adobe.xmp"]
        assert "composite" not in file.text["XML:com.adobe.xmp"]
    assert said["model"] == MODEL
    assert said["settings"] == {"truncation": 1.0, "seed": LARGEST_SEED}
    assert said["weights_sha256"] == "0" * 64


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"seed": -1}, "seeds from 0 to"),
        ({"seed": 2**64}, "seeds from 0 to"),
        ({"seed": LARGEST_SEED, "count": 2}, "seeds from 0 to"),
        ({"count": 0}, "count from 1 to 1024; got 0"),
        ({"count": 100_000}, "count from 1 to 1024; got 100000"),
        ({"settings": {"truncation": 1.5}}, "'truncation' must be a number from 0 to 1"),
        ({"settings": {"truncation": float("nan")}}, "'truncation' must be a number from 0 to 1"),
        ({"settings": {"truncaton": 1}}, "did you mean 'truncation'"),
        ({"nudges": [0.0, 5.0]}, "nudges from −4 to 4"),
        ({"nudges": [float("nan")]}, "nudges from −4 to 4"),
        ({"nudges": [0.0] * 5}, "nudged along 4 directions; got 5"),
    ],
)
def test_what_cannot_be_made_is_told_in_a_sentence(workshop, asked, said):
    with pytest.raises(BadSettingError, match=re.escape(said)):
        generator.generate(MODEL, workshop=workshop(Squares()), **asked)


@pytest.mark.parametrize(("stops", "frames"), [(1, 10), (2, 1), (2, 1000)])
def test_a_walk_needs_two_ends_and_some_frames(workshop, stops, frames):
    with pytest.raises(BadSettingError, match="Expected a walk of 2 to 240 frames"):
        generator.walk(MODEL, [Point(1)] * stops, frames=frames, workshop=workshop(Squares()))


def test_a_walk_begins_and_ends_with_the_images_themselves(workshop):
    shop = workshop(Squares())
    frames = list(generator.walk(MODEL, [Point(3), Point(9)], frames=21, workshop=shop))
    ends = [next(generator.generate(MODEL, seed=seed, workshop=shop)) for seed in (3, 9)]
    np.testing.assert_array_equal(frames[0], ends[0].picture.pixels)
    np.testing.assert_array_equal(frames[-1], ends[1].picture.pixels)
    assert len(frames) == 21


def test_no_truncation_left_makes_every_image_the_middle_one(workshop):
    images = generator.generate(MODEL, count=3, settings={"truncation": 0}, workshop=workshop(Squares()))
    assert {int(image.picture.pixels[0, 0, 0]) for image in images} == {128}


def test_nudges_move_an_image_and_stand_in_its_provenance(workshop, monkeypatch):
    way = np.zeros((4, 128), np.float32)
    way[0, 0] = 1  # Squares looks at the first number alone
    monkeypatch.setattr(Workshop, "directions", lambda *_: way)
    shop = workshop(Squares())
    (plain,) = generator.generate(MODEL, seed=3, workshop=shop)
    (moved,) = generator.generate(MODEL, seed=3, nudges=[2.0, 0.0], workshop=shop)
    first = generator.latents.latent(3, 128)[0]
    expected = round(255 / (1 + np.exp(-(first + 2))))
    assert moved.picture.pixels[0, 0, 0] == expected
    assert moved.provenance.settings == {"truncation": 1.0, "seed": 3, "nudge-1": 2.0}
    assert not moved.provenance.default_settings
    assert plain.provenance.default_settings


def test_directions_are_read_from_the_file_of_weights(tmp_path):
    real = Workshop(Settings(data_dir=tmp_path, device="cpu"))
    card = registry.get("generate-fashion-gan")
    ways = real.directions(card)
    assert ways.shape == (4, card.build.latent)
    assert real.directions(card) is ways
    (plain,) = generator.generate(card.id, seed=1, workshop=real)
    (moved,) = generator.generate(card.id, seed=1, nudges=[3.0], workshop=real)
    assert np.abs(plain.picture.pixels.astype(int) - moved.picture.pixels).mean() > 3
