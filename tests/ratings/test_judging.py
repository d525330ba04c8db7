import json

from hypothesis import given
from hypothesis import strategies as st

from ratings.judging import read_response, read_viewing, viewing_from_text

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
NAMES = st.sampled_from(["viewport_width", "device_pixel_ratio", "zoom", "zooms", "toggles", "other"])


@given(st.dictionaries(NAMES, ANYTHING) | ANYTHING)
def test_whatever_a_page_tells_is_kept_as_sensible_numbers(told: object) -> None:
    viewing = read_viewing(told)
    assert viewing_from_text(viewing.as_text()) == viewing
    assert all(0 <= number <= 100_000 for number in json.loads(viewing.as_text()).values())


@given(ANYTHING)
def test_response_time_is_milliseconds_within_a_day_or_unknown(told: object) -> None:
    found = read_response(told)
    assert found is None or (isinstance(found, int) and 0 <= found <= 86_400_000)


def test_what_a_page_sensibly_tells_is_kept() -> None:
    told = {"viewport_width": 390, "viewport_height": 844, "device_pixel_ratio": 3.0, "zoom": 2.5}
    assert json.loads(read_viewing(told).as_text()) == told
    assert read_response(1234.6) == 1234
