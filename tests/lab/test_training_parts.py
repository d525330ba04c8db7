"""The parts of a training: patches, noise, the schedule, the journal, batches cut small."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from lab.errors import CannotKeepError
from lab.training import journal, lessons, recipe
from lab.training.album import Album, Photo, squared
from lab.training.learner import Learner, build
from lab.training.lesson import Question, draw_patches
from lab.training.loop import Draws
from lab.training.schedule import Budget, learning_rate
from models.architectures.unet import UNet

RECIPES = Path(__file__).parents[2] / "lab" / "recipes"


@pytest.fixture
def photos() -> tuple[Photo, ...]:
    rng = np.random.default_rng(0)
    sizes = [(60, 50), (44, 70)]
    return tuple(
        Photo(Path(f"{n}.png"), rng.integers(256, size=(*s, 3), dtype=np.uint8)) for n, s in enumerate(sizes)
    )


def test_patches_are_pieces_of_the_photos(photos) -> None:
    (patch,) = draw_patches(photos, np.random.default_rng(3), 1, 44)
    turned = [np.rot90(patch, turns, axes=(1, 2)) for turns in range(4)]
    views = [view.transpose(1, 2, 0) for each in turned for view in (each, each[:, :, ::-1])]
    windows = [
        photo.pixels[top : top + 44, left : left + 44]
        for photo in photos
        for top in range(photo.pixels.shape[0] - 43)
        for left in range(photo.pixels.shape[1] - 43)
    ]
    assert sum(np.array_equal(view, window) for view in views for window in windows) == 1


@pytest.mark.parametrize("name", sorted(path.stem for path in RECIPES.glob("*.toml")))
def test_a_batch_depends_on_seed_and_step_alone(name, photos) -> None:
    read = recipe.read(RECIPES / f"{name}.toml")
    if lessons.takes_images(read.lesson.kind):
        photos = squared(Album(photos, ()), 32).learning
    small = recipe.Recipe(
        name=name,
        seed=read.seed,
        minutes=1,
        network=read.network,
        lesson=read.lesson,
        training=recipe.Plan(patch=32, batch=3, learning_rate=1e-3),
    )
    draws = Draws(lessons.lesson(read.lesson.kind, read.lesson.settings), photos, small)
    first, again, other = draws[5], draws[5], draws[6]
    assert all(np.array_equal(first[key], again[key]) for key in first)
    assert not all(np.array_equal(first[key], other[key]) for key in first)


def test_gaussian_noise_has_the_strength_the_network_is_told(photos) -> None:
    lesson = lessons.lesson("gaussian-noise", {"sigma": [20, 50]})
    drawn = lesson.draw(photos, np.random.default_rng(1), 4, 40)
    tensors = {name: torch.from_numpy(array) for name, array in drawn.items()}
    question = lesson.pose(tensors, torch.Generator().manual_seed(1))
    noisy, sigma = question.inputs
    measured = (noisy - question.target).std(dim=(1, 2, 3)) * 255
    assert torch.allclose(measured, sigma.flatten(), rtol=0.05)
    assert noisy.min() < 0
    assert noisy.max() > 1


def test_earlier_steps_count_in_the_lesson_and_the_last_one_counts_most():
    lesson, clean = lessons.lesson("gaussian-noise", {}), torch.zeros(1, 3, 8, 8)
    question, wrong = Question((clean,), clean), torch.ones(1, 3, 8, 8)
    right, last, early = (
        lesson.loss(answer, question, "l1").item()
        for answer in ((clean, clean, clean), (wrong, clean, clean), (clean, wrong, clean))
    )
    assert right == 0 < early < last
    assert lesson.loss(wrong, question, "l1") == last


def test_camera_noise_leaves_the_share_it_should_undamaged(photos) -> None:
    lesson = lessons.lesson("camera-noise", {"clean_share": 1.0})
    drawn = lesson.draw(photos, np.random.default_rng(1), 3, 32)
    assert np.array_equal(drawn["clean"], drawn["noisy"])
    damaged = lessons.lesson("camera-noise", {"clean_share": 0.0, "gain": [0.01, 0.02]})
    drawn = damaged.draw(photos, np.random.default_rng(1), 3, 32)
    assert np.abs(drawn["clean"].astype(int) - drawn["noisy"]).mean() > 2


def test_a_batch_cut_into_parts_gives_the_same_step(photos) -> None:
    read = recipe.read(RECIPES / "denoise-unet-fast.toml")
    lesson = lessons.lesson(read.lesson.kind, read.lesson.settings)
    drawn = {k: torch.from_numpy(v) for k, v in lesson.draw(photos, np.random.default_rng(1), 5, 32).items()}
    results = []
    for parts in (1, 3):
        torch.manual_seed(0)
        learner = Learner(build(read.network), read.training, torch.device("cpu"), "float32")
        learner.parts = parts
        question = lesson.pose(drawn, torch.Generator().manual_seed(1))
        results.append(learner.learn(lesson, question, 1e-3))
    whole, in_parts = results
    assert torch.allclose(whole["loss"], in_parts["loss"], rtol=1e-5)
    assert torch.allclose(whole["gradient"], in_parts["gradient"], rtol=1e-4)


def test_a_gpu_out_of_memory_gets_smaller_parts_until_one_fits(photos, monkeypatch) -> None:
    read = recipe.read(RECIPES / "denoise-unet-fast.toml")
    lesson = lessons.lesson(read.lesson.kind, read.lesson.settings)
    drawn = {k: torch.from_numpy(v) for k, v in lesson.draw(photos, np.random.default_rng(1), 8, 32).items()}
    learner = Learner(build(read.network), read.training, torch.device("cpu"), "float32")
    forward = UNet.forward

    def cramped(network, image, *told):
        if len(image) > 2:
            raise torch.OutOfMemoryError("no room")
        return forward(network, image, *told)

    monkeypatch.setattr(UNet, "forward", cramped)
    figures = learner.learn(lesson, lesson.pose(drawn, torch.Generator().manual_seed(1)), 1e-3)
    assert learner.parts == 4
    assert torch.isfinite(figures["loss"])


def test_minutes_count_seconds_and_steps_count_steps() -> None:
    assert Budget(2).progress(10**6, 60) == 0.5
    assert Budget(2).progress(0, 1e9) == 1
    assert Budget(2, steps=100).progress(25, 1e9) == 0.25


def test_the_learning_rate_rises_then_falls_to_zero() -> None:
    rates = [learning_rate(1e-3, step, 10, step / 100) for step in range(101)]
    assert max(rates) < 1e-3
    assert np.argmax(rates) == 9
    assert rates[-1] == 0
    assert all(now > then for now, then in pairwise(rates[9:]))


def test_entries_after_the_checkpoint_are_dropped_and_so_is_a_line_cut_off(tmp_path) -> None:
    lines = '{"step": 50, "loss": 1}\n{"step": 100, "loss": 1}\n{"step": 1'
    (tmp_path / "log.jsonl").write_text(lines)
    found = journal.Journal(tmp_path, 60)
    found.add({"step": 100, "loss": 2})
    assert [entry["loss"] for entry in journal.read(tmp_path / "log.jsonl")] == [1, 2]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_log_that_cannot_be_written_is_told(tmp_path) -> None:
    found = journal.Journal(tmp_path, 0)
    (tmp_path / "log.jsonl").unlink()
    (tmp_path / "log.jsonl").symlink_to("/dev/full")  # for writing alone: reading it never ends
    with pytest.raises(CannotKeepError, match="No space left on device"):
        found.add({"step": 50, "loss": 1})


def test_the_curves_show_the_loss_and_beside_it_a_generators() -> None:
    alone = [{"step": 50, "loss": 1.0}, {"step": 100, "loss": 3.0}, {"step": 100, "figures": {"psnr": 30}}]
    drawn = journal.curves(alone)
    assert re.findall(r'fill="#\w{6}">([^<]+)<', drawn) == ["loss", "psnr"]
    assert drawn.count("<polyline") == 2
    rivals = journal.curves({"generator": 5.0, **entry} for entry in alone[:2])
    assert re.findall(r'fill="#\w{6}">([^<]+)<', rivals) == ["critic", "generator"]
    assert ">5<" in rivals, "the axis reaches as far as the higher of the two"
    assert rivals.count("<polyline") == 2


@pytest.mark.parametrize("noise_level", [True, False])
def test_the_unet_keeps_the_size_and_sees_each_image_alone(noise_level) -> None:
    torch.manual_seed(0)
    network = UNet(widths=(8, 12, 16), blocks=1, noise_level=noise_level).eval()
    images = torch.rand(2, 3, 16, 24)
    told = (torch.tensor([10.0, 40.0]).view(2, 1, 1, 1),) if noise_level else ()
    both = network(images, *told)
    one = network(images[1:], *(each[1:] for each in told))
    assert both.shape == images.shape
    assert torch.allclose(both[1:], one, atol=1e-6)
