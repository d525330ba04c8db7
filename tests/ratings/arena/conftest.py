from collections.abc import Callable

import pytest

from ratings.arena.arena import Arena
from ratings.records import Result
from ratings.stimuli import Shown, Stimuli, Stimulus
from ratings.store import Store

MODELS = ("denoise-median", "denoise-mean", "denoise-nlm")


@pytest.fixture
def arena(any_store: Store) -> Arena:
    return Arena(any_store.database)


@pytest.fixture
def shown(any_store: Store, another: Callable[..., Result]) -> dict[str, Stimulus]:
    """One picture, as each of three models restored it."""
    stimuli = Stimuli(any_store.database)
    return {
        model: stimuli.add(
            Shown(
                making=any_store.remember(another(model=model, output_sha256=str(number) * 64)),
                sha256=str(number) * 64,
                original_sha256="f" * 64,
                width=32,
                height=24,
            )
        )
        for number, model in enumerate(MODELS)
    }
