"""Generators and their critics: every recipe takes steps, goes on to the bit, and refuses mistakes."""

import gzip
import re
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from lab.__main__ import main
from lab.errors import MaterialError, RecipeError
from lab.generating import likeness
from lab.generating.augment import changed
from lab.generating.critics import ConvCritic, Critic, MLPCritic, ResNetCritic
from lab.generating.images import Images, sheet
from lab.generating.learner import RivalLearner
from lab.training import album, idx, learners
from lab.training import recipe as recipes
from models import pixels
from models.architectures import dcgan, mlp_gan, resnet_gan

RECIPES = Path(__file__).parents[2] / "lab" / "recipes" / "generating"
EVERY_RECIPE = sorted(path.stem for path in RECIPES.glob("*.toml"))
CPU = torch.device("cpu")
STEPS = 6


def idx_file(path: Path, images: np.ndarray) -> None:
    header = struct.pack(">4i", 0x0803, *images.shape)
    path.write_bytes(gzip.compress(header + images.tobytes()))


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """Soft blobs in the form of Fashion-MNIST, and a test part that is held out."""
    folder, rng = tmp_path_factory.mktemp("data"), np.random.default_rng(0)
    rows, columns = np.indices((28, 28))
    for part, count in (("train", 64), ("t10k", 24)):
        middles = rng.uniform(8, 20, (count, 2, 1, 1))
        distance = (rows - middles[:, 0]) ** 2 + (columns - middles[:, 1]) ** 2
        images = np.rint(255 * np.exp(-distance / rng.uniform(10, 60, (count, 1, 1)))).astype(np.uint8)
        idx_file(folder / f"{part}-images-idx3-ubyte.gz", images)
    return folder


def shrunk(name: str, folder: Path) -> Path:
    """The recipe as shipped, with batches of ten and an examination that costs nothing."""
    text = (RECIPES / f"{name}.toml").read_text(encoding="utf-8")
    path = folder / f"{name}.toml"
    path.write_text(re.sub(r"(?m)^batch = \d+$", "batch = 10", text), encoding="utf-8")
    return path


def call(recipe: Path, data: Path, out: Path, steps: int) -> list[str]:
    words = ["train", str(recipe), "--data", str(data), "--out", str(out), "--device", "cpu"]
    return [*words, "--workers", "0", "--steps", str(steps), "--keep-every", "0.001"]


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr("lab.generating.images.EXAMINED", 32)
    monkeypatch.setattr("lab.training.loop.EXAMINATIONS", 2)


@pytest.mark.parametrize("name", EVERY_RECIPE)
def test_a_recipe_takes_steps_and_goes_on_to_the_bit(name, data, tmp_path, monkeypatch):
    path, whole, paused = shrunk(name, tmp_path), tmp_path / "whole", tmp_path / "paused"
    assert main(call(path, data, whole, STEPS)) == 0
    learn, taken = RivalLearner.learn, []

    def interrupted(self, *arguments):
        if len(taken) == STEPS // 2:
            raise KeyboardInterrupt
        taken.append(1)
        return learn(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(RivalLearner, "learn", interrupted)
        assert main(call(path, data, paused, STEPS)) != 0
    assert main(call(path, data, paused, STEPS)) == 0
    weights = load_file(whole / "weights.safetensors")
    assert all(torch.isfinite(tensor).all() for tensor in weights.values())
    assert (whole / "weights.safetensors").read_bytes() == (paused / "weights.safetensors").read_bytes()
    pictures = sorted(each.name for each in whole.glob("made-*.png"))
    assert pictures == ["made-0000003.png", "made-0000006.png"]
    assert pixels.open(whole / pictures[0]).pixels.shape[:2] == (4 * 28, 8 * 28)


@pytest.mark.parametrize("name", EVERY_RECIPE)
def test_a_step_moves_generator_and_critic_and_its_chance_is_its_own(name):
    read = recipes.read(RECIPES / f"{name}.toml")
    question = Images(grey=True).pose(
        {"real": torch.randint(256, (10, 1, 28, 28), dtype=torch.uint8)}, torch.Generator()
    )
    states = []
    for turn in range(2):
        torch.manual_seed(0)
        learner = learners.learner(read, CPU, "float32")
        assert isinstance(learner, RivalLearner)
        torch.manual_seed(turn)  # chance from elsewhere is of no matter
        before = [
            {key: tensor.clone() for key, tensor in network.state_dict().items()}
            for network in (learner.network, learner.critic)
        ]
        figures = learner.learn(Images(), question, 1e-3)
        assert all(torch.isfinite(figure) for figure in figures.values())
        for network, old in zip((learner.network, learner.critic), before, strict=True):
            new = network.state_dict()
            assert any(not torch.equal(new[key], old[key]) for key in new)
        states.append(learner.network.state_dict())
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])


def test_another_seed_gives_other_latents():
    read = recipes.read(RECIPES / "fashion-gan.toml")
    drawn = [learners.learner(replace(read, seed=seed), CPU, "float32") for seed in (1, 2, 2**32)]
    first, second, third = (each._latents(2, each._chance()) for each in drawn)
    assert not torch.equal(first, second)
    assert not torch.equal(second, third)


def test_idx_images_too_small_for_a_lesson_are_left_out(data):
    said: list[str] = []
    with pytest.raises(MaterialError, match="No photo is left"):
        album.read([data], least_side=48, cutouts=False, tell=said.append)
    assert "28×28, and must have 48 pixels" in said[0]


def test_clipped_weights_stay_within_their_bounds():
    learner = learners.learner(recipes.read(RECIPES / "fashion-wgan.toml"), CPU, "float32")
    real = torch.rand(10, 1, 28, 28)
    learner.learn(Images(), Images().pose({"real": 255 * real}, torch.Generator()), 1e-3)
    assert max(parameter.abs().max().item() for parameter in learner.critic.parameters()) <= 0.01


CRITICS = {
    "mlp": lambda **more: MLPCritic(side=16, channels=3, widths=[32, 16], **more),
    "conv": lambda **more: ConvCritic(side=16, channels=3, width=8, halvings=2, normalised=False, **more),
    "resnet": lambda **more: ResNetCritic(side=16, channels=3, width=8, halvings=2, **more),
}


@pytest.mark.parametrize("kind", CRITICS)
def test_a_critic_gives_one_judgement_an_image(kind):
    critic: Critic = CRITICS[kind]()
    images = torch.rand(5, 3, 16, 16)
    assert critic(images).shape == (5, 1)
    torch.testing.assert_close(critic(images)[:2], critic(images[:2]))


@pytest.mark.parametrize("kind", CRITICS)
def test_a_critic_that_sees_deviations_tells_a_batch_of_one_image_repeated(kind):
    critic: Critic = CRITICS[kind](deviation=True)
    images = torch.rand(6, 3, 16, 16)
    alike = images[:1].expand(6, -1, -1, -1)
    assert not torch.allclose(critic(images)[:1], critic(alike)[:1])


GENERATORS = {
    "mlp": (lambda: mlp_gan.MLPGenerator(latent=8, widths=[16, 32], side=12), mlp_gan.load, (1, 12)),
    "dcgan": (lambda: dcgan.DCGAN(latent=8, width=4, side=28, channels=1, first=7), dcgan.load, (1, 28)),
    "resnet": (
        lambda: resnet_gan.ResNetGenerator(latent=8, width=4, side=32, widest=12),
        resnet_gan.load,
        (3, 32),
    ),
}


@pytest.mark.parametrize("kind", GENERATORS)
def test_a_generators_sizes_are_read_from_its_weights(kind):
    make, load, (channels, side) = GENERATORS[kind]
    network = make().eval()
    again, latents = load(network.state_dict()), torch.randn(3, 8)
    assert again.latent == 8
    with torch.no_grad():
        images = network(latents)
        assert torch.equal(again(latents), images)
    assert images.shape == (3, channels, side, side)
    assert 0 <= images.min() <= images.max() <= 1


@pytest.mark.parametrize("kind", GENERATORS)
def test_weights_of_another_generator_are_refused(kind):
    other = GENERATORS["resnet" if kind == "mlp" else "mlp"][0]().state_dict()
    with pytest.raises(ValueError, match="expected"):
        GENERATORS[kind][1](other)


def test_augmented_images_differ_by_chance_and_pass_gradients():
    images = torch.rand(16, 3, 32, 32, requires_grad=True)
    first, again, other = (changed(images, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    first.sum().backward()
    assert (images.grad != 0).any(dim=(1, 2, 3)).all()


def test_moved_images_are_the_same_images():
    from lab.generating.augment import _moved

    images = torch.rand(8, 1, 16, 16)
    for image, moved in zip(images, _moved(images, torch.Generator().manual_seed(0)), strict=True):
        shifts = [
            (down, right)
            for down in range(-2, 3)
            for right in range(-2, 3)
            if torch.equal(
                moved[:, max(0, -down) : 16 - max(0, down), max(0, -right) : 16 - max(0, right)],
                image[:, max(0, down) : 16 + min(0, down), max(0, right) : 16 + min(0, right)],
            )
        ]
        assert len(shifts) == 1


def test_unlikeness_is_nothing_for_the_same_and_grows_with_the_difference():
    rng = np.random.default_rng(0)
    images = rng.uniform(size=(64, 1, 28, 28))
    near, far = images + 0.02 * rng.normal(size=images.shape), images / 2
    assert likeness.distance(images, images) < 1e-6
    assert (
        likeness.distance(images, images) < likeness.distance(images, near) < likeness.distance(images, far)
    )


def test_the_frechet_distance_of_gaussians_is_its_formula():
    rng = np.random.default_rng(0)
    one, other = rng.normal(0, 1, (200_000, 2)), rng.normal((1, 2), (2, 3), (200_000, 2))
    assert likeness.frechet(one, other) == pytest.approx(1 + 4 + (1 - 2) ** 2 + (1 - 3) ** 2, rel=0.02)


def test_a_sheet_shows_its_images_in_rows():
    images = np.linspace(0, 1, 16)[:, None, None, None] * np.ones((16, 1, 4, 4))
    shown = sheet(images)
    assert shown.shape == (8, 32, 3)
    assert shown[0, 0, 0] == 0
    assert shown[-1, -1, 2] == 255


def test_images_of_a_test_part_are_held_out(data):
    found = album.read([data], least_side=8, cutouts=False, tell=print)
    assert (len(found.learning), len(found.held_out)) == (64, 24)
    assert {photo.pixels.shape for photo in found.learning} == {(28, 28, 3)}


def test_pictures_of_any_size_become_squares(tmp_path):
    for name, size in (("wide", (40, 60, 3)), ("small", (9, 9, 3)), ("grey", (30, 20, 1))):
        pixels.save(pixels.from_array(np.full(size, 200, np.uint8)), tmp_path / f"{name}.png")
    found = album.squared(album.read([tmp_path], least_side=8, cutouts=False, tell=print), 16)
    photos = [*found.learning, *found.held_out]
    assert [photo.pixels.shape for photo in photos] == [(16, 16, 3)] * 3
    assert all((photo.pixels == 200).all() for photo in photos)


def test_a_broken_file_of_images_is_named(tmp_path):
    path = tmp_path / "train-images-idx3-ubyte"
    for content in (b"", b"nothing", struct.pack(">4i", 0x0803, 5, 28, 28) + bytes(100)):
        path.write_bytes(content)
        with pytest.raises(MaterialError, match=r"IDX form in .*train-images"):
            idx.images(path)
    packed = tmp_path / "train-images-idx3-ubyte.gz"
    packed.write_bytes(b"\x1f\x8bno")
    with pytest.raises(MaterialError, match="cannot be read"):
        idx.images(packed)


@pytest.fixture
def modern() -> recipes.Recipe:
    return recipes.read(RECIPES / "fashion-modern.toml")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"objective": "wasserstein"}, "no objective 'wasserstein'; choose one of minimax"),
        ({"real_label": 0.9}, "smooths labels, which the objective 'relativistic' has not"),
        ({"optimiser": "sgd"}, "no optimiser 'sgd'; choose one of adam, rmsprop"),
        ({"module": "critics:Nobody"}, "'file:class' of lab/generating"),
    ],
)
def test_a_rivalry_that_cannot_be_is_refused(modern, change, sentence):
    wrong = replace(modern, rivalry=replace(modern.rivalry, **change))
    with pytest.raises(RecipeError, match=sentence):
        learners.learner(wrong, CPU, "float32")


def test_a_network_that_makes_no_images_is_refused(modern):
    options = {"widths": [4, 4], "blocks": 1, "noise_level": False}
    wrong = replace(modern, network=recipes.NetworkChoice(module="unet:UNet", options=options))
    with pytest.raises(RecipeError, match="makes no images from random numbers"):
        learners.learner(wrong, CPU, "float32")


def test_damage_has_no_rival(modern):
    wrong = replace(modern, lesson=recipes.LessonChoice(kind="gaussian-noise"))
    with pytest.raises(RecipeError, match="no other lesson has one"):
        learners.learner(wrong, CPU, "float32")


def test_images_alone_teach_nothing(modern, data, tmp_path, capsys):
    path = shrunk("fashion-modern", tmp_path)
    path.write_text(path.read_text().partition("[rivalry]")[0])
    assert main(call(path, data, tmp_path / "out", 1)) == 2
    assert "needs a [rivalry]" in capsys.readouterr().err
