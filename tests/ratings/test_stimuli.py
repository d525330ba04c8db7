from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ratings.administration.forgetting import forget
from ratings.errors import UnknownResultError
from ratings.records import Contestant, Result
from ratings.stimuli import Shown, Stimuli
from ratings.store import Store
from ratings.tables import results

A, B, C = ("a" * 64, "b" * 64, "c" * 64)


def shown(making: str, **changes: object) -> Shown:
    first = Shown(making=making, sha256=A, original_sha256=B, width=320, height=240, psnr=30.5, ssim=0.9)
    return replace(first, **changes)


class TestAnyDatabase:
    def test_stimulus_comes_back_as_it_was_added(self, any_store: Store, result: Result) -> None:
        stimuli = Stimuli(any_store.database)
        added = stimuli.add(shown(any_store.remember(result)))
        assert added.contestant == Contestant("denoise", "denoise-median", 1, None)
        assert (added.input_name, added.shown_sha256, added.psnr) == ("harbour", A, 30.5)
        assert stimuli.of_task("denoise") == (added,)
        assert stimuli.get([added.id, 99]) == {added.id: added}

    def test_same_result_made_twice_is_one_stimulus(self, any_store: Store, result: Result) -> None:
        stimuli = Stimuli(any_store.database)
        first, second = (stimuli.add(shown(any_store.remember(result))) for _ in range(2))
        assert first == second

    def test_new_weights_are_a_new_contestant(self, any_store: Store, another: Callable[..., Result]) -> None:
        stimuli = Stimuli(any_store.database)
        old, new = (
            stimuli.add(shown(any_store.remember(another(weights_sha256=weights)))) for weights in (A, B)
        )
        assert old.contestant_id != new.contestant_id

    def test_own_photo_is_dealt_to_its_owner_alone(self, any_store: Store, result: Result) -> None:
        stimuli = Stimuli(any_store.database)
        own = stimuli.add(shown(any_store.remember(result), owner=C))
        assert stimuli.of_task("denoise") == ()
        assert stimuli.of_task("denoise", owner=A) == ()
        assert stimuli.of_task("denoise", owner=C) == (own,)

    def test_retired_stimulus_is_dealt_no_more(self, any_store: Store, result: Result) -> None:
        stimuli = Stimuli(any_store.database)
        gone = stimuli.add(shown(any_store.remember(result)))
        stimuli.retire([gone.id])
        assert stimuli.of_task("denoise") == ()
        assert stimuli.get([gone.id]) == {gone.id: gone}

    def test_what_was_never_made_cannot_be_judged(self, any_store: Store) -> None:
        with pytest.raises(UnknownResultError):
            Stimuli(any_store.database).add(shown("made up"))

    def test_photo_that_is_prepared_again_was_not_shown_with_names(
        self, any_store: Store, result: Result
    ) -> None:
        stimuli = Stimuli(any_store.database)
        for _ in range(3):
            stimuli.add(shown(any_store.remember(result), owner=C))
        assert not stimuli.restored_openly(result.input_sha256)
        any_store.remember(result)
        assert stimuli.restored_openly(result.input_sha256)

    def test_photo_that_was_prepared_twice_is_forgotten_whole(
        self, any_store: Store, another: Callable[..., Result]
    ) -> None:
        for _ in range(2):
            Stimuli(any_store.database).add(shown(any_store.remember(another(input_name=None)), owner=C))
        forget(any_store.database, C)
        with any_store.database.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(results)) == 0

    @pytest.mark.parametrize("agreed", [False, True])
    def test_own_photo_is_kept_as_its_owner_agreed_last(
        self, any_store: Store, result: Result, *, agreed: bool
    ) -> None:
        stimuli = Stimuli(any_store.database)
        for consent in (not agreed, agreed):
            last = stimuli.add(shown(any_store.remember(result), owner=C, consent=consent))
        assert last.consent is agreed
        assert stimuli.expire_own(timedelta(), print) == (() if agreed else (A, B))

    def test_what_only_studies_show_is_never_dealt(self, any_store: Store, result: Result) -> None:
        stimuli = Stimuli(any_store.database)
        for _ in range(2):
            added = stimuli.add(shown(any_store.remember(result), dealt=False))
            assert stimuli.of_task("denoise") == ()
        assert stimuli.get([added.id]) == {added.id: added}

    def test_picture_is_dropped_before_anyone_can_add_it_again(self, store: Store, result: Result) -> None:
        stimuli = Stimuli(store.database)
        stimuli.add(shown(store.remember(result), owner=C))
        dropped = list[str]()

        def look(sha256: str) -> None:
            assert len(stimuli.of_task("denoise", owner=C)) == 1, "others still see it as it was"
            dropped.append(sha256)

        assert stimuli.expire_own(timedelta(), look) == tuple(dropped) == (A, B)
