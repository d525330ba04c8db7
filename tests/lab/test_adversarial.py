"""Learning against a critic: it tells true photos from made-up ones, and nothing of it is shipped."""

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from lab.errors import RecipeError
from lab.training import learners, lessons, recipe
from lab.training.adversarial import AdversarialLearner
from lab.training.album import Photo
from lab.training.learner import Learner
from lab.training.lesson import Lesson, Question
from lab.training.patch_critic import PatchCritic
from lab.training.recipe import Adversary, Recipe

CPU = torch.device("cpu")
RECIPE = Path(__file__).parents[2] / "lab" / "recipes" / "derust-pix2pix.toml"


@pytest.fixture(scope="module")
def small() -> Recipe:
    """The recipe as shipped, with a smaller network and critic."""
    read = recipe.read(RECIPE)
    assert read.adversary is not None
    return replace(
        read,
        network=replace(read.network, options={"widths": [8, 8, 8], "blocks": 1}),
        adversary=replace(read.adversary, options={"width": 8}),
        training=replace(read.training, patch=32, batch=4),
    )


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return lessons.lesson("rust", {"sheets": 1})


@pytest.fixture(scope="module")
def question(lesson: Lesson) -> Question:
    rng = np.random.default_rng(0)
    photos = [Photo(Path("a.png"), rng.integers(256, size=(60, 60, 3), dtype=np.uint8))]
    drawn = lesson.draw(photos, rng, 4, 32)
    tensors = {name: torch.from_numpy(array) for name, array in drawn.items()}
    return lesson.pose(tensors, torch.Generator())


def learner(small: Recipe, precision: str = "float32") -> Learner:
    torch.manual_seed(0)
    return learners.learner(small, CPU, precision)


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_a_recipe_without_an_adversary_learns_alone(small):
    assert type(learner(small)) is AdversarialLearner
    assert type(learner(replace(small, adversary=None))) is Learner


def test_a_weight_of_nothing_is_as_if_there_were_no_critic(small, lesson, question):
    assert small.adversary is not None
    silent = learner(replace(small, adversary=replace(small.adversary, weight=0.0)))
    alone, heard = learner(replace(small, adversary=None)), learner(small)
    for each in (silent, alone, heard):
        each.learn(lesson, question, 1e-3)
    assert same(silent.weights(), alone.weights())
    assert not same(heard.weights(), alone.weights())


def test_the_critic_is_not_kept_but_by_checkpoints(small, lesson, question):
    found = learner(small)
    found.learn(lesson, question, 1e-3)
    assert found.weights().keys() == found.network.state_dict().keys()
    assert {"critic", "critic_optimiser"} < found.state().keys()


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_what_a_checkpoint_keeps_goes_on_as_if_nothing_had_been(small, lesson, question, precision, tmp_path):
    whole = learner(small, precision)
    for _ in range(2):
        whole.learn(lesson, question, 1e-3)
    torch.save(whole.state(), tmp_path / "state.pt")
    torch.manual_seed(5)  # another beginning, which must not matter
    resumed = learners.learner(small, CPU, precision)
    resumed.restore(torch.load(tmp_path / "state.pt", weights_only=True))
    figures = [each.learn(lesson, question, 1e-3) for each in (whole, resumed)]
    assert same(figures[0], figures[1])
    assert same(whole.weights(), resumed.weights())
    assert same(whole.state()["critic"], resumed.state()["critic"])


def test_a_critic_learns_to_tell_a_poor_answer_from_the_truth(small, lesson, question):
    adversary = Adversary(
        module="patch_critic:PatchCritic", options={"width": 8}, weight=0.01, learning_rate=5e-3
    )
    still = replace(small, adversary=adversary, training=replace(small.training, learning_rate=1e-8))
    found = learner(still)
    assert isinstance(found, AdversarialLearner)
    misses = [found.learn(lesson, question, 1e-8)["critic"].item() for _ in range(60)]
    assert misses[-1] < 0.8 * 0.25, "it must do better than to guess"
    with torch.no_grad():
        photos = (question.target[:, :3], found.network(*question.inputs)[0])
        truth, answer = (found.critic(question.inputs[0], photo).mean() for photo in photos)
    assert truth > answer + 0.3


def test_to_be_taken_for_true_is_learnt(small, lesson, question):
    """A network that learns from the critic alone moves the critic's judgement of its answers towards 1."""
    assert small.adversary is not None
    found = learner(replace(small, adversary=replace(small.adversary, weight=1000.0, learning_rate=1e-8)))
    assert isinstance(found, AdversarialLearner)

    def judged() -> float:
        with torch.no_grad():
            return found.critic(question.inputs[0], found.network(*question.inputs)[0]).mean().item()

    before = judged()
    for _ in range(15):
        found.learn(lesson, question, 1e-3)
    assert abs(1 - judged()) < abs(1 - before)


def test_a_batch_cut_into_parts_is_learnt_from_by_both(small, lesson, question):
    found = learner(small)
    found.parts = 2
    figures = found.learn(lesson, question, 1e-3)
    whole = learner(small).learn(lesson, question, 1e-3)
    assert figures.keys() == whole.keys() == {"loss", "critic", "gradient"}
    for name in ("loss", "critic"):
        assert torch.allclose(figures[name], whole[name], rtol=0.02)


def test_each_judgement_sees_seventy_pixels():
    torch.manual_seed(0)
    critic = PatchCritic(width=4).eval()
    photo = torch.rand(1, 3, 160, 160, requires_grad=True)
    judgements = critic(torch.rand(1, 3, 160, 160), photo)
    assert judgements.shape == (1, 1, 20, 20)
    judgements[0, 0, 10, 10].backward()
    assert photo.grad is not None
    seen = photo.grad.abs().sum((0, 1)) > 0
    assert [int(seen.any(axis).sum()) for axis in (0, 1)] == [70, 70]


@pytest.fixture
def table() -> dict[str, object]:
    return tomllib.loads(RECIPE.read_text(encoding="utf-8"))


def test_an_unknown_key_of_the_adversary_is_named_with_the_one_that_was_meant(table):
    table["adversary"] |= {"wieght": 1.0}  # type: ignore[operator]
    with pytest.raises(RecipeError, match=r"\[adversary\] .* unknown key 'wieght': did you mean 'weight'"):
        recipe.parse(table, "mine")


def test_an_adversary_without_a_weight_is_refused(table):
    del table["adversary"]["weight"]  # type: ignore[attr-defined]
    with pytest.raises(RecipeError, match=r"\[adversary\] of the recipe 'mine' lacks 'weight'"):
        recipe.parse(table, "mine")


def test_an_adversary_that_is_no_table_is_refused(table):
    with pytest.raises(RecipeError, match=r"\[adversary\] of the recipe 'mine' must be a table; found 3"):
        recipe.parse(table | {"adversary": 3}, "mine")


def test_a_weight_out_of_range_is_named(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(RECIPE.read_text(encoding="utf-8").replace("weight = 0.01", "weight = -1"), "utf-8")
    with pytest.raises(RecipeError, match=r"'adversary\.weight' .* must be from 0 to 1000; found -1"):
        recipe.read(path)


def test_a_critic_that_is_not_there_is_named(small):
    absent = replace(small, adversary=replace(small.adversary, module="patch_critic:Critic"))
    with pytest.raises(RecipeError, match=r"'patch_critic:Critic' .* 'file:class' of lab/training"):
        learners.learner(absent, CPU, "float32")
