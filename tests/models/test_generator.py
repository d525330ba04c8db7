from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from models import generator, registry
from models.architectures.families import FAMILIES
from models.card import Task
from models.errors import OutOfMemoryError
from models.settings import Settings
from models.source import OnDisk, Weights
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
