"""Marks are kept as they were painted, the newest counts, and what is no mask costs nothing."""

import struct
import zlib
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from ratings.errors import BadMarkError, BadRatingError, TooManyError, UnknownMarkError
from ratings.marks import marks as marks_module
from ratings.marks import mask
from ratings.marks.labels import Tool, labels_for
from ratings.marks.marks import Marks
from ratings.marks.records import Mark, Painted, Photo
from ratings.records import Flag, Result
from ratings.stimuli import Shown, Stimuli, Stimulus
from ratings.store import Store
from ratings.tables import marks as table

CC_BY = "CC-BY-4.0"
WIDTH, HEIGHT = 40, 30
PHOTO = Photo(sha256="c" * 64, name="rust-wall", width=WIDTH, height=HEIGHT)


def plane(top: int = 5, height: int = 8) -> np.ndarray:
    marked = np.zeros((HEIGHT, WIDTH), bool)
    marked[top : top + height, 10:20] = True
    return marked


def halo(top: int = 5, tool: str = "brush") -> Painted:
    return Painted("halo", tool, mask.encode(plane(top)))


def rust(top: int = 5) -> Painted:
    return Painted("rust", "brush", mask.encode(plane(top)))


@pytest.fixture
def stimulus(any_store: Store, result: Result) -> Stimulus:
    return add_stimulus(any_store, result)


def add_stimulus(store: Store, result: Result, **changes: object) -> Stimulus:
    values = {"sha256": "a" * 64, "original_sha256": "b" * 64, "width": WIDTH, "height": HEIGHT} | changes
    return Stimuli(store.database).add(Shown(making=store.remember(result), **values))


def history(store: Store) -> list[tuple[bool, int, bool]]:
    """Whether each mark counts, its revision, and whether it is published."""
    with store.database.reading() as connection:
        rows = connection.execute(table.select().order_by(table.c.id))
        return [(row.withdrawn_at is None, row.revision, row.published) for row in rows]


def publish_all(store: Store) -> None:
    with store.database.writing() as connection:
        connection.execute(table.update().values(published=True))


class TestAnyDatabase:
    def test_mark_comes_back_as_it_was_painted(self, any_store: Store, stimulus: Stimulus) -> None:
        marks = Marks(any_store.database)
        mark = marks.on_result(stimulus.id, halo(), "ann", accepted_licence=CC_BY)
        assert np.array_equal(mark.plane(), plane())
        assert (mark.label, mark.tool, mark.share) == ("halo", Tool.BRUSH, pytest.approx(80 / 1200))
        assert (mark.image_sha256, mark.image_name) == (stimulus.shown_sha256, "harbour")
        assert mark.result is not None
        assert mark.result.contestant == stimulus.contestant
        assert tuple(marks.counted()) == (mark,)

    def test_mark_on_a_photo_has_no_result(self, any_store: Store) -> None:
        mark = Marks(any_store.database).on_photo(PHOTO, rust(), "ann", accepted_licence=CC_BY)
        assert (mark.result, mark.stimulus_id, mark.image_name) == (None, None, "rust-wall")

    def test_consent_is_asked_for_own_photos_alone(self, any_store: Store) -> None:
        marks = Marks(any_store.database)
        own = Photo(sha256="d" * 64, name=None, width=WIDTH, height=HEIGHT, consent=True)
        of_gallery = Photo(sha256="c" * 64, name="wall", width=WIDTH, height=HEIGHT, consent=True)
        assert marks.on_photo(own, rust(), "ann", accepted_licence=CC_BY).consent
        assert not marks.on_photo(of_gallery, rust(), "ann", accepted_licence=CC_BY).consent

    def test_photo_is_needed_while_it_is_given_or_a_result_shows_it(
        self, any_store: Store, stimulus: Stimulus
    ) -> None:
        marks = Marks(any_store.database)
        own = Photo(sha256="d" * 64, name=None, width=WIDTH, height=HEIGHT, consent=True)
        mark = marks.on_photo(own, rust(), "ann", accepted_licence=CC_BY)
        assert marks.needs("d" * 64)
        assert marks.undo(mark.uid, "ann").withdrawn_at is not None
        assert not marks.needs("d" * 64)
        assert marks.needs(stimulus.shown_sha256)
        assert marks.needs("b" * 64), "its original"

    def test_photo_that_was_given_with_a_mark_outlives_an_own_stimulus(
        self, any_store: Store, result: Result
    ) -> None:
        add_stimulus(any_store, result, owner="ann", original_sha256="d" * 64)
        own = Photo(sha256="d" * 64, name=None, width=WIDTH, height=HEIGHT, consent=True)
        Marks(any_store.database).on_photo(own, rust(), "ann", accepted_licence=CC_BY)
        assert Stimuli(any_store.database).expire_own(timedelta(), print) == ("a" * 64,)

    def test_newer_mark_of_a_person_replaces_the_older(self, any_store: Store, stimulus: Stimulus) -> None:
        marks = Marks(any_store.database)
        marks.on_result(stimulus.id, halo(2), "ann", accepted_licence=CC_BY)
        publish_all(any_store)
        newer = marks.on_result(stimulus.id, halo(9), "ann", accepted_licence=CC_BY)
        assert tuple(marks.counted()) == (newer,)
        assert history(any_store) == [(False, 2, False), (True, 1, False)]

    def test_other_labels_people_and_pictures_stay(
        self, any_store: Store, stimulus: Stimulus, another: Callable[..., Result]
    ) -> None:
        marks = Marks(any_store.database)
        other = add_stimulus(any_store, another(model="denoise-mean"))
        noise = Painted("residual-noise", "box", mask.encode(plane()))
        marks.on_result(stimulus.id, halo(), "ann", accepted_licence=CC_BY)
        marks.on_result(stimulus.id, noise, "ann", accepted_licence=CC_BY)
        marks.on_result(stimulus.id, halo(), "bob", accepted_licence=CC_BY)
        marks.on_result(other.id, halo(), "ann", accepted_licence=CC_BY)
        assert len(tuple(marks.counted())) == 4
        assert [mark.label for mark in marks.counted(label="residual-noise")] == ["residual-noise"]
        assert [mark.stimulus_id for mark in marks.counted(model="denoise-mean")] == [other.id]
        assert not tuple(marks.counted(task="dehaze"))
        assert marks.raters("denoise") == {stimulus.id: 2, other.id: 1}
        assert marks.labels("denoise") == {
            stimulus.id: {"halo": 2, "residual-noise": 1},
            other.id: {"halo": 1},
        }
        assert list(marks.labels("denoise")[stimulus.id]) == ["halo", "residual-noise"], "most often first"

    def test_mark_that_is_taken_back_stays_as_history(self, any_store: Store, stimulus: Stimulus) -> None:
        marks = Marks(any_store.database)
        first = marks.on_result(stimulus.id, halo(2), "ann", accepted_licence=CC_BY)
        second = marks.on_result(stimulus.id, halo(9), "ann", accepted_licence=CC_BY)
        marks.withdraw(second.uid, "ann")
        assert not tuple(marks.counted())
        assert history(any_store) == [(False, 2, False), (False, 2, False)]
        for gone in (first, second):
            with pytest.raises(UnknownMarkError):
                marks.withdraw(gone.uid, "ann")

    def test_undo_brings_back_what_was_replaced_and_nothing_older(
        self, any_store: Store, stimulus: Stimulus
    ) -> None:
        marks = Marks(any_store.database)
        _, second, third = (
            marks.on_result(stimulus.id, halo(top), "ann", accepted_licence=CC_BY) for top in (1, 2, 3)
        )
        marks.undo(third.uid, "ann")
        assert [mark.uid for mark in marks.mine(stimulus.id, stimulus.shown_sha256, "ann")] == [second.uid]
        assert [current for current, _, _ in history(any_store)] == [False, True, False]

    def test_nobody_takes_back_what_is_another_s(self, any_store: Store, stimulus: Stimulus) -> None:
        marks = Marks(any_store.database)
        mark = marks.on_result(stimulus.id, halo(), "ann", accepted_licence=CC_BY)
        for undo in (marks.withdraw, marks.undo):
            with pytest.raises(UnknownMarkError):
                undo(mark.uid, "bob")
        assert tuple(marks.counted()) == (mark,)

    def test_result_of_an_own_photo_is_marked_by_its_owner_alone(
        self, any_store: Store, result: Result
    ) -> None:
        marks, own = Marks(any_store.database), add_stimulus(any_store, result, owner="ann")
        for stranger in ("bob", None):
            with pytest.raises(UnknownMarkError):
                marks.on_result(own.id, halo(), stranger, accepted_licence=CC_BY)
        assert marks.on_result(own.id, halo(), "ann", accepted_licence=CC_BY).rater == "ann"

    def test_mark_without_a_rater_is_kept_and_does_not_count(
        self, any_store: Store, stimulus: Stimulus
    ) -> None:
        marks = Marks(any_store.database)
        kept = [marks.on_result(stimulus.id, halo(), None, accepted_licence=CC_BY) for _ in range(2)]
        assert {mark.flag for mark in kept} == {Flag.API}
        assert not tuple(marks.counted())
        assert len(history(any_store)) == 2

    def test_more_than_anyone_can_mark_is_flagged_then_refused(
        self, any_store: Store, stimulus: Stimulus, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(marks_module, "FLAGGED_A_MINUTE", 2)
        monkeypatch.setattr(marks_module, "REFUSED_A_MINUTE", 3)
        marks = Marks(any_store.database)
        kept = [marks.on_result(stimulus.id, halo(), "ann", accepted_licence=CC_BY) for _ in range(3)]
        assert [mark.flag for mark in kept] == [None, None, Flag.TOO_MANY]
        with pytest.raises(TooManyError):
            marks.on_result(stimulus.id, halo(), "ann", accepted_licence=CC_BY)
        assert marks.on_result(stimulus.id, halo(), "bob", accepted_licence=CC_BY).flag is None

    def test_counted_marks_come_picture_by_picture(self, any_store: Store, stimulus: Stimulus) -> None:
        marks = Marks(any_store.database)
        other = Photo(sha256="d" * 64, name=None, width=WIDTH, height=HEIGHT)
        for photo, rater in ((other, "bob"), (PHOTO, "bob"), (other, "ann"), (PHOTO, "ann")):
            marks.on_photo(photo, rust(), rater, accepted_licence=CC_BY)
        marks.on_result(stimulus.id, halo(), "bob", accepted_licence=CC_BY)
        order = [mark.picture for mark in marks.counted()]
        assert len(order) == 5
        assert order == sorted(order, key=order.index)
        assert marks.marked_by("ann") == {(None, "c" * 64), (None, "d" * 64)}

    def test_stimulus_that_does_not_exist_cannot_be_marked(self, any_store: Store) -> None:
        with pytest.raises(UnknownMarkError):
            Marks(any_store.database).on_result(99, halo(), "ann", accepted_licence=CC_BY)


@pytest.mark.parametrize(
    ("painted", "expected"),
    [
        (Painted("missed-rust", "brush", halo().mask), "On a result of 'denoise' one marks residual-noise"),
        (Painted("rust", "brush", halo().mask), "On a result of 'denoise'"),
        (Painted("<b>", "brush", halo().mask), "got '<b>'"),
        (Painted("halo", "spray", halo().mask), "one of brush, box; got 'spray'"),
        (Painted("halo", "box", b""), "do not begin like one"),
    ],
)
def test_what_cannot_be_stored_is_refused_in_a_sentence(
    store: Store, result: Result, painted: Painted, expected: str
) -> None:
    stimulus = add_stimulus(store, result)
    with pytest.raises(BadMarkError, match=expected):
        Marks(store.database).on_result(stimulus.id, painted, "ann", accepted_licence=CC_BY)
    assert history(store) == []


def test_only_rust_is_marked_on_photos(store: Store) -> None:
    with pytest.raises(BadMarkError, match="On a photo one marks rust; got 'halo'"):
        Marks(store.database).on_photo(PHOTO, halo(), "ann", accepted_licence=CC_BY)


def test_licence_must_be_agreed_to(store: Store) -> None:
    with pytest.raises(BadRatingError, match="under CC-BY-4"):
        Marks(store.database).on_photo(PHOTO, rust(), "ann", accepted_licence=None)


@pytest.mark.parametrize("uid", ["", "x" * 33, "\0", "é", None, 7])
def test_uid_that_is_none_is_unknown(store: Store, uid: object) -> None:
    with pytest.raises(UnknownMarkError):
        Marks(store.database).undo(uid, "ann")  # pyright: ignore[reportArgumentType]


def test_task_that_came_later_has_the_labels_that_fit_anywhere() -> None:
    assert "halo" in labels_for("sharpen")
    assert "missed-rust" not in labels_for("sharpen")


# ---- masks


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def header(width: int, height: int, depth: int = 1, colours: int = 0) -> bytes:
    size = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size)


def saved(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


GREY_8 = saved(Image.fromarray(np.where(plane(), 255, 0).astype(np.uint8)))


def test_mask_of_8_bits_is_kept_as_one_of_1_bit() -> None:
    checked = mask.check(GREY_8, WIDTH, HEIGHT)
    assert checked.png == mask.encode(plane())
    assert checked.png[24:26] == bytes([1, 0]), "1 bit, greyscale"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"GIF89a" + bytes(40), "do not begin like one"),
        (header(WIDTH, HEIGHT)[:20], "do not begin like one"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"tEXt", b"a" * 30), "broken at its first chunk"),
        (header(65535, 65535), "as large as its picture, 40 × 30 px; got 65535 × 65535"),
        (mask.encode(np.ones((HEIGHT, WIDTH + 1), bool)), "got 41 × 30"),
        (saved(Image.new("RGB", (WIDTH, HEIGHT), "white")), "greyscale PNG of 1 or 8 bits"),
        (saved(Image.new("I;16", (WIDTH, HEIGHT), 65535)), "greyscale PNG of 1 or 8 bits"),
        (saved(Image.new("L", (WIDTH, HEIGHT), 128)), "greys between"),
        (saved(Image.new("1", (WIDTH, HEIGHT), 0)), "the mask is empty"),
        (GREY_8[:-30], "broken or truncated"),
        (header(WIDTH, HEIGHT) + chunk(b"IDAT", b"no deflate"), "broken or truncated"),
        (header(WIDTH, HEIGHT) + chunk(b"IEND", b""), "broken or truncated"),
        (GREY_8 + bytes(1_000_000), "at most 1,000,000 bytes"),
        ("text", "the bytes of a PNG; got str"),
    ],
)
def test_what_is_no_mask_of_the_picture_is_refused(content: object, expected: str) -> None:
    with pytest.raises(BadMarkError, match=expected):
        mask.check(content, WIDTH, HEIGHT)


def test_enormous_mask_is_refused_by_its_header_without_being_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def decode(*_: object, **__: object) -> None:
        pytest.fail("decoded")

    monkeypatch.setattr(mask.Image, "open", decode)
    side = 50_000
    with pytest.raises(BadMarkError, match="more than 64 megapixels"):
        mask.check(header(side, side) + chunk(b"IDAT", zlib.compress(bytes(1000))), side, side)


def test_what_unpacks_to_more_than_the_picture_is_not_unpacked() -> None:
    rows = zlib.compress(b"\0\xff\xff\xff\xff\xff" * HEIGHT + bytes(100_000_000), 9)
    content = header(WIDTH, HEIGHT) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    assert mask.check(content, WIDTH, HEIGHT).share == 1


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=40)))
def test_any_mask_comes_back_from_its_png(marked: np.ndarray) -> None:
    assert np.array_equal(mask.decode(mask.encode(marked)), marked)


@given(st.binary(max_size=200))
def test_bytes_after_a_true_header_are_a_mask_or_refused(rest: bytes) -> None:
    try:
        mask.check(header(WIDTH, HEIGHT) + rest, WIDTH, HEIGHT)
    except BadMarkError:
        return
    pytest.fail("no random bytes are a mask")


def test_mark_of_a_mask_tells_where_it_is(store: Store) -> None:
    mark: Mark = Marks(store.database).on_photo(PHOTO, rust(), "ann", accepted_licence=CC_BY)
    assert np.array_equal(mark.plane(), plane())
