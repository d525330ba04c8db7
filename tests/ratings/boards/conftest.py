from collections.abc import Callable, Sequence

import pytest

from ratings.arena.arena import Arena
from ratings.records import Result
from ratings.stimuli import Shown, Stimuli, Stimulus
from ratings.store import Store

CC_BY = "CC-BY-4.0"
Ballot = tuple[str, str, str, str]
"""Rater, the model on the left, that on the right, the choice."""


@pytest.fixture
def arena(any_store: Store) -> Arena:
    return Arena(any_store.database)


@pytest.fixture
def stimulus(any_store: Store, another: Callable[..., Result]) -> Callable[..., Stimulus]:
    """The stimulus of a model on an input, made the first time it is asked for."""
    stimuli = Stimuli(any_store.database)

    def find(model: str, picture: str = "a") -> Stimulus:
        result = another(model=model, input_sha256=picture * 64, input_name=picture)
        return stimuli.add(
            Shown(making=any_store.remember(result), sha256="1" * 64, original_sha256=None, width=8, height=8)
        )

    return find


@pytest.fixture
def cast(arena: Arena, stimulus: Callable[..., Stimulus]) -> Callable[..., None]:
    """Give votes, each in a deal of its own."""

    def give(ballots: Sequence[Ballot], *, picture: str = "a", response_ms: int = 3000) -> None:
        for rater, left, right, choice in ballots:
            deal = arena.deal(stimulus(left, picture), stimulus(right, picture), rater)
            arena.vote(deal.token, rater, choice, accepted_licence=CC_BY, response_ms=response_ms)

    return give
