"""The recurrent denoiser shows its steps, remembers what it saw, and is as wide and deep as its weights."""

import pytest
import torch

from models.architectures.denoise_recurrent import DenoiseRecurrent, load
from models.architectures.families import FAMILIES
from models.architectures.recurrent import ConvGRU

IMAGE = torch.rand(2, 3, 32, 48, generator=torch.Generator().manual_seed(1))
LEVEL = torch.tensor([10.0, 40.0]).view(2, 1, 1, 1)


@pytest.fixture
def network() -> DenoiseRecurrent:
    torch.manual_seed(0)
    return DenoiseRecurrent(width=8, blocks=2, steps=3).eval()


@torch.no_grad()
def test_each_step_gives_another_photo_and_the_last_comes_first(network):
    restored, *earlier = network(IMAGE, LEVEL)
    assert len(earlier) == 2
    network.steps = 2
    shorter, first = network(IMAGE, LEVEL)
    assert torch.equal(first, earlier[0])
    assert torch.equal(shorter, earlier[1])
    assert not torch.allclose(shorter, restored)


@torch.no_grad()
def test_the_family_names_every_step_but_the_last(tiny_weights):
    family = FAMILIES["denoise-recurrent"]
    _, *stages = load(tiny_weights("denoise-recurrent"), **family.network.options)(IMAGE, LEVEL)
    assert len(stages) == len(family.stages)
    assert all(stage.shape == IMAGE.shape for stage in stages)


@torch.no_grad()
def test_sizes_are_read_from_the_weights():
    for width, blocks, group in ((8, 1, 2), (12, 3, 1), (4, 2, 4)):
        made = DenoiseRecurrent(width=width, blocks=blocks, steps=4, group=group).eval()
        same = load(made.state_dict(), steps=4)
        assert torch.equal(same.network(IMAGE, LEVEL)[0], made(IMAGE, LEVEL)[0])


@torch.no_grad()
def test_a_memory_changes_what_comes_of_the_same_features():
    torch.manual_seed(0)
    memory, features = ConvGRU(4), torch.rand(1, 4, 8, 8)
    once = memory(features, torch.zeros_like(features))
    assert not torch.allclose(memory(features, once), once)
    memory.gates.bias.fill_(-30)  # both gates shut: nothing is forgotten, nothing added
    assert torch.allclose(memory(features, once), once)


def test_the_shipped_size_fits_into_four_megabytes_of_half_precision():
    made = DenoiseRecurrent(width=24, blocks=2, steps=4)
    assert 2 * sum(parameter.numel() for parameter in made.parameters()) < 4_000_000
