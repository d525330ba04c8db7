from collections.abc import Callable

import pytest

from ratings.records import Result
from ratings.stimuli import Shown, Stimuli, Stimulus
from ratings.store import Store
from ratings.studies.design import Design, State, read_design
from ratings.studies.records import Study
from ratings.studies.sittings import Sittings
from ratings.studies.studies import Studies


@pytest.fixture
def stimulus(any_store: Store, another: Callable[..., Result]) -> Callable[..., Stimulus]:
    """The stimulus of a model on an input."""
    stimuli = Stimuli(any_store.database)

    def find(model: str, picture: str = "a") -> Stimulus:
        result = another(model=model, input_sha256=picture * 64, input_name=picture)
        shown = Shown(
            making=any_store.remember(result), sha256="1" * 64, original_sha256=None, width=8, height=6
        )
        return stimuli.add(shown)

    return find


@pytest.fixture
def items(stimulus: Callable[..., Stimulus]) -> list[int]:
    """Four stimuli: two models on two pictures."""
    return [stimulus(model, picture).id for picture in "ab" for model in ("first", "second")]


@pytest.fixture
def design(items: list[int]) -> Callable[..., Design]:
    def make(**changes: object) -> Design:
        told = {"method": "acr", "items": [{"stimulus": each} for each in items], "checks": []}
        return read_design({**told, **changes})

    return make


@pytest.fixture
def studies(any_store: Store) -> Studies:
    return Studies(any_store.database)


@pytest.fixture
def opened(studies: Studies, design: Callable[..., Design]) -> Callable[..., Study]:
    """A study that is open, or in another `state`."""

    def make(state: State = State.OPEN, **changes: object) -> Study:
        return studies.change(studies.make("Noise", "denoise", design(**changes)).uid, state)

    return make


@pytest.fixture
def sittings(any_store: Store) -> Sittings:
    return Sittings(any_store.database)
