"""The studio: images are kept, walked between, nudged and packed; what cannot be is said."""

import json
import zipfile
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import func, select

from models import pixels
from models.errors import BadSettingError, StoppedError
from ratings.errors import StoreError
from ratings.records import LICENCE
from ratings.store import Store
from ratings.tables import makings
from ui.errors import GoneError, MismatchError, StorageError
from ui.generating.actions import read_seed
from ui.keeping.shelf import Shelf
from ui.keeping.studio import SHOWN_FRAMES, SMALL_SIDE, WALK_FRAMES

MODEL = "generate-fashion-gan"


@pytest.fixture
def sheet(studio):
    return studio.make(MODEL, seed=3, count=2, settings={"truncation": 0.8})


def test_images_are_kept_with_how_they_came_about(studio, sheet):
    assert [image.seed for image in sheet.images] == [3, 4]
    for image in sheet.images:
        assert json.dumps(studio.made(image.token).as_json()) == json.dumps(image.as_json())
        with Image.open(studio.file(image)) as file:
            assert file.size == (28, 28)
            said = json.loads(file.text["Patina"])  # type: ignore[attr-defined]
        assert said["settings"] == {"truncation": 0.8, "seed": image.seed}
        assert image.provenance["result_token"] == image.token


def test_an_image_can_be_rated_and_only_default_settings_are_ranked(studio, sheet):
    rating = studio.store.rate(
        sheet.images[0].token, "r" * 64, 4, ["broken-shape"], "", accepted_licence=LICENCE
    )
    assert rating.result.task == "generate"
    assert rating.result.input_name == "seed 3"
    assert not rating.result.default_settings
    (plain,) = studio.make(MODEL, seed=3, count=1, settings={}).images
    ranked = studio.store.rate(plain.token, "r" * 64, 4, [], "", accepted_licence=LICENCE).result
    assert ranked.default_settings
    assert ranked.input_sha256 == rating.result.input_sha256


def test_a_nudge_starts_from_the_seed_and_keeps_the_settings(studio, sheet):
    moved = studio.nudged(sheet.images[0].token, [2.0, 0.0, 0.0, 0.0])
    again = studio.nudged(moved.token, [2.0, 0.0, 0.0, 0.0])
    back = studio.nudged(again.token, [0.0, 0.0, 0.0, 0.0])
    assert moved.provenance["settings"] == {"truncation": 0.8, "seed": 3, "nudge-1": 2.0}
    assert studio.file(moved).read_bytes() == studio.file(again).read_bytes()
    assert studio.file(back).read_bytes() == studio.file(sheet.images[0]).read_bytes()
    assert studio.file(moved).read_bytes() != studio.file(back).read_bytes()
    rate = partial(studio.store.rate, rater="r" * 64, grade=4, accepted_licence=LICENCE)
    first, second = rate(sheet.images[0].token).result, rate(back.token).result
    assert first.input_sha256 == second.input_sha256, "one person's two opinions of one image are one"


def test_a_walk_is_a_loop_there_and_back_in_two_formats_and_a_strip(studio, sheet):
    one, other = sheet.images
    walk = studio.walk(one.token, other.token)
    ends = [np.asarray(Image.open(studio.file(image))) for image in (one, other)]
    for name in ("walk.webp", "walk.gif"):
        with Image.open(studio.walk_file(walk.token, name)) as loop:
            assert loop.size == (252, 252)
            assert 1 < loop.n_frames <= 2 * WALK_FRAMES - 2  # frames that are the same may be one
            assert loop.info["loop"] == 0
    with Image.open(studio.walk_file(walk.token, "walk.webp")) as loop:
        assert loop.n_frames == 2 * WALK_FRAMES - 2
        first = np.asarray(loop.convert("L"))
        loop.seek(WALK_FRAMES - 1)
        last = np.asarray(loop.convert("L"))
    np.testing.assert_array_equal(first[::9, ::9], ends[0])
    np.testing.assert_array_equal(last[::9, ::9], ends[1])
    with Image.open(studio.walk_file(walk.token, "strip.png")) as strip:
        assert strip.size == (252 * SHOWN_FRAMES, 252)
        np.testing.assert_array_equal(np.asarray(strip)[::9, :252:9], ends[0])


def test_a_walk_between_two_generators_is_refused(studio, sheet):
    other = sheet.images[1]
    record = studio.shelf.read(other.token, "made")
    studio.shelf.write(other.token, "made", {**record, "model": "generate-another"})
    with pytest.raises(MismatchError, match="of the same generator"):
        studio.walk(sheet.images[0].token, other.token)


def test_all_images_of_a_sheet_come_in_one_file(studio, sheet):
    with zipfile.ZipFile(studio.archive(sheet.token)) as archive:
        assert archive.namelist() == [f"{MODEL}-3.png", f"{MODEL}-4.png"]
        assert archive.read(f"{MODEL}-3.png") == studio.file(sheet.images[0]).read_bytes()
    assert studio.archive(sheet.token).stat().st_mtime_ns == studio.archive(sheet.token).stat().st_mtime_ns
    assert not list(studio.shelf.root.glob("making-*"))


def test_an_enlarged_image_has_each_pixel_as_a_square(studio, sheet):
    image = sheet.images[0]
    small = np.asarray(Image.open(studio.file(image)))
    large = np.asarray(Image.open(studio.enlarged(image)))
    assert large.shape == (504, 504)
    np.testing.assert_array_equal(large, pixels.larger(small[..., None], 504)[..., 0])
    with Image.open(studio.enlarged(image)) as file:
        said = json.loads(file.text["Patina"])  # type: ignore[attr-defined]
    assert (said["width"], said["height"], said["enlarged"]) == (504, 504, 18)


def test_large_images_stand_small_among_others_and_small_ones_as_they_are(studio, sheet):
    image = sheet.images[0]
    assert studio.small(image) == studio.file(image)
    pixels.save(pixels.from_array(np.full((600, 600, 3), 90, np.uint8)), studio.file(image))
    with Image.open(studio.small(replace(image, side=600))) as small:
        assert small.size == (SMALL_SIDE, SMALL_SIDE)


@pytest.mark.parametrize("token", ["", "../../etc", "nothing-of-that-name"])
def test_what_is_not_kept_is_gone(studio, token):
    for ask in (studio.made, studio.archive, lambda it: studio.walk_file(it, "walk.gif")):
        with pytest.raises(GoneError):
            ask(token)


def rows(studio):
    with studio.store.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(makings))


def test_a_sheet_that_is_stopped_leaves_nothing_behind(studio, sheet):
    before, there = rows(studio), set(studio.shelf.root.iterdir())
    asked = iter([False, False, False])
    with pytest.raises(StoppedError, match="Nothing of this run was kept"):
        studio.make(MODEL, seed=3, count=6, settings={}, stop=lambda: next(asked, True))
    assert next(asked, "used up") == "used up", "it was stopped before it made anything"
    assert rows(studio) == before
    assert set(studio.shelf.root.iterdir()) == there


def test_a_sheet_that_cannot_be_remembered_leaves_nothing_behind(studio, sheet):
    there = set(studio.shelf.root.iterdir())

    studio.store.close()
    with pytest.raises(StoreError):
        studio.make(MODEL, seed=3, count=2, settings={})
    assert set(studio.shelf.root.iterdir()) == there


@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_a_disk_that_is_full_at_the_end_leaves_nothing_behind(studio, sheet, monkeypatch, fails_at):
    before, there = rows(studio), set(studio.shelf.root.iterdir())
    written, write = [], Shelf.write

    def fail(shelf, token, name, content):
        written.append(name)
        if len(written) == fails_at:
            raise StorageError(shelf.root, OSError(28, "No space left on device"))
        write(shelf, token, name, content)

    monkeypatch.setattr(Shelf, "write", fail)
    with pytest.raises(StorageError):
        studio.make(MODEL, seed=3, count=2, settings={})
    assert written == ["sheet", "made", "made"][:fails_at]
    assert rows(studio) == before
    assert set(studio.shelf.root.iterdir()) == there


def test_a_database_that_fails_at_the_commit_leaves_nothing_behind(studio, sheet, monkeypatch):
    there, remembering = set(studio.shelf.root.iterdir()), Store.remembering

    @contextmanager
    def failing(store, made):
        with remembering(store, made) as tokens:
            yield tokens
            raise StoreError("The database is away.")

    monkeypatch.setattr(Store, "remembering", failing)
    with pytest.raises(StoreError):
        studio.make(MODEL, seed=3, count=2, settings={})
    assert set(studio.shelf.root.iterdir()) == there


def test_more_pixels_than_a_visitor_may_have_at_once_are_refused(studio, monkeypatch):
    monkeypatch.setattr("ui.keeping.studio.MOST_PIXELS", 10 * 28**2)
    with pytest.raises(BadSettingError, match="at most 10 at once; got 11"):
        studio.make(MODEL, seed=3, count=11, settings={})
    assert len(studio.make(MODEL, seed=3, count=10, settings={}).images) == 10


@pytest.mark.parametrize(("typed", "seed"), [("0", 0), (" 12 ", 12), (str(2**64 - 1), 2**64 - 1), (7, 7)])
def test_a_seed_is_read_as_typed(typed, seed):
    assert read_seed(typed) == seed


@pytest.mark.parametrize(
    "typed", ["", "-1", "1.5", "seven", "1e3", "٣", str(2**64), "9" * 5000, None, True, []]
)
def test_what_is_no_seed_is_refused_in_a_short_sentence(typed):
    with pytest.raises(
        BadSettingError, match="A seed is a whole number from 0 to 18446744073709551615"
    ) as said:
        read_seed(typed)
    assert len(str(said.value)) < 160
