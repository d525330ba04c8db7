"""One step of generator and critic: what is seen, how fast is learnt, where chance comes from, refusals."""

from dataclasses import replace

import pytest
import torch

from lab.errors import RecipeError
from lab.generating import augment
from lab.generating.images import Images
from lab.generating.learner import RivalLearner
from lab.training.lesson import Question
from lab.training.recipe import NetworkChoice

GREY, SIDE = Images(grey=True), 16
CONV = NetworkChoice(
    module="dcgan:DCGAN", options={"latent": 4, "width": 3, "side": SIDE, "channels": 1, "first": 4}
)


def same(one: RivalLearner, other: RivalLearner) -> bool:
    """Tell whether both networks of both learners are the same to the bit."""
    return all(
        torch.equal(tensor, b.state_dict()[name])
        for a, b in ((one.network, other.network), (one.critic, other.critic))
        for name, tensor in a.state_dict().items()
    )


def test_the_critics_learning_rate_keeps_its_share(rival, question):
    learner = rival(learning_rate=4e-3)
    for rate in (1e-3, 2.5e-4):
        learner.learn(GREY, question, rate)
        rates = [each.param_groups[0]["lr"] for each in (learner.optimiser, learner.critic_optimiser)]
        assert rates == pytest.approx([rate, 4 * rate])


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ["real", "made", "made"]),
        ({"critic_steps": 2}, ["real", "made"] * 2 + ["made"]),
        ({"objective": "relativistic"}, ["real", "made", "real", "made", "made", "real"]),
    ],
)
def test_real_and_made_images_are_changed_alike_before_the_critic_sees_them(
    rival, settings, expected, question, monkeypatch
):
    monkeypatch.setitem(augment.WAYS, "colour", lambda images, _chance: images - 5)
    learner, seen = rival(augment=("colour",), **settings), []
    learner.critic.register_forward_pre_hook(lambda _, given: seen.append(given[0].detach()))
    learner.learn(GREY, question, 0.0)
    real = question.target.flatten(1) - 5
    kinds = ["real" if (each.flatten(1)[:1] == real).all(1).any() else "made" for each in seen]
    assert all(each.max() <= -4 for each in seen)
    assert kinds == expected


def test_a_step_moves_both_networks_and_all_its_chance_is_of_seed_and_step(rival, question):
    settings = {"dropout": 0.5, "augment": ("colour", "translation", "cutout"), "matching": 1.0}
    found = []
    for elsewhere in (1, 2):
        learner, begun = rival(**settings), rival(**settings)
        torch.manual_seed(elsewhere)
        figures = learner.learn(GREY, question, 1e-3)
        assert all(torch.isfinite(figure) for figure in figures.values())
        for new, old in ((learner.network, begun.network), (learner.critic, begun.critic)):
            assert not any(map(torch.equal, new.parameters(), old.parameters()))
        found.append(learner)
    assert same(*found)


def masks(learner: RivalLearner, question: Question, steps: int) -> list[torch.Tensor]:
    """Which neurons dropout left out, pass by pass."""
    found: list[torch.Tensor] = []
    layer = next(each for each in learner.critic.modules() if isinstance(each, torch.nn.Dropout))
    hook = layer.register_forward_hook(lambda _layer, _given, made: found.append(made == 0))
    for _ in range(steps):
        learner.learn(GREY, question, 0.0)
    hook.remove()
    return found


def test_dropout_depends_on_seed_and_step_alone(rival, question):
    first, again = (masks(rival(dropout=0.5), question, 2) for _ in range(2))
    other = masks(rival(dropout=0.5, seed=2), question, 2)
    late = rival(dropout=0.5)
    late.step = 1
    assert all(map(torch.equal, first, again))
    assert not all(map(torch.equal, first, other))
    assert not all(map(torch.equal, first[:3], first[3:]))
    assert all(map(torch.equal, masks(late, question, 1), first[3:]))


def test_what_a_checkpoint_keeps_goes_on_with_the_same_dropout(rival, question, tmp_path):
    whole = rival(dropout=0.5)
    for _ in range(2):
        whole.learn(GREY, question, 1e-3)
    torch.save(whole.state(), tmp_path / "state.pt")
    resumed = rival(dropout=0.5)
    resumed.restore(torch.load(tmp_path / "state.pt", weights_only=True))
    torch.manual_seed(99)
    resumed.learn(GREY, question, 1e-3)
    whole.learn(GREY, question, 1e-3)
    assert same(whole, resumed)


def test_another_seed_gives_other_latents(rival):
    first, second, third = (
        learner._latents(2, learner._chance()) for learner in (rival(seed=seed) for seed in (1, 2, 2**32))
    )
    assert not torch.equal(first, second)
    assert not torch.equal(second, third)


def test_the_mean_has_averaged_statistics_of_batches_and_counts_them(rival, question):
    learner = rival(network=CONV)
    mean = {name: tensor.clone() for name, tensor in learner.mean.state_dict().items()}
    for step in range(3):
        learner.learn(GREY, question, 1e-3)
        share = 1 - (1 + step) / (10 + step)
        for name, new in learner.network.state_dict().items():
            mean[name] = mean[name] + share * (new - mean[name]) if new.is_floating_point() else new.clone()
    found, last = learner.mean.state_dict(), learner.network.state_dict()
    statistics = [name for name in found if name.endswith(("running_mean", "running_var"))]
    assert statistics
    for name in found:
        torch.testing.assert_close(found[name], mean[name])
    assert not any(torch.equal(found[name], last[name]) for name in statistics)
    assert found["blocks.0.0.bn0.num_batches_tracked"] > 0


CRITIC = {"side": SIDE, "widths": [6]}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"objective": "wasserstein"}, "no objective 'wasserstein'; choose one of minimax"),
        ({"objective": "relativistic", "real_label": 0.9}, "smooths labels, which .* 'relativistic' has not"),
        ({"optimiser": "sgd"}, "no optimiser 'sgd'; choose one of adam, rmsprop"),
        ({"augment": ("blur",)}, "'augment' has no 'blur'; choose of colour, translation, cutout"),
        ({"module": "critics:Nobody"}, "'file:class' of lab/generating"),
        (
            {"module": "critics:Falling", "options": {"inputs": 1, "outputs": 1}},
            "'critics:Falling' .* is no critic",
        ),
        ({"options": CRITIC | {"side": 20}}, "does not take images of 16×16 with 1 channels"),
        ({"options": CRITIC | {"channels": 3}}, "does not take images of 16×16 with 1 channels"),
        ({"patch": 32}, "makes images of 16×16 with 1 channels; its lesson has 32×32 with 1"),
        (
            {"network": replace(CONV, options=CONV.options | {"channels": 3})},
            "makes images of 16×16 with 3 channels; its lesson has 16×16 with 1",
        ),
        (
            {"network": NetworkChoice(module="aodnet:AODNet")},
            "'aodnet:AODNet' makes no images from random numbers",
        ),
        (
            {"network": replace(CONV, options=CONV.options | {"side": 20})},
            "cannot be built: expected a side that doubles 4",
        ),
    ],
)
def test_a_rivalry_that_cannot_be_is_refused(rival, change, sentence):
    with pytest.raises(RecipeError, match=sentence):
        rival(**change)


def test_damage_has_no_rival(rival):
    with pytest.raises(RecipeError, match="no other lesson has one"):
        rival(lesson="gaussian-noise")
