"""The Arena without its page: what a deal and a vote tell when something goes wrong around them."""

import pytest

from models import registry
from models.order import Order
from ratings.arena.arena import Arena
from ratings.errors import NoPairError, NotBlindError, StoreError
from ratings.records import LICENCE
from ui.dealing.backstage import Backstage
from ui.dealing.staging import Owned

ALICE = "a" * 64
MODELS = ("denoise-median", "denoise-mean")


@pytest.fixture(autouse=True)
def nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backstage, "begin", lambda _self: None)


def prepare(ring, photo) -> str:
    """Restore an own photo for the Arena; return its SHA-256."""
    owned = Owned(ALICE, consent=False)
    made = [ring.stage.restored(registry.get(model), photo, owned=owned) for model in MODELS]
    return made[0].input_sha256


def test_an_own_photo_is_dealt_until_it_is_restored_with_names(ring, desk, noisy):
    own = prepare(ring, noisy)
    wish = {"task": "denoise", "own": own}
    assert ring.deal(ALICE, wish)["token"]
    desk.run(desk.admit(noisy), Order(model="denoise-median"))
    with pytest.raises(NotBlindError):
        ring.deal(ALICE, wish)


@pytest.mark.parametrize("own", ["x", "A" * 64, "\ud800", "0" * 64])
def test_a_photo_that_nobody_prepared_is_not_dealt(ring, own):
    with pytest.raises(NoPairError):
        ring.deal(ALICE, {"task": "denoise", "own": own})


def test_a_stored_vote_is_told_even_if_the_scores_cannot_be_read(ring, keep, monkeypatch):
    for model in MODELS:
        keep(ring, registry.get(model), "noise-cat-15")
    token = ring.deal(ALICE, {"task": "denoise"})["token"]

    def fail(self, task):
        raise StoreError("The database went away.")

    monkeypatch.setattr(Arena, "tallies", fail)
    told = ring.vote(ALICE, {"token": token, "choice": "left", "licence": LICENCE, "next": {"task": "sing"}})
    assert told["revealed"]["counts"]
    assert {told["revealed"][side]["model"] for side in ("left", "right")} == {*MODELS}
    assert told["revealed"]["left"]["score"] is None
