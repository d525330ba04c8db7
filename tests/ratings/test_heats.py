"""What people marked on a contestant is counted without a mask; maps are kept until somebody marks again."""

from collections.abc import Callable

import numpy as np
import pytest

from ratings.marks import mask
from ratings.marks.complaints import complaints
from ratings.marks.heat import resized
from ratings.marks.heats import FEWEST_RATERS, KEPT, LONGEST_SIDE, Heats, reduced
from ratings.marks.marks import Marks
from ratings.marks.records import Mark, Painted
from ratings.records import Result
from ratings.stimuli import Shown, Stimuli, Stimulus
from ratings.store import Store
from ratings.tables import marks as table

CC_BY = "CC-BY-4.0"
LEFT, RIGHT = np.array([[True, False, False, False]]), np.array([[False, False, False, True]])
Add = Callable[..., Stimulus]
Paint = Callable[..., Mark]


@pytest.fixture
def add(any_store: Store, another: Callable[..., Result]) -> Add:
    """Keep a result of a model on an input, four pixels wide."""
    stimuli = Stimuli(any_store.database)

    def keep(model: str = "first", picture: str = "a", owner: str | None = None) -> Stimulus:
        result = another(model=model, input_sha256=picture * 64, input_name=picture)
        making = any_store.remember(result)
        return stimuli.add(
            Shown(making=making, sha256="1" * 64, original_sha256=None, width=4, height=1, owner=owner)
        )

    return keep


@pytest.fixture
def paint(any_store: Store) -> Paint:
    def mark(stimulus: Stimulus, rater: str, plane: np.ndarray = LEFT, label: str = "halo") -> Mark:
        painted = Painted(label, "brush", mask.encode(plane))
        return Marks(any_store.database).on_result(stimulus.id, painted, rater, accepted_licence=CC_BY)

    return mark


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The uids of marks whose masks were decoded, as they are."""
    seen: list[str] = []
    plane = Mark.plane
    monkeypatch.setattr(Mark, "plane", lambda self: (seen.append(self.uid), plane(self))[1])
    return seen


class TestAnyDatabase:
    def test_marks_on_a_contestant_are_counted_by_label_and_by_result(
        self, any_store: Store, add: Add, paint: Paint
    ) -> None:
        first, second, other = add(), add(picture="b"), add("other")
        for rater in ("ann", "bob"):
            paint(first, rater)
        paint(first, "ann", label="tile-seam")
        paint(second, "cid")
        paint(other, "dan", label="colour-shift")
        found = complaints(any_store.database, first.contestant_id)
        assert (found.people, found.marks) == (3, 4)
        assert [(each.label, each.people, each.marks, each.results) for each in found.labels] == [
            ("halo", 3, 3, 2),
            ("tile-seam", 1, 1, 1),
        ]
        told = [(each.stimulus.id, each.people, dict(each.labels)) for each in found.results]
        assert told == [(first.id, 2, {"halo": 2, "tile-seam": 1}), (second.id, 1, {"halo": 1})]

    def test_nothing_marked_is_no_complaint(self, any_store: Store, add: Add) -> None:
        found = complaints(any_store.database, add().contestant_id)
        assert (found.people, found.marks, found.labels, found.results) == (0, 0, (), ())

    def test_what_does_not_count_and_own_photos_are_no_complaints(
        self, any_store: Store, add: Add, paint: Paint
    ) -> None:
        stimulus, own = add(), add(picture="b", owner="ann")
        assert stimulus.contestant_id == own.contestant_id
        paint(own, "ann")
        Marks(any_store.database).on_result(
            stimulus.id, Painted("halo", "brush", mask.encode(LEFT)), None, accepted_licence=CC_BY
        )
        Marks(any_store.database).withdraw(paint(stimulus, "bob").uid, "bob")
        assert complaints(any_store.database, stimulus.contestant_id).results == ()

    def test_map_of_a_few_people_is_not_made(self, any_store: Store, add: Add, paint: Paint) -> None:
        heats, stimulus = Heats(any_store.database), add()
        for number in range(FEWEST_RATERS - 1):
            paint(stimulus, f"rater {number}")
        assert heats.of_result(stimulus.id, None) is None
        assert heats.of_model(stimulus.contestant_id, None) is None
        paint(stimulus, "one more", RIGHT)
        heat = heats.of_result(stimulus.id, None)
        assert heat is not None
        assert heat.share.tolist() == [[pytest.approx(2 / 3), 0, 0, pytest.approx(1 / 3)]]

    def test_map_is_made_once(self, any_store: Store, add: Add, paint: Paint, decoded: list[str]) -> None:
        heats, stimulus = Heats(any_store.database), add()
        made = [paint(stimulus, rater).uid for rater in ("ann", "bob", "cid")]
        first = heats.of_result(stimulus.id, "halo")
        assert heats.of_result(stimulus.id, "halo") is first
        assert sorted(decoded) == sorted(made)

    def test_map_is_made_anew_whatever_happens_to_its_marks(
        self, any_store: Store, add: Add, paint: Paint
    ) -> None:
        heats, marks, stimulus = Heats(any_store.database), Marks(any_store.database), add()
        for rater in ("ann", "bob", "cid", "dan"):
            paint(stimulus, rater)

        def at_the_right() -> float:
            heat = heats.of_result(stimulus.id, None)
            assert heat is not None
            return round(float(heat.share[0, -1]), 2)

        assert at_the_right() == 0
        replaced = paint(stimulus, "ann", RIGHT)
        assert at_the_right() == 0.25
        marks.undo(replaced.uid, "ann")
        assert at_the_right() == 0
        again = paint(stimulus, "bob", RIGHT)
        assert at_the_right() == 0.25
        marks.withdraw(again.uid, "bob")
        assert at_the_right() == 0
        left_out = paint(stimulus, "cid", RIGHT)
        assert at_the_right() == pytest.approx(1 / 3, abs=0.01)
        with any_store.database.writing() as connection:
            changed = {"flag": "excluded", "revision": table.c.revision + 1}
            connection.execute(table.update().where(table.c.uid == left_out.uid).values(changed))
        assert heats.of_result(stimulus.id, None) is None, "two people are left"
        paint(stimulus, "bob", RIGHT)
        assert at_the_right() == pytest.approx(1 / 3, abs=0.01)
        with any_store.database.writing() as connection:
            connection.execute(table.delete().where(table.c.rater == "dan"))
        assert heats.of_result(stimulus.id, None) is None

    def test_model_s_map_is_the_mean_of_results_that_have_one(
        self, any_store: Store, add: Add, paint: Paint
    ) -> None:
        heats, first, second, few = Heats(any_store.database), add(), add(picture="b"), add(picture="c")
        for rater in ("ann", "bob", "cid"):
            paint(first, rater, LEFT)
            paint(second, rater, RIGHT)
        paint(few, "ann", ~LEFT)
        heat = heats.of_model(first.contestant_id, "halo")
        assert heat is not None
        assert (heat.pictures, heat.raters) == (2, 3)
        assert resized(heat.share, (1, 4)).tolist() == [[0.5, 0, 0, 0.5]]

    @pytest.mark.parametrize("label", ["", "ugly", "halo'; --", "x" * 10_000])
    def test_what_is_no_label_has_no_map(self, any_store: Store, add: Add, paint: Paint, label: str) -> None:
        stimulus = add()
        for rater in ("ann", "bob", "cid"):
            paint(stimulus, rater)
        assert Heats(any_store.database).of_result(stimulus.id, label) is None


def test_no_more_maps_are_kept_than_fit(
    store: Store, another: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ratings.marks.heats.KEPT", 1)
    assert KEPT > 1
    heats, marks, stimuli = Heats(store.database), Marks(store.database), Stimuli(store.database)
    making = store.remember(another())
    shown = Shown(making=making, sha256="1" * 64, original_sha256=None, width=4, height=1)
    stimulus = stimuli.add(shown)
    for rater in ("ann", "bob", "cid"):
        painted = Painted("halo", "brush", mask.encode(LEFT))
        marks.on_result(stimulus.id, painted, rater, accepted_licence=CC_BY)
    first = heats.of_result(stimulus.id, None)
    assert heats.of_result(stimulus.id, None) is first
    heats.of_result(stimulus.id, "halo")
    assert heats.of_result(stimulus.id, None) is not first


def test_large_map_is_reduced_and_a_small_one_is_not() -> None:
    from ratings.marks.heat import Heat

    share = np.zeros((1280, 640), np.float32)
    share[:, :320] = 1
    heat = Heat(None, None, "0" * 64, None, share, 4, 4)
    smaller = reduced(heat)
    assert smaller.share.shape == (LONGEST_SIDE, 320)
    assert smaller.share.mean() == pytest.approx(0.5)
    assert reduced(smaller) is smaller
