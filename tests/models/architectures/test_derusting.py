"""The derusting networks leave clean pixels alone, obey what a person painted, and show their steps."""

import pytest
import torch
from torch import nn

from models.architectures import derust_recurrent, derust_unet, push_pull
from models.architectures.compositing import FLOOR, composited
from models.architectures.derust_recurrent import DerustRecurrent
from models.architectures.derust_unet import DerustUNet
from models.architectures.families import FAMILIES

NETWORKS = {
    "derust-unet": lambda: DerustUNet(widths=(8, 12, 16), blocks=1),
    "derust-recurrent": lambda: DerustRecurrent(width=8, blocks=2, steps=3),
    "derust-unet, filling": lambda: DerustUNet(widths=(8, 12, 16), blocks=1, fills=True),
    "derust-recurrent, filling": lambda: DerustRecurrent(width=8, blocks=2, steps=3, fills=True),
}


@pytest.fixture(params=NETWORKS)
def network(request) -> nn.Module:
    torch.manual_seed(0)
    return NETWORKS[request.param]().eval()


IMAGE = torch.rand(2, 3, 32, 64, generator=torch.Generator().manual_seed(1))


def test_below_the_floor_pixels_pass_exactly():
    found = torch.randn(1, 5, 8, 8)
    found[:, 3] = torch.logit(torch.tensor(0.9 * FLOOR))
    found[:, 3, :, 4:] = 6
    image = torch.rand(1, 3, 8, 8)
    restored, mask, thickness = composited(image, found, torch.zeros(1, 1, 8, 8), learning=False)
    assert torch.equal(restored[..., :4], image[..., :4])
    assert not mask[..., :4].any()
    assert not thickness[..., :4].any()
    assert (restored[..., 4:] != image[..., 4:]).all()


def test_where_rust_hides_the_surface_it_begins_with_what_surrounds_it():
    image = torch.full((1, 3, 64, 64), 0.3)
    image[..., 24:40, 24:40] = 0.9
    found = torch.zeros(1, 5, 64, 64)
    found[:, 3] = torch.where(image[:, 0] > 0.5, 20.0, -20.0)
    hidden = torch.full((1, 3, 64, 64), 20.0)
    restored, *_ = composited(image, found, torch.zeros(1, 1, 64, 64), hidden=hidden, learning=False)
    torch.testing.assert_close(restored, torch.full_like(image, 0.3), atol=0.01, rtol=0)
    through, *_ = composited(image, found, torch.zeros(1, 1, 64, 64), hidden=-hidden, learning=False)
    torch.testing.assert_close(through, image)


def test_a_hole_without_surroundings_keeps_its_own_colour():
    image, nothing = torch.full((1, 3, 32, 32), 0.7), torch.zeros(1, 1, 32, 32)
    torch.testing.assert_close(push_pull.holes_filled(image, nothing), image)


def test_known_pixels_pass_through_the_filling_exactly():
    image, known = torch.rand(1, 3, 32, 64), torch.zeros(1, 1, 32, 64)
    known[..., ::3] = 1
    filled = push_pull.holes_filled(image, known)
    torch.testing.assert_close(filled[..., ::3], image[..., ::3])
    assert (filled[..., 1::3] != image[..., 1::3]).any()


def test_while_learning_no_pixel_is_out_of_reach():
    found = torch.full((1, 5, 4, 4), -12.0, requires_grad=True)
    _, mask, _ = composited(torch.rand(1, 3, 4, 4), found, torch.zeros(1, 1, 4, 4), learning=True)
    mask.sum().backward()
    assert found.grad is not None
    assert (found.grad[:, 3] > 0).all()


@torch.no_grad()
def test_where_a_person_says_clean_nothing_changes(network):
    hint = torch.zeros(2, 1, 32, 64)
    hint[..., :20] = -1
    restored, mask, *_ = network(IMAGE, hint)
    assert torch.equal(restored[..., :20], IMAGE[..., :20])
    assert not mask[..., :20].any()
    assert (restored[..., 20:] != IMAGE[..., 20:]).any()


@torch.no_grad()
def test_a_hint_of_rust_is_seen(network):
    said, unsaid = network(IMAGE, torch.ones(2, 1, 32, 64)), network(IMAGE)
    assert not torch.allclose(said[1], unsaid[1])


@torch.no_grad()
def test_no_hint_is_a_hint_of_zeros(network):
    for one, other in zip(network(IMAGE), network(IMAGE, torch.zeros(2, 1, 32, 64)), strict=True):
        assert torch.equal(one, other)


@torch.no_grad()
@pytest.mark.parametrize("family", ["derust-unet", "derust-recurrent", "derust-pix2pix"])
def test_a_family_names_every_stage_that_its_network_returns(family, tiny_weights):
    module = derust_recurrent if family == "derust-recurrent" else derust_unet
    entry = FAMILIES[family]
    network = module.load(tiny_weights(family), **entry.network.options)
    restored, *stages = network(IMAGE)
    assert restored.shape == IMAGE.shape
    assert len(stages) == len(entry.stages)
    assert all(stage.shape[0] == 2 and stage.shape[2:] == (32, 64) for stage in stages)
    mask, thickness = stages[:2]
    assert mask.shape[1] == thickness.shape[1] == 1
    assert min(mask.min(), thickness.min()) >= 0
    assert max(mask.max(), thickness.max()) <= 1


@torch.no_grad()
def test_a_later_step_is_another_image(network):
    if isinstance(network, DerustRecurrent):
        restored, _, _, *steps = network(IMAGE)
        assert len(steps) == 2
        assert not torch.equal(steps[0], steps[1])
        assert not torch.equal(steps[1], restored)


def test_shipped_sizes_fit_into_four_megabytes_of_half_precision():
    for made in (
        DerustUNet(widths=(32, 64, 96, 112), blocks=1),
        DerustUNet(widths=(32, 64, 96, 112, 128), blocks=1),
        DerustRecurrent(width=32, blocks=3, steps=4),
    ):
        assert 2 * sum(parameter.numel() for parameter in made.parameters()) < 4_000_000


def test_weights_of_more_levels_than_the_sides_allow_are_refused():
    deep = DerustUNet(widths=[4, 6, 8, 8, 8], blocks=1).state_dict()
    with pytest.raises(ValueError, match="multiples of 16, found 5 levels, which take multiples of 32"):
        derust_unet.load(deep, multiple=16)
    assert derust_unet.load(deep, multiple=32)


def test_weights_that_fill_are_refused_where_sides_do_not_allow_their_squares():
    filling = DerustUNet(widths=[4, 6], blocks=1, fills=True).state_dict()
    with pytest.raises(ValueError, match="multiples of 16, found 2 levels, which take multiples of 32"):
        derust_unet.load(filling, multiple=16)
    assert derust_unet.load(filling, multiple=32)


@pytest.mark.parametrize(
    "load", [lambda w: derust_unet.load(w, multiple=16), lambda w: derust_recurrent.load(w, steps=4)]
)
def test_other_weights_are_refused(load):
    with pytest.raises(ValueError, match="expected weights of the"):
        load(nn.Conv2d(3, 3, 3).state_dict())
