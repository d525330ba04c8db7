"""A training that begins with given weights."""

from pathlib import Path

import pytest
import torch

from lab.__main__ import main
from lab.errors import TrainingError
from lab.training.learner import Learner
from lab.training.recipe import Plan
from models.architectures.unet import UNet
from models.pixels import from_array, save


def learner(*, noise_level: bool) -> Learner:
    network = UNet(widths=[4, 8], blocks=1, noise_level=noise_level)
    return Learner(network, Plan(patch=16, batch=1, learning_rate=1e-3), torch.device("cpu"), "float32")


def test_the_network_and_its_mean_begin_with_what_fits_and_the_rest_is_named():
    told, blind = learner(noise_level=True).network, learner(noise_level=False)
    assert blind.begin_with(told.state_dict()) == ["head.weight"]
    for network in (blind.network, blind.mean):
        assert torch.equal(network.state_dict()["tail.weight"], told.state_dict()["tail.weight"])


def test_weights_of_another_architecture_are_refused():
    with pytest.raises(TrainingError, match="None of the weights"):
        learner(noise_level=True).begin_with({"layer.weight": torch.zeros(3)})


@pytest.mark.parametrize("content", [None, b"no weights"])
def test_a_file_without_weights_is_named(content, tmp_path: Path, capsys):
    photos, weights = tmp_path / "photos", tmp_path / "begin.safetensors"
    photos.mkdir()
    clean = torch.randint(256, (144, 144, 3), dtype=torch.uint8).numpy()
    save(from_array(clean), photos / "one.png")
    if content is not None:
        weights.write_bytes(content)
    recipe = Path(__file__).parents[2] / "lab/recipes/denoise-blind.toml"
    call = ["train", str(recipe), "--data", str(photos), "--out", str(tmp_path / "out")]
    assert main([*call, "--begin-with", str(weights), "--steps", "1", "--device", "cpu"]) == 2
    said = capsys.readouterr().err
    assert "begin.safetensors' holds no weights to begin with" in said
    assert "models fetch" not in said
