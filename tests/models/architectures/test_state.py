import re
from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.nn.utils import spectral_norm

from models.architectures import biggan_deep, dcgan, fastgan
from models.architectures.aodnet import load as load_aodnet
from models.architectures.state import tensors_in, without_spectral_norm

WRAPPED = {
    "bare": lambda weights: weights,
    "params": lambda weights: {"params": weights},
    "averaged first": lambda weights: {"params": {}, "params_ema": weights},
    "state_dict": lambda weights: {"state_dict": weights, "epoch": 7},
    "parallel": lambda weights: {f"module.{name}": tensor for name, tensor in weights.items()},
    "both": lambda weights: {"state_dict": {f"module.{name}": tensor for name, tensor in weights.items()}},
    "other names": lambda weights: {f"e_{name}": tensor for name, tensor in weights.items()},
}


@pytest.mark.parametrize("wrap", WRAPPED.values(), ids=WRAPPED.keys())
def test_common_wrappers_are_taken_off(wrap, tiny_weights):
    weights = tiny_weights("aodnet")
    loaded = load_aodnet(wrap(weights)).state_dict()
    assert all(torch.equal(loaded[name], tensor) for name, tensor in weights.items())


@pytest.mark.parametrize("checkpoint", [{}, {"epoch": 3}, {"state_dict": {}}, {"params": {"x": "text"}}])
def test_a_checkpoint_without_tensors_is_refused(checkpoint):
    with pytest.raises(ValueError, match="expected named tensors, found"):
        tensors_in(checkpoint)


def test_a_refusal_says_what_was_expected_and_what_was_found(tiny_weights):
    with pytest.raises(ValueError, match=re.escape("expected weights of AOD-Net; missing 'conv1.bias'")):
        load_aodnet({"conv9.weight": torch.zeros(3)})


LAYERS = {
    "plain": (lambda: nn.Conv2d(4, 6, 3), (1, 4, 5, 5), ()),
    "square": (lambda: nn.Conv2d(5, 5, 3), (1, 5, 5, 5), ()),
    "transposed": (lambda: nn.ConvTranspose2d(4, 4, 3), (1, 4, 5, 5), ("layer",)),
    "linear": (lambda: nn.Linear(4, 6), (1, 4), ()),
}


@torch.no_grad()
@pytest.mark.parametrize(("make", "shape", "transposed"), LAYERS.values(), ids=LAYERS.keys())
def test_a_folded_layer_computes_what_the_normalised_one_does(make, shape, transposed):
    torch.manual_seed(1)
    normalised = spectral_norm(make())
    normalised(torch.rand(shape))  # in training, so that it looks for its largest singular value
    normalised.eval()
    tensors = {f"layer.{name}": tensor for name, tensor in normalised.state_dict().items()}
    folded = without_spectral_norm(tensors, transposed)
    plain = make()
    plain.load_state_dict({name.removeprefix("layer."): tensor for name, tensor in folded.items()})
    given = torch.rand(shape)
    assert torch.allclose(plain(given), normalised(given), atol=1e-6)


@torch.no_grad()
def normalise(module: nn.Module, run) -> None:
    """Normalise all convolutions and linear layers of `module` spectrally, and settle them by `run()`."""
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            spectral_norm(layer)
    for _ in range(3):
        run()
    module.eval()


FASTGAN_NAMES = {
    "the authors'": (
        (r"^first\.", "init.init."),
        (r"^up_", "feat_"),
        (r"^sle_(\d+)\.", r"se_\1.main."),
        (r"^to_rgb\.", "to_big."),
    ),
    "huggan's": (
        (r"^(up|sle)_(\d+)\.(\d)\.(weight_\w+)$", r"\1_\2._layers.\3._conv.\4"),
        (r"^(up|sle)_(\d+)\.(\d)\.", r"\1_\2._layers.\3."),
        (r"(_layers\.[26])\.weight$", r"\1._weight"),  # the noise; a norm's weight is put back below
        (r"^up_", "_upsample_"),
        (r"^sle_", "_sle_"),
        (r"^first\.0\.", "_init._layers.0._conv."),
        (r"^first\.", "_init._layers."),
        (r"^to_rgb\.", "_out_1024.0._conv."),
    ),
}


@torch.no_grad()
@pytest.mark.parametrize("names", FASTGAN_NAMES.values(), ids=FASTGAN_NAMES.keys())
def test_fastgan_is_read_under_both_ways_of_naming_it(names):
    torch.manual_seed(1)
    published = fastgan.FastGAN(width=8)
    latent, renamed = torch.randn(2, 256), {}
    normalise(published, lambda: published(latent))
    for name, tensor in published.state_dict().items():
        own = name
        for pattern, replacement in names:
            if not (replacement.endswith("_weight") and tensor.shape != (1,)):
                name = re.sub(pattern, replacement, name)  # noqa: PLW2901 - one after the other
        renamed[name] = tensor
        assert name != own
    # The side's smaller image is not needed; that it is there does not matter.
    loaded = fastgan.load(
        renamed | {"to_128.weight": torch.zeros(3), "_out_128.0._conv.bias": torch.zeros(3)}
    )
    assert torch.allclose(loaded(latent), published(latent), atol=1e-6)


@torch.no_grad()
def test_biggan_takes_the_statistics_of_its_truncation(tiny_weights):
    weights = tiny_weights("biggan-deep")
    table = "generator.bn.running_means"
    weights[table] = torch.arange(51.0)[:, None].expand(51, 8).clone()
    assert biggan_deep.load(weights, truncation=0.5).get_buffer(table).tolist() == [25.0] * 8
    assert biggan_deep.load(weights, truncation=1.0).get_buffer(table).tolist() == [50.0] * 8
    with pytest.raises(ValueError, match="truncation from"):
        biggan_deep.load(weights, truncation=0.0)
    with pytest.raises(ValueError, match="51 rows"):
        biggan_deep.load(weights | {table: torch.zeros(7, 8)})


@torch.no_grad()
def test_a_spectrally_normalised_biggan_draws_the_same_when_folded():
    torch.manual_seed(1)
    widths = (128, 128, 128, 128, 64, 64, 32, 32, 16, 16, 8)
    published = biggan_deep.BigGANDeep(blocks=tuple(pairwise(widths)), attention=8)
    latent, number = torch.randn(1, 128), torch.tensor([7])
    normalise(published.generator, lambda: published(latent, number))
    state = {
        name: tensor.expand(51, -1) if "running_" in name else tensor
        for name, tensor in published.state_dict().items()
    }
    loaded = biggan_deep.load(state, truncation=1.0)
    assert torch.allclose(loaded(latent, number), published(latent, number), atol=1e-5)
    assert published(latent, number).std() > 1e-3


@pytest.mark.parametrize("side", [8, 32, 128])
def test_a_dcgan_of_any_size_is_known_by_its_weights(side):
    made = dcgan.DCGAN(latent=16, width=2, side=side, channels=1)
    loaded = dcgan.load(made.state_dict())
    assert loaded.eval()(torch.zeros(1, 16)).shape == (1, 1, side, side)


def test_a_dcgan_with_an_impossible_side_is_refused():
    with pytest.raises(ValueError, match="doubles 4 once or more"):
        dcgan.DCGAN(side=48)
