"""`python -m lab train` with a generator: recipes go on to the bit; budgets, seeds and what runs away."""

import json
import re
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from lab.__main__ import main
from lab.errors import RecipeError
from lab.generating.images import Images
from lab.generating.learner import RivalLearner
from lab.training import recipe as recipes
from models import pixels

RECIPES = Path(__file__).parents[2] / "lab" / "recipes"
EVERY_RECIPE = sorted(path.stem for path in RECIPES.glob("generate-*.toml"))
QUICKEST = "generate-fashion-gan"
SIDES = {"fashion": 28, "cifar": 32, "flowers": 64}


def weights(out: Path) -> dict[str, torch.Tensor]:
    return load_file(out / "weights.safetensors")


def report(out: Path) -> dict:
    return json.loads((out / "training.json").read_text(encoding="utf-8"))


def log(out: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]


def step_kept(out: Path) -> int:
    """The step of the checkpoint, all of whose tensors must be finite."""
    learner = torch.load(out / "checkpoint.pt", weights_only=True)["learner"]
    for part in ("network", "mean", "critic"):
        assert all(tensor.isfinite().all() for tensor in learner[part].values())
    return learner["step"]


@contextmanager
def before_step(number, act):
    """Have `act(learner)` done before step `number` and every later one."""
    learn = RivalLearner.learn

    def disturbed(self, *arguments):
        if self.step >= number:
            act(self)
        return learn(self, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RivalLearner, "learn", disturbed)
        yield


def interrupt(_learner):
    raise KeyboardInterrupt


def poison(learner):
    next(learner.network.parameters()).data.fill_(torch.nan)


@pytest.mark.parametrize("name", EVERY_RECIPE)
def test_a_recipe_takes_steps_and_goes_on_to_the_bit(name, clothes, flowers, train, tmp_path):
    side, whole, paused = SIDES[name.split("-")[1]], tmp_path / "whole", tmp_path / "paused"
    data = clothes if side == 28 else flowers
    assert train(name, data, whole) == 0
    with before_step(13, interrupt):
        assert train(name, data, paused) != 0
    assert step_kept(paused) == 10
    torch.manual_seed(5)  # chance from elsewhere is of no matter
    assert train(name, data, paused) == 0
    assert all(tensor.isfinite().all() for tensor in weights(whole).values())
    assert (whole / "weights.safetensors").read_bytes() == (paused / "weights.safetensors").read_bytes()
    assert [entry["step"] for entry in log(whole)] == [10, 10, 20, 20]
    pictures = sorted(each.name for each in whole.glob("made-*.png"))
    assert pictures == ["made-0000010.png", "made-0000020.png"]
    assert pixels.open(whole / pictures[0]).pixels.shape[:2] == (4 * side, 8 * side)


def test_steps_in_a_recipe_are_its_budget(clothes, train, tmp_path):
    assert train(QUICKEST, clothes, tmp_path / "out", steps=None, change={"steps =": "steps = 3"}) == 0
    assert report(tmp_path / "out")["steps"] == 3


def test_minutes_on_the_command_line_stand_above_the_recipes_steps(clothes, train, tmp_path):
    out, many = tmp_path / "out", {"steps =": "steps = 1000000"}
    assert train(QUICKEST, clothes, out, "--minutes", "0.002", steps=None, change=many) == 0
    assert 1 <= report(out)["steps"] < 1000


def test_a_finished_training_that_goes_on_is_examined_again(clothes, train, tmp_path):
    out = tmp_path / "out"
    assert train(QUICKEST, clothes, out, steps=10) == 0
    assert train(QUICKEST, clothes, out, steps=20) == 0
    assert [entry["step"] for entry in log(out) if "figures" in entry] == [5, 10, 20]


@pytest.mark.parametrize(
    ("budget", "sentence"),
    [
        ("", "'minutes' .* must be from 0.001"),
        ("steps = 3\nminutes = 1", "'minutes' .* must be from 0 to 0; found 1"),
        ("steps = 0.5", "'steps' .* must be a whole number"),
    ],
)
def test_a_recipe_has_one_budget(budget, sentence, tmp_path):
    text = (RECIPES / f"{QUICKEST}.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text("\n".join(budget if line.startswith("steps =") else line for line in text.split("\n")))
    with pytest.raises(RecipeError, match=sentence):
        recipes.read(path)


def test_another_seed_gives_another_generator(clothes, train, tmp_path):
    for seed in (1, 2):
        assert train(QUICKEST, clothes, tmp_path / str(seed), "--seed", str(seed), steps=1) == 0
        assert report(tmp_path / str(seed))["recipe"]["seed"] == seed
    assert train(QUICKEST, clothes, tmp_path / "recipe's", steps=1) == 0
    one, two, own = (weights(tmp_path / name) for name in ("1", "2", "recipe's"))
    assert all(torch.equal(one[name], own[name]) for name in one)
    assert not any(torch.equal(one[name], two[name]) for name in one)


def test_numbers_that_are_none_end_in_a_sentence_and_the_best_weights_are_kept(
    clothes, train, tmp_path, capsys
):
    out = tmp_path / "out"
    with before_step(15, poison):
        assert train(QUICKEST, clothes, out, "--keep-every", "1e-9") == 2
    said = capsys.readouterr().err
    assert "Near step 16 the loss ran away (it is nan). Lower 'learning_rate'" in said
    assert f"at its best, after step 10, is kept in '{out}'" in said
    assert step_kept(out) == 15
    assert report(out)["chosen_step"] == 10
    assert all(tensor.isfinite().all() for tensor in weights(out).values())


def test_numbers_that_are_none_from_the_beginning_leave_no_weights(clothes, train, tmp_path, capsys):
    with before_step(0, poison):
        assert train(QUICKEST, clothes, tmp_path / "out") == 2
    assert "the loss ran away (it is nan)" in capsys.readouterr().err
    assert not (tmp_path / "out" / "weights.safetensors").exists()
    assert step_kept(tmp_path / "out") == 0


def test_a_generator_that_collapsed_is_stopped_once_it_has_had_time(
    clothes, train, tmp_path, capsys, monkeypatch
):
    examine, least = Images.examine, iter([0.0, *[1e9] * 9])

    def stricter_from_the_second_time(self, *arguments):
        monkeypatch.setattr("lab.generating.images.LEAST_VARIETY", next(least))
        return examine(self, *arguments)

    monkeypatch.setattr(Images, "examine", stricter_from_the_second_time)
    monkeypatch.setattr("lab.training.loop.PATIENCE", 15)
    monkeypatch.setattr("lab.training.loop.EXAMINATIONS", 4)
    out = tmp_path / "out"
    assert train(QUICKEST, clothes, out, steps=40) == 2
    said = capsys.readouterr().err
    assert "Near step 20 the generator has collapsed" in said
    assert "at its best, after step 10, is kept in" in said
    assert main(["ship", str(out)]) == 2
    assert "failed: Near step 20 the generator has collapsed" in capsys.readouterr().err
    assert all(tensor.isfinite().all() for tensor in weights(out).values())
    assert [path.name for path in sorted(out.glob("made-*.png"))] == ["made-0000010.png", "made-0000020.png"]


def test_a_generator_that_never_made_two_images_leaves_no_weights(
    clothes, train, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("lab.generating.images.LEAST_VARIETY", 1e9)
    monkeypatch.setattr("lab.training.loop.PATIENCE", 15)
    assert train(QUICKEST, clothes, tmp_path / "out", steps=40) == 2
    assert "the generator has collapsed" in capsys.readouterr().err
    assert not (tmp_path / "out" / "weights.safetensors").exists()


def test_weights_that_half_precision_cannot_hold_are_kept_whole(clothes, train, tmp_path):
    def enlarge(learner):
        for network in (learner.network, learner.mean):
            network.layers[0].weight.data.mul_(1e7)

    with before_step(0, enlarge):
        assert train(QUICKEST, clothes, tmp_path / "out", steps=1) == 0
    said = report(tmp_path / "out")
    assert (said["weights_dtype"], said["half_precision_cost"]) == ("float32", None)
    assert said["held_out"]["unlikeness"] > 0


def test_a_gpu_too_small_for_a_batch_gets_a_sentence(clothes, train, tmp_path, capsys, monkeypatch):
    def cramped(*_):
        raise torch.OutOfMemoryError("no room")

    monkeypatch.setattr(RivalLearner, "_teach_critic", cramped)
    assert train(QUICKEST, clothes, tmp_path / "out") == 2
    assert "does not hold a batch of 10 images of 28 pixels" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("wgan", {"batch =": "batch = 12"}, "must be a multiple of 'critic_steps', 5, .*; found 12"),
        (
            "modern",
            {"augment =": 'augment = "colour"'},
            "'augment' .* must be a list of texts; found 'colour'",
        ),
        ("modern", {"augment =": "augment = [1]"}, r"must be a list of texts; found \[1\]"),
        ("modern", {"augment =": 'augment = ["blur"]'}, "'augment' has no 'blur'"),
        ("modern", {"patch =": "patch = 32"}, "makes images of 28×28 with 1 channels; its lesson has 32×32"),
        ("modern", {"penalty_every =": "penalty_every = 0"}, "'rivalry.penalty_every' .* must be from 1 to"),
    ],
)
def test_a_recipe_that_cannot_be_is_refused(name, change, sentence, clothes, train, tmp_path, capsys):
    assert train(f"generate-fashion-{name}", clothes, tmp_path / "out", change=change) == 2
    assert re.search(sentence, capsys.readouterr().err)


def test_images_alone_teach_nothing(clothes, train, tmp_path, capsys):
    table = r"\[rivalry\](?s:.)*\Z"
    assert train(QUICKEST, clothes, tmp_path / "out", change={table: ""}) == 2
    assert "needs a [rivalry]" in capsys.readouterr().err
