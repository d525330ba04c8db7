"""The mirrored frame around what a network sees."""

import torch
from torch import nn

from models.architectures.framed import Framed


class Sum(nn.Module):
    """The mean of each pixel's neighbourhood, the hint, and a number added; what lies outside counts as 0."""

    def forward(self, image, hint, level):
        return nn.functional.avg_pool2d(image, 3, stride=1, padding=1) + level, hint


IMAGE, HINT = torch.full((1, 3, 12, 14), 0.5), torch.rand(1, 1, 12, 14)


def test_a_flat_picture_stays_flat_to_its_corners():
    level = torch.full((1, 1, 1, 1), 0.25)
    framed, hint = Framed(Sum(), 2, planes=1)(IMAGE, HINT, level)
    assert torch.allclose(framed, torch.full_like(IMAGE, 0.75))
    assert Sum()(IMAGE, HINT, level)[0][0, 0, 0, 0] < 0.5
    assert torch.equal(hint, HINT)


def test_a_single_map_comes_back_as_one():
    assert Framed(nn.Identity(), 2)(IMAGE).shape == IMAGE.shape
