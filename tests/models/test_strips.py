from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models import strips as module
from models.method import WHOLE, Window
from models.strips import strips

sides = st.integers(1, 6000)


@given(sides, sides, st.integers(0, 900))
def test_strips_cover_every_row_once_and_carry_their_margin(height, width, margin):
    found = list(strips((height, width), margin))
    assert found[0].top == 0
    assert found[-1].bottom == height
    assert all(one.bottom == two.top for one, two in pairwise(found))
    for strip in found:
        assert strip.window.top == max(0, strip.top - margin)
        assert strip.window.top + strip.window.height == min(height, strip.bottom + margin)
        assert (strip.window.left, strip.window.width) == (0, width)


@given(sides, sides, st.integers(0, 900))
def test_what_is_read_stays_near_the_size_of_a_strip(height, width, margin):
    for strip in strips((height, width), margin):
        rows = max(module.STRIP_PIXELS / width, 2 * margin, 1) + 1
        assert strip.window.height <= rows + 2 * margin


@given(sides, sides, st.data())
def test_a_region_is_covered_and_read_with_margins_inside_the_photo(height, width, draw):
    top, left = draw.draw(st.integers(0, height - 1)), draw.draw(st.integers(0, width - 1))
    region = Window(
        top, left, draw.draw(st.integers(1, height - top)), draw.draw(st.integers(1, width - left))
    )
    found = list(strips((height, width), 20, region))
    assert sum(strip.bottom - strip.top for strip in found) == region.height
    for strip in found:
        assert strip.window.left == max(0, left - 20)
        assert strip.window.left + strip.window.width == min(width, left + region.width + 20)


def test_a_method_that_needs_the_whole_photo_gets_one_strip():
    (strip,) = strips((5000, 4000), WHOLE)
    assert strip.window == Window(0, 0, 5000, 4000)
