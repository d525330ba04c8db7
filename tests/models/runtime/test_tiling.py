from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.method import Window
from models.runtime.tiling import RAMP, Demand, plan_tiles


@st.composite
def cases(draw):
    height, width = draw(st.integers(1, 5000)), draw(st.integers(1, 5000))
    top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    region = Window(top, left, draw(st.integers(1, height - top)), draw(st.integers(1, width - left)))
    demand = Demand(
        margin=draw(st.integers(0, 90)),
        multiple=draw(st.sampled_from([1, 2, 4, 8, 16, 64])),
        least=draw(st.sampled_from([1, 40, 64])),
        pixels=draw(st.integers(1, 2_000_000)),
    )
    return (height, width), region, demand


def axes(size, region, plan):
    return (
        (plan.down, region.top, region.height, size[0]),
        (plan.across, region.left, region.width, size[1]),
    )


@given(cases())
def test_weights_of_all_tiles_add_up_to_one_on_every_pixel(case):
    size, region, demand = case
    for axis, first, length, _ in axes(size, region, plan_tiles(size, region, demand)):
        total = np.zeros(length)
        for number in range(len(axis.starts)):
            left, right = axis.share(number)
            total[left - first : right - first] += axis.weights(number)
        np.testing.assert_allclose(total, 1, atol=1e-6)


@given(cases())
def test_no_pixel_that_counts_is_nearer_to_a_cut_than_the_margin(case):
    size, region, demand = case
    for axis, _, _, limit in axes(size, region, plan_tiles(size, region, demand)):
        for number, start in enumerate(axis.starts):
            first, last = axis.share(number)
            assert start == 0 or first - start >= demand.margin
            end = start + axis.length
            assert end >= limit or end - last >= demand.margin


@given(cases())
def test_tiles_have_one_shape_that_suits_the_network_and_lie_on_its_grid(case):
    size, region, demand = case
    plan = plan_tiles(size, region, demand)
    for axis in (plan.down, plan.across):
        assert all(start % demand.multiple == 0 for start in axis.starts)
        assert axis.length % demand.multiple == 0
        assert axis.length >= demand.least
    assert plan.tile_pixels <= max(demand.pixels, demand.floor**2)


@given(cases())
def test_cores_cut_the_region_without_gap_or_overlap(case):
    size, region, demand = case
    for axis, first, length, _ in axes(size, region, plan_tiles(size, region, demand)):
        cores = [axis.core(number) for number in range(len(axis.starts))]
        assert cores[0][0] == first
        assert cores[-1][1] == first + length
        assert all(one[1] == two[0] for one, two in pairwise(cores))


def test_a_small_photo_is_one_tile():
    plan = plan_tiles((33, 65), Window(0, 0, 33, 65), Demand(32, 8, 1, 1_000_000))
    assert (plan.count, plan.down.length, plan.across.length) == (1, 40, 72)


@pytest.mark.parametrize("margin", [16, 32])
def test_tiling_four_megapixels_costs_little_more_work_than_the_whole(margin):
    plan = plan_tiles((2000, 2000), Window(0, 0, 2000, 2000), Demand(margin, 8, 1, 1_000_000))
    assert plan.work / 4e6 <= 1.17


def test_a_tile_too_small_for_its_overlap_is_never_planned():
    demand = Demand(margin=64, multiple=8, least=1, pixels=1)
    plan = plan_tiles((4000, 4000), Window(0, 0, 4000, 4000), demand)
    assert plan.down.length >= 2 * demand.overlap + 2 * RAMP
