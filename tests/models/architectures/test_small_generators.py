"""The generators of Patina's own trainings: sizes are read from weights, and no file makes them go wrong."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.architectures import dcgan, mlp_gan, resnet_gan

LATENT = 8


def mlp():
    return mlp_gan.MLPGenerator(latent=LATENT, widths=[16, 32], side=12)


def conv():
    return dcgan.DCGAN(latent=LATENT, width=4, side=28, channels=1, first=7)


def residual():
    return resnet_gan.ResNetGenerator(latent=LATENT, widths=[12, 8, 4], blocks=2)


GENERATORS = {
    "mlp": (mlp, mlp_gan.load, (1, 12)),
    "dcgan": (conv, dcgan.load, (1, 28)),
    "resnet": (residual, resnet_gan.load, (3, 32)),
}
STATES = {kind: make().state_dict() for kind, (make, _, _) in GENERATORS.items()}

every_kind = pytest.mark.parametrize("kind", GENERATORS)


@torch.no_grad()
@every_kind
def test_sizes_are_read_from_weights(kind):
    make, load, (channels, side) = GENERATORS[kind]
    network = make().eval()
    again, latents = load(network.state_dict()), torch.randn(3, LATENT)
    images = network(latents)
    assert again.latent == LATENT
    assert not again.training
    assert torch.equal(again(latents), images)
    assert images.shape == (3, channels, side, side)
    assert 0 <= images.min() <= images.max() <= 1


@torch.no_grad()
@every_kind
def test_weights_in_half_precision_are_taken(kind):
    _, load, (channels, side) = GENERATORS[kind]
    half = {
        name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in STATES[kind].items()
    }
    images = load(half)(torch.randn(2, LATENT))
    assert images.dtype == torch.float32
    assert images.shape == (2, channels, side, side)


@every_kind
@pytest.mark.parametrize("other", GENERATORS)
def test_weights_of_another_generator_are_refused(kind, other):
    if kind != other:
        with pytest.raises(ValueError, match="expected"):
            GENERATORS[kind][1](STATES[other])


def tensor_of(shape: tuple[int, ...]) -> torch.Tensor:
    """Zeros of any shape, which take no memory."""
    return torch.zeros(()).expand(shape)


SHAPES = st.lists(st.sampled_from([0, 1, 2, 3, 4, 7, 12, 16, 48, 2**15]), max_size=4).map(tuple)


@every_kind
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damaged_weights_end_in_a_sentence(kind, data):
    """Tensors are dropped, renamed, added, and given any shape; not one of them is large in memory."""
    weights = dict(STATES[kind])
    for _ in range(data.draw(st.integers(1, 3))):
        name = data.draw(st.sampled_from(sorted(weights)))
        match data.draw(st.sampled_from(["drop", "rename", "add", "reshape", "reshape"])):
            case "drop":
                weights.pop(name)
            case "rename":
                weights[data.draw(st.sampled_from(sorted(STATES[kind])))] = weights.pop(name)
            case "add":
                file, _, rest = name.partition(".")
                number = data.draw(st.sampled_from(["1", "9", "700", "-1", "x"]))
                weights[f"{file}.{number}.{rest.partition('.')[2]}"] = weights[name]
            case _:
                weights[name] = tensor_of(data.draw(SHAPES))
    unchanged = weights.keys() == STATES[kind].keys() and all(
        weights[name].shape == STATES[kind][name].shape for name in weights
    )
    try:
        GENERATORS[kind][1](weights)
    except ValueError as error:
        assert "expected" in str(error)  # noqa: PT017 - that nothing else is raised is the point
        assert not unchanged
    else:
        fits = {name for name in weights if not name.endswith("num_batches_tracked")}
        assert fits >= {name for name, tensor in STATES[kind].items() if tensor.ndim}


HUGE = {
    "mlp": {"layers.0.weight": tensor_of((2**30, 2**20))},
    "dcgan": {"conv4.weight": tensor_of((3, 2**30, 3, 3)), "linear0.weight": tensor_of((2**30 * 4 * 49, 8))},
    "resnet": {"seed.weight": tensor_of((12 * 16 * 2**20, 2**20))},
}


@every_kind
def test_no_network_is_made_before_its_sizes_fit(kind):
    """Were one made, it would take terabytes."""
    with pytest.raises(ValueError, match="expected"):
        GENERATORS[kind][1](STATES[kind] | HUGE[kind])


@pytest.mark.parametrize("first", [5, 33, 1025])
def test_images_of_more_than_a_thousand_pixels_are_no_small_generators(first):
    """The sides of 8 sizes, 256 times the first, of which 4 at most make 1024."""
    weights = resnet_gan.ResNetGenerator(latent=1, widths=[1] * 8, first=4).state_dict()
    with pytest.raises(ValueError, match="at most 1024 pixels"):
        resnet_gan.load(weights | {"seed.weight": tensor_of((first**2, 1))})


@pytest.mark.parametrize("side", [14, 28, 56])
def test_a_dcgan_doubles_its_first_side(side):
    assert dcgan.DCGAN(latent=1, width=1, side=side, first=7)(torch.zeros(2, 1)).shape[-1] == side
