"""The knobs at spandrel's own settings must give spandrel's own result."""

import pytest
import torch
from spandrel.architectures.DnCNN import DnCNNArch
from spandrel.architectures.DRUNet import DRUNetArch
from spandrel.architectures.FBCNN import FBCNNArch
from spandrel.architectures.MixDehazeNet import MixDehazeNetArch
from spandrel.architectures.SwinIR import SwinIR

from models.architectures import drunet, fbcnn, fdncnn, mixdehazenet, swinir


@pytest.fixture
def image():
    return torch.rand(1, 3, 48, 64, generator=torch.Generator().manual_seed(3))


@torch.no_grad()
@pytest.mark.parametrize(
    ("family", "module", "architecture"), [("drunet", drunet, DRUNetArch), ("fdncnn", fdncnn, DnCNNArch)]
)
def test_a_noise_level_of_15_is_what_spandrel_fixes(family, module, architecture, image, tiny_weights):
    weights = tiny_weights(family)
    expected = architecture().load(dict(weights)).eval()
    level = torch.full((1, 1, 1, 1), 15.0)
    network = module.load(weights)
    # spandrel's call clips to [0, 1]
    assert torch.allclose(network(image, level).clamp(0, 1), expected(image), atol=1e-6)
    assert not torch.allclose(network(image, level + 30).clamp(0, 1), expected(image), atol=1e-4)


@torch.no_grad()
def test_fbcnn_steers_as_spandrel_does(image, tiny_weights):
    weights = tiny_weights("fbcnn")
    original = FBCNNArch().load(dict(weights)).model.eval()
    network = fbcnn.load(weights)
    blind, estimate = original(image)
    assert torch.allclose(network(image, torch.zeros(1, 1, 1, 1)), blind, atol=1e-5)
    steered, _ = original(image, torch.tensor([[1 - 30 / 100]]))
    assert torch.allclose(network(image, torch.full((1, 1, 1, 1), 30.0)), steered, atol=1e-5)
    assert not torch.allclose(blind, steered, atol=1e-4)
    assert 0 < float(estimate) < 1


@torch.no_grad()
def test_mixdehazenet_works_from_minus_one_to_one(image, tiny_weights):
    weights = tiny_weights("mixdehazenet")
    original = MixDehazeNetArch().load(dict(weights)).model.eval()
    expected = (original(2 * image - 1) + 1) / 2
    assert torch.allclose(mixdehazenet.load(weights)(image), expected, atol=1e-6)


@torch.no_grad()
@pytest.mark.filterwarnings("ignore:torch.meshgrid")
def test_swinir_with_windows_of_seven_takes_its_large_range_and_any_size():
    network = SwinIR(
        img_size=56, embed_dim=12, depths=[2], num_heads=[2], window_size=7, upscale=1, upsampler=""
    )
    loaded = swinir.load(network.state_dict())
    assert loaded.img_range == 255.0
    image = torch.rand(1, 3, 16, 24)
    assert loaded(image).shape == image.shape


@pytest.mark.filterwarnings("ignore:torch.meshgrid")
def test_a_swinir_that_enlarges_is_refused():
    network = SwinIR(
        embed_dim=12, depths=[2], num_heads=[2], window_size=8, upscale=2, upsampler="pixelshuffledirect"
    )
    with pytest.raises(ValueError, match="enlarges 2 times"):
        swinir.load(network.state_dict())


def test_a_grey_network_is_refused():
    from spandrel.architectures.DRUNet import DRUNet

    with pytest.raises(ValueError, match="from 1 to 1 channels"):
        drunet.load(DRUNet(in_nc=2, out_nc=1, nc=[4, 8, 8, 8], nb=2).state_dict())
