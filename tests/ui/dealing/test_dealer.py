"""Who is dealt what: two models, one input, nothing twice, own photos to their owner alone."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import pairwise

import pytest

from models import registry
from models.card import Task
from ratings.arena.arena import Arena
from ratings.arena.records import Deal
from ratings.errors import AllSeenError, NoPairError
from ratings.records import LICENCE, Result
from ratings.stimuli import Shown, Stimuli, Stimulus
from ui.dealing import dealer as dealer_module
from ui.dealing.dealer import Dealer
from ui.keeping.desk import Desk

ALICE, BOB = "a" * 64, "b" * 64
MODELS = ("denoise-median", "denoise-mean", "denoise-nlm")
INPUTS = ("cat", "room")
Add = Callable[..., Stimulus]


@pytest.fixture
def add(desk: Desk) -> Add:
    """`add(model, of)` keeps a result of `model`; nothing looks at its picture."""

    def add_result(model: str, of: str, owner: str | None = None, weights: str | None = None) -> Stimulus:
        made = sha256(repr((model, of, owner, weights)).encode()).hexdigest()
        result = Result(
            task="denoise",
            model=model,
            version=1,
            weights_sha256=weights,
            settings={},
            default_settings=True,
            input_sha256=own(of),
            output_sha256=made,
            input_name=of,
            app_version="0.1.0",
            device="cpu",
            seconds=0.1,
        )
        shown = Shown(
            making=desk.store.remember(result),
            sha256=made,
            original_sha256="f" * 64,
            width=4,
            height=3,
            owner=owner,
        )
        return Stimuli(desk.store.database).add(shown)

    return add_result


@pytest.fixture
def dealer(desk: Desk) -> Dealer:
    return Dealer(Arena(desk.store.database), Stimuli(desk.store.database), seed=1)


def own(photo: str) -> str:
    return sha256(photo.encode()).hexdigest()


def fill(add: Add) -> None:
    for of in INPUTS:
        for model in MODELS:
            add(model, of)


def shape(deal: Deal) -> tuple[frozenset[str], str]:
    """Which models, on which input, whatever the sides."""
    assert deal.left.input_sha256 == deal.right.input_sha256
    return frozenset({deal.left.contestant.model, deal.right.contestant.model}), deal.left.input_name


def test_both_sides_show_the_same_input_by_two_models(add, dealer):
    fill(add)
    for _ in range(30):
        models, of = shape(dealer.deal("denoise", ALICE))
        assert len(models) == 2
        assert of in INPUTS


def test_nobody_is_dealt_the_same_twice_while_there_is_something_else(add, dealer):
    fill(add)
    everything = len(INPUTS) * 3
    dealt = [shape(dealer.deal("denoise", ALICE)) for _ in range(3 * everything)]
    assert len(set(dealt[:everything])) == everything
    others = [shape(dealer.deal("denoise", BOB)) for _ in range(everything)]
    assert len(set(others)) == everything


def test_what_was_dealt_is_known_after_a_restart(add, dealer):
    fill(add)
    before = {shape(dealer.deal("denoise", ALICE)) for _ in range(4)}
    again = Dealer(dealer.arena, dealer.stimuli, seed=2)
    after = {shape(again.deal("denoise", ALICE)) for _ in range(2)}
    assert not before & after


def test_both_sides_come_up_for_every_model(add, dealer):
    fill(add)
    left = Counter(dealer.deal("denoise", f"{number:064x}").left.contestant.model for number in range(120))
    assert set(left) == set(MODELS)
    assert min(left.values()) > 15


def test_the_inputs_change(add, dealer):
    fill(add)
    inputs = [shape(dealer.deal("denoise", ALICE))[1] for _ in range(6)]
    assert sum(one == other for one, other in pairwise(inputs)) <= 2


def test_one_result_is_no_pair(add, dealer):
    with pytest.raises(NoPairError):
        dealer.deal("denoise", ALICE)
    add("denoise-median", "cat")
    add("denoise-mean", "room")
    dealer.changed()
    with pytest.raises(NoPairError, match="denoise"):
        dealer.deal("denoise", ALICE)


def test_a_result_that_is_ready_now_is_noticed_at_once(add, dealer):
    add("denoise-median", "cat")
    with pytest.raises(NoPairError):
        dealer.deal("denoise", ALICE)
    add("denoise-mean", "cat")
    dealer.changed()
    assert shape(dealer.deal("denoise", ALICE))[0] == {"denoise-median", "denoise-mean"}
    assert dealer.ready("denoise") == 2


def test_without_being_told_a_change_is_noticed_after_seconds(add, dealer, monkeypatch):
    fill(add)
    dealer.deal("denoise", ALICE)
    dealer.stimuli.retire([each.id for each in dealer.stimuli.of_task("denoise")])
    assert dealer.deal("denoise", ALICE)
    monkeypatch.setattr(dealer_module, "READ_ANEW_SECONDS", 0.0)
    with pytest.raises(NoPairError):
        dealer.deal("denoise", ALICE)


def test_retired_results_are_dealt_no_more(add, dealer):
    fill(add)
    gone = [each.id for each in dealer.stimuli.of_task("denoise") if each.contestant.model == "denoise-nlm"]
    dealer.stimuli.retire(gone)
    dealer.changed()
    for _ in range(10):
        assert "denoise-nlm" not in shape(dealer.deal("denoise", ALICE))[0]


def test_an_own_photo_is_dealt_to_its_owner_alone(add, dealer):
    fill(add)
    for model in MODELS[:2]:
        add(model, "mine", owner=ALICE)
    assert shape(dealer.deal("denoise", ALICE, own("mine")))[1] == "mine"
    assert all(shape(dealer.deal("denoise", ALICE))[1] in INPUTS for _ in range(12))
    for other in (BOB, None):
        with pytest.raises(NoPairError):
            dealer.deal("denoise", other, own("mine"))


def test_each_pair_of_an_own_photo_is_dealt_once(add, dealer):
    for model in MODELS[:3]:
        add(model, "mine", owner=ALICE)
    pairs = {shape(dealer.deal("denoise", ALICE, own("mine")))[0] for _ in range(3)}
    assert len(pairs) == 3
    with pytest.raises(AllSeenError):
        dealer.deal("denoise", ALICE, own("mine"))


def test_an_owner_is_not_dealt_another_photo_than_the_one_asked_for(add, dealer):
    for of in ("mine", "my other"):
        for model in MODELS[:2]:
            add(model, of, owner=ALICE)
    for of in ("mine", "my other"):
        assert shape(dealer.deal("denoise", ALICE, own(of)))[1] == of
    with pytest.raises(NoPairError):
        dealer.deal("denoise", ALICE, own("nobody's"))


def test_new_weights_are_a_contestant_of_their_own(add, dealer):
    old, new = (add("denoise-unet", "cat", weights=weights) for weights in ("1" * 64, "2" * 64))
    deal = dealer.deal("denoise", ALICE)
    assert {deal.left.id, deal.right.id} == {old.id, new.id}


def test_tasks_do_not_mix(add, dealer):
    fill(add)
    with pytest.raises(NoPairError):
        dealer.deal("dehaze", ALICE)


def test_many_at_once_are_dealt_each_their_own(add, dealer):
    fill(add)
    raters = [f"{number:064x}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        deals = list(pool.map(lambda rater: dealer.deal("denoise", rater), raters))
    assert len({each.token for each in deals}) == 40
    assert [each.rater for each in deals] == raters


def test_no_model_is_starved_by_the_choice(furnished_ring):
    seen = Counter[str]()
    for number in range(150):
        deal = furnished_ring.dealer.deal("denoise", f"{number % 10:064x}")
        seen.update((deal.left.contestant.model, deal.right.contestant.model))
        furnished_ring.arena.vote(deal.token, deal.rater, "left", accepted_licence=LICENCE)
    ready = {each.contestant.model for each in furnished_ring.stage.stimuli.of_task("denoise")}
    assert seen.keys() == ready
    assert ready <= {card.id for card in registry.by_task(Task.DENOISE)}
    assert min(seen.values()) >= 5
