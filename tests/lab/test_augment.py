"""DiffAugment: what each way changes, by the same chance in the same way, and that gradients pass."""

import pytest
import torch

from lab.generating.augment import WAYS, changed

SIDE = 16


def chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def images(count: int = 12, seed: int = 7) -> torch.Tensor:
    return torch.rand(count, 3, SIDE, SIDE, dtype=torch.float64, generator=chance(seed))


@pytest.mark.parametrize("way", WAYS)
def test_the_same_chance_gives_the_same_change_and_another_gives_another(way):
    first, again, other = (changed(images(), chance(seed), [way]) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert first.shape == images().shape
    assert first.dtype == torch.float64


@pytest.mark.parametrize("way", WAYS)
def test_images_of_a_batch_are_changed_each_by_its_own_chance(way):
    alike = images(1).expand(12, -1, -1, -1)
    made = changed(alike, chance(), [way])
    assert not all(torch.equal(made[0], each) for each in made[1:])


@pytest.mark.parametrize("way", WAYS)
def test_a_change_is_the_same_whatever_the_images_show(way):
    """Each way is affine in the pixels: so real and made images are changed alike by the same chance."""
    one, other = images(seed=1), images(seed=2)
    between = changed((one + 3 * other) / 4, chance(), [way])
    apart = (changed(one, chance(), [way]) + 3 * changed(other, chance(), [way])) / 4
    torch.testing.assert_close(between, apart)


@pytest.mark.parametrize("way", WAYS)
def test_gradients_pass_as_differences_say(way):
    few = torch.rand(2, 2, 4, 4, dtype=torch.float64, generator=chance(3), requires_grad=True)
    assert torch.autograd.gradcheck(lambda each: changed(each, chance(), [way]), few)


def test_several_ways_come_one_after_the_other():
    by_hand = chance()
    expected = images()
    for way in ("translation", "cutout"):
        expected = WAYS[way](expected, by_hand)
    assert torch.equal(changed(images(), chance(), ["translation", "cutout"]), expected)
    assert torch.equal(changed(images(), chance(), []), images())


def test_moved_images_are_the_same_images_up_to_an_eighth_aside_and_black_comes_in():
    found = set()
    for image, moved in zip(images(200), WAYS["translation"](images(200), chance()), strict=True):
        wide = torch.nn.functional.pad(image, [2] * 4)
        shifts = [
            (down, right)
            for down in range(5)
            for right in range(5)
            if torch.equal(moved, wide[:, down : down + SIDE, right : right + SIDE])
        ]
        assert len(shifts) == 1
        found.add(shifts[0])
    assert len(found) == 25


def test_a_square_of_half_the_side_is_cut_out_and_nothing_else_changes():
    given = images(300) + 0.1
    cut = WAYS["cutout"](given, chance())
    black = cut == 0
    assert torch.equal(cut[~black], given[~black])
    for each in black:
        assert torch.equal(each[0], each[1])
        rows, columns = each[0].any(1), each[0].any(0)
        assert torch.equal(each[0], rows[:, None] & columns[None])
        for line in (rows, columns):
            places = line.nonzero().flatten()
            assert len(places) == places[-1] - places[0] + 1
            inside = places[0] > 0 and places[-1] < SIDE - 1
            assert len(places) == SIDE // 2 - 1 if inside else SIDE // 4 <= len(places) <= SIDE // 2 - 1
    assert 0.12 < black.double().mean() < 0.25


def test_colours_change_by_brightness_saturation_and_contrast():
    grey = torch.rand(40, 1, SIDE, SIDE, generator=chance(5)).expand(-1, 3, -1, -1)
    made = WAYS["colour"](grey, chance())
    torch.testing.assert_close(made[:, 0], made[:, 2], msg="grey has no saturation to change")
    moved = (made - grey).mean((1, 2, 3))
    assert -0.25 <= moved.min() < -0.1
    assert 0.1 < moved.max() <= 0.25
    contrast = made.std((1, 2, 3)) / grey.std((1, 2, 3))
    assert 0.5 <= contrast.min() < 0.7
    assert 1.3 < contrast.max() <= 1.5
    colour = images(40)
    spread = WAYS["colour"](colour, chance()).std(1).mean((1, 2)) / colour.std(1).mean((1, 2)) / contrast
    assert 0 <= spread.min() < 0.3
    assert 1.7 < spread.max() <= 2
