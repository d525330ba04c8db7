from importlib import import_module
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from models.architectures.families import FAMILIES
from models.architectures.framed import Framed
from models.architectures.unet import FRAME, MULTIPLE, UNet
from models.method import Generator, Network

RESTORERS = [name for name, family in FAMILIES.items() if isinstance(family.network, Network)]
GENERATORS = [name for name, family in FAMILIES.items() if isinstance(family.network, Generator)]
CONDITIONED = [name for name in RESTORERS if FAMILIES[name].network.conditions]


def build(family: str, weights):
    network = FAMILIES[family].network
    file, _, function = network.module.partition(":")
    make = getattr(import_module(f"models.architectures.{file}"), function)
    return make(weights, **network.options)


@pytest.fixture(scope="module")
def built(tiny_weights):
    """`built(family)` is its tiny network, made once."""
    made = {}

    def get(family: str):
        if family not in made:
            made[family] = build(family, tiny_weights(family))
        return made[family]

    return get


def noise(count: int, height: int, width: int):
    return torch.rand(count, 3, height, width, generator=torch.Generator().manual_seed(height))


def knobs(family: str, *values: float):
    given = torch.tensor(values).view(-1, 1, 1, 1)
    return [given for _ in FAMILIES[family].network.conditions]


def restored(family_network, image, *given):
    """The restored image, without the stages that some networks return with it."""
    result = family_network(image, *given)
    return result if isinstance(result, torch.Tensor) else result[0]


def unframed(network):
    return network.network if isinstance(network, Framed) else network


def read(path: Path):
    return load_file(path) if path.suffix == ".safetensors" else torch.load(path, weights_only=True)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_says_all_that_a_card_needs(family):
    entry = FAMILIES[family]
    assert entry.explanation.count(".") >= 2
    assert entry.explanation.endswith(".")
    assert entry.paper.link.startswith("https://")
    if family in RESTORERS:
        assert [control.name for control in entry.controls] == list(entry.network.conditions)


@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
@pytest.mark.parametrize("family", [name for name in FAMILIES if name != "fbcnn"])  # 115 MB, see below
def test_a_saved_network_comes_back_as_it_was(family, suffix, tiny_checkpoint, tmp_path, built):
    loaded = unframed(build(family, read(tiny_checkpoint(family, tmp_path, suffix))))
    fresh = unframed(built(family)).state_dict()
    assert loaded.state_dict().keys() == fresh.keys()
    assert all(torch.equal(tensor, fresh[name]) for name, tensor in loaded.state_dict().items())
    assert not any(part.training for part in loaded.modules())


def test_a_saved_fbcnn_comes_back_as_it_was(tiny_checkpoint, tmp_path, built):
    loaded = build("fbcnn", read(tiny_checkpoint("fbcnn", tmp_path)))
    fresh = built("fbcnn").state_dict()
    assert all(torch.equal(tensor, fresh[name]) for name, tensor in loaded.state_dict().items())


@torch.no_grad()
@pytest.mark.parametrize("family", RESTORERS)
def test_a_restorer_keeps_the_shape_at_every_size_it_allows(family, built):
    network = FAMILIES[family].network
    unit = network.multiple_of
    least = -(-network.least_side // unit) * unit
    for height, width in ((least, least), (least + unit, least), (least, least + 3 * unit)):
        image = noise(2, height, width)
        result = restored(built(family), image, *knobs(family, 20, 20))
        assert result.shape == image.shape
        assert result.isfinite().all()


@torch.no_grad()
@pytest.mark.parametrize("family", RESTORERS)
def test_images_of_a_batch_do_not_touch_each_other(family, built):
    images = noise(2, 64, 64)
    together = restored(built(family), images, *knobs(family, 10, 40))
    alone = restored(built(family), images[1:], *knobs(family, 40))
    assert torch.allclose(together[1:], alone, atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize(
    ("family", "low", "high"),
    [
        ("drunet", 5, 50),
        ("fdncnn", 5, 50),
        ("fbcnn", 10, 90),
        ("denoise-unet", 5, 50),
        ("denoise-recurrent", 5, 50),
        ("dehaze-unet", 0.6, 0.9),
        ("dehaze-recurrent", 0.6, 0.9),
    ],
)
def test_a_knob_changes_the_result(family, low, high, built):
    image = noise(1, 32, 32)
    weak, strong = (restored(built(family), image, *knobs(family, value)) for value in (low, high))
    assert (weak - strong).abs().max() > 1e-4


def test_every_knob_is_tried():
    own = {"denoise-unet", "denoise-recurrent", "dehaze-unet", "dehaze-recurrent"}
    tried = {"drunet", "fdncnn", "fbcnn", *own}
    assert set(CONDITIONED) == tried


@torch.no_grad()
@pytest.mark.parametrize("family", ["aodnet", "dncnn", "fdncnn"])
def test_nothing_beyond_a_small_field_of_view_matters(family, built):
    reach = FAMILIES[family].network.field_of_view
    image = noise(1, 2 * reach + 5, 2 * reach + 5)
    changed = image.clone()
    changed[..., -1, -1] = 1 - changed[..., -1, -1]
    difference = built(family)(image, *knobs(family, 20)) - built(family)(changed, *knobs(family, 20))
    assert not difference[..., : -reach - 1, :].any()
    assert not difference[..., : -reach - 1].any()


@torch.no_grad()
def test_the_field_of_view_of_aod_net_is_no_larger_than_needed():
    from models.architectures.aodnet import AODNet

    network = AODNet()
    for parameter in network.parameters():
        parameter.data.fill_(0.01)  # no ReLU hides anything
    image = noise(1, 19, 19).clone()
    changed = image.clone()
    changed[..., 9, 9] += 0.1
    touched = (network(image) - network(changed)).abs().amax(dim=1)[0] > 0
    reach = FAMILIES["aodnet"].network.field_of_view
    assert touched.any(dim=0).nonzero().min() == 9 - reach


@torch.no_grad()
@pytest.mark.parametrize("family", GENERATORS)
def test_a_generator_draws_what_it_says(family, built):
    network = FAMILIES[family].network
    latent = torch.randn(2, network.latent, generator=torch.Generator().manual_seed(1))
    classes = [torch.tensor([0, 999])] if network.classes else []
    images = built(family)(latent, *classes)
    assert images.shape == (2, network.channels, network.side, network.side)
    assert 0 <= images.min() <= images.max() <= 1
    assert (images[0] - images[1]).abs().max() > 1e-3
    assert torch.equal(built(family)(latent, *classes), images)


def test_imagenet_has_a_thousand_distinct_names():
    names = FAMILIES["biggan-deep"].network.classes
    assert len(names) == len(set(names)) == 1000
    assert (names[0], names[207], names[999]) == ("tench", "golden retriever", "toilet tissue")


@torch.no_grad()
def test_another_class_gives_another_image(built):
    latent = torch.zeros(1, FAMILIES["biggan-deep"].network.latent)
    one, other = (built("biggan-deep")(latent, torch.tensor([number])) for number in (1, 2))
    assert (one - other).abs().max() > 1e-3


@pytest.mark.parametrize("family", FAMILIES)
def test_weights_of_another_architecture_are_refused(family, tiny_weights):
    other = "aodnet" if family != "aodnet" else "dncnn"
    with pytest.raises(ValueError, match=r"expected .*, found|missing"):
        build(family, tiny_weights(other))


@pytest.mark.parametrize("family", FAMILIES)
def test_weights_with_a_part_missing_or_misshapen_are_refused(family, tiny_weights):
    weights = tiny_weights(family)
    most = max(tensor.ndim for tensor in weights.values())
    name = [name for name, tensor in weights.items() if tensor.ndim == most][-1]
    with pytest.raises(ValueError, match="expected"):
        build(family, {key: tensor for key, tensor in weights.items() if key != name})
    with pytest.raises(ValueError, match="expected"):
        build(family, weights | {name: torch.zeros(2, 2, 2, 2, 2)})


PAIRS = [("dncnn", "fdncnn"), ("denoise-unet", "denoise-blind")]


@pytest.mark.parametrize(("family", "other"), [*PAIRS, *(pair[::-1] for pair in PAIRS)])
def test_networks_with_and_without_a_noise_level_are_not_confused(family, other, tiny_weights):
    with pytest.raises(ValueError, match="noise level"):
        build(family, tiny_weights(other))


@pytest.mark.parametrize(
    ("widths", "blocks", "group"), [((4, 6, 8), 2, 2), ((4, 6, 8, 8), 1, 2), ((5,), 3, 4), ((4, 5), 1, 1)]
)
def test_the_sizes_of_a_u_net_are_read_from_its_weights(widths, blocks, group):
    saved = UNet(widths=widths, blocks=blocks, noise_level=True, group=group)
    loaded = build("denoise-unet", saved.state_dict())
    assert unframed(loaded).group == group
    image, level = noise(1, 32, 48), torch.full((1, 1, 1, 1), 20.0)
    framed = torch.nn.functional.pad(image, (FRAME,) * 4, mode="reflect")
    with torch.no_grad():
        expected = saved.eval()(framed, level)[..., FRAME:-FRAME, FRAME:-FRAME]
        assert torch.equal(loaded(image, level), expected)


def test_a_u_net_too_deep_for_the_sides_it_is_given_is_refused():
    deep = UNet(widths=(4, 4, 4, 4, 4), blocks=1, noise_level=True)
    with pytest.raises(ValueError, match=r"at most four levels .* found 5 levels"):
        build("denoise-unet", deep.state_dict())


def test_every_u_net_that_is_loaded_fits_the_sides_of_its_families():
    assert {FAMILIES[name].network.multiple_of for name in ("denoise-unet", "denoise-blind")} == {MULTIPLE}
