from collections.abc import Callable
from dataclasses import replace

import pytest

from ratings.errors import UnknownResultError
from ratings.records import Contestant, Result
from ratings.stimuli import Shown, Stimuli
from ratings.store import Store

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
