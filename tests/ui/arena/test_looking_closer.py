"""How pairs are looked at in a real Chromium, and what happens when the way to the server is bad."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import select

from ratings.raters import rater_id
from ratings.stimuli import Stimuli
from ratings.store import Store
from ratings.tables import votes

pytestmark = pytest.mark.browser

LOOKED_AT = 600
"""Milliseconds: a quicker vote would not count."""

CONTRAST = """(elements) => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const linear = (v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => .2126 * linear(r / 255) + .7152 * linear(g / 255) + .0722 * linear(b / 255);
  const opaque = (element) => (numbers(getComputedStyle(element).backgroundColor)[3] ?? 1) > .5;
  const behind = (at) => opaque(at) || !at.parentElement ? at : behind(at.parentElement);
  const contrast = (element) => {
    const colours = [getComputedStyle(element).color, getComputedStyle(behind(element)).backgroundColor];
    const [a, b] = colours.map(numbers).map(light);
    return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  };
  return Math.min(...elements.map(contrast));
}"""
"""The least contrast of texts with what lies behind them, as WCAG 2 defines it."""

READ = """:is(.arena-choices button, .arena-tasks button, .arena-revealed p, .arena-revealed b,
  .arena-revealed small, .arena-foot span, .arena-bar h3, .arena-bar button)"""


@pytest.fixture
def ring(visit, site) -> Locator:
    """The Arena with a pair that was looked at."""
    return begun(visit(site.url))


@pytest.fixture
def uneasy(context, site) -> Iterator[Page]:
    """A page whose requests may fail: what a browser logs of it is no fault."""
    page = context.new_page()
    page.goto(site.url)
    yield page
    page.close()


def begun(page: Page) -> Locator:
    page.get_by_role("tab", name="Arena", exact=True).click()
    ring = page.locator("#arena-en .arena")
    ring.locator("[data-part=start]").click()
    return looked_at(ring)


def looked_at(ring: Locator) -> Locator:
    expect(ring.locator(".pane img:not(.original)")).to_have_count(2)
    expect(ring.locator("[data-choose=left]")).to_be_enabled()
    ring.page.wait_for_timeout(LOOKED_AT)
    return ring


def pseudonym(page: Page, site) -> str | None:
    token = page.locator("#patina-browser-token [data-token]").get_attribute("data-token")
    return rater_id((site.data_dir / "secret").read_bytes(), token)


def given(store: Store, rater: str | None) -> list[str]:
    """What `rater` chose, in order."""
    query = select(votes.c.choice).where(votes.c.rater == rater).order_by(votes.c.id)
    with store.database.reading() as connection:
        return list(connection.scalars(query))


def test_pictures_and_their_names_tell_no_side(ring):
    images = ring.locator(".pane img").all()
    assert {each.get_attribute("alt") for each in images} == {"Result A", "Result B", "Original"}
    assert all(re.fullmatch(r"blob:[-\w:/.]+", each.get_attribute("src")) for each in images)


def test_both_sides_appear_together(visit, site):
    page, held = visit(site.url), list[Route]()

    def hold_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/right.png", hold_first)
    page.get_by_role("tab", name="Arena", exact=True).click()
    ring = page.locator("#arena-en .arena")
    with page.expect_response("**/left.png"):
        ring.locator("[data-part=start]").click()
    page.wait_for_timeout(LOOKED_AT)
    assert len(held) == 1
    assert ring.locator(".pane img").count() == 0
    expect(ring.locator("[data-part=pair]")).to_be_hidden()
    held[0].continue_()
    looked_at(ring)


def test_the_original_and_the_zoom_are_a_key_away(ring):
    keyboard, left = ring.page.keyboard, ring.locator(".pane img").first
    original = ring.locator(".pane img.original").first
    keyboard.down("o")
    expect(original).to_have_css("visibility", "visible")
    keyboard.up("o")
    expect(original).to_have_css("visibility", "hidden")
    for key, label, times in (("4", "4:1", 4), ("2", "2:1", 2), ("1", "1:1", 1)):
        keyboard.press(key)
        expect(ring.get_by_role("button", name=label)).to_have_attribute("aria-pressed", "true")
        assert left.bounding_box()["width"] == 96 * times
    keyboard.press("f")
    expect(ring.get_by_role("button", name="Whole")).to_have_attribute("aria-pressed", "true")


def test_both_sides_are_dragged_together(ring):
    ring.page.set_viewport_size({"width": 700, "height": 600})
    ring.page.keyboard.press("4")
    frames = ring.locator(".frame")
    frames.first.scroll_into_view_if_needed()

    def places() -> list[tuple[float, float]]:
        boxes = [(each.locator("img").first.bounding_box(), each.bounding_box()) for each in frames.all()]
        return [(image["x"] - frame["x"], image["y"] - frame["y"]) for image, frame in boxes]

    before, box = places(), frames.first.bounding_box()
    mouse = ring.page.mouse
    mouse.move(box["x"] + 60, box["y"] + 60)
    mouse.down()
    mouse.move(box["x"] + 40, box["y"] + 70, steps=4)
    mouse.up()
    after = places()
    assert after[0] == pytest.approx(after[1])
    assert after[0] == pytest.approx((before[0][0] - 20, before[0][1] + 10), abs=0.6)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read(browser, site, scheme):
    context = browser.new_context(color_scheme=scheme, locale="en-US")
    page = context.new_page()
    page.goto(f"{site.url}?__theme={scheme}")
    ring = begun(page)
    ring.locator("[data-choose=left]").click()
    expect(ring.locator(".arena-revealed .side")).to_have_count(2)
    looked_at(ring)
    page.mouse.move(0, 0)
    texts = ring.locator(READ)
    assert texts.count() > 12
    assert texts.evaluate_all(CONTRAST) >= 4.5
    context.close()


def test_an_answer_that_is_lost_on_its_way_makes_no_second_vote(uneasy, site, store):
    ring, rater = begun(uneasy), pseudonym(uneasy, site)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    uneasy.route("**/patina/arena/vote", lose, times=1)
    ring.locator("[data-choose=left]").click()
    status, again = ring.locator("[data-part=status]"), ring.get_by_role("button", name="Try again")
    expect(status).to_contain_text("The server did not answer.")
    assert given(store, rater) == ["left"]
    again.click()
    expect(status).to_contain_text("This pair was answered already")
    again.click()
    looked_at(ring).locator("[data-choose=right]").click()
    expect(ring.locator(".arena-revealed")).to_contain_text("you chose B.")
    assert given(store, rater) == ["left", "right"]


def test_an_answer_did_not_take_the_time_that_the_server_was_away(uneasy):
    ring, told = begun(uneasy), list[int]()

    def refuse_first(route: Route) -> None:
        told.append(json.loads(route.request.post_data)["response_ms"])
        if len(told) == 1:
            route.abort()
        else:
            route.continue_()

    uneasy.route("**/patina/arena/vote", refuse_first)
    ring.locator("[data-choose=left]").click()
    uneasy.wait_for_timeout(1500)
    ring.get_by_role("button", name="Try again").click()
    expect(ring.locator(".arena-revealed")).to_contain_text("you chose A.")
    assert told[0] == told[1] >= LOOKED_AT


def test_an_own_photo_that_is_kept_no_longer_is_said_to_be_gone(uneasy):
    ring = begun(uneasy)
    told = {"task": "denoise", "own": "0" * 64, "language": "en"}
    uneasy.evaluate("(detail) => window.dispatchEvent(new CustomEvent('patina-own', { detail }))", told)
    expect(ring.locator("[data-part=status]")).to_contain_text("The results of your photo are no longer kept")
    ring.locator("[data-task=denoise]").click()
    looked_at(ring)


@pytest.mark.parametrize("consent", [False, True])
def test_whether_an_own_photo_may_be_kept_is_its_owners_word(visit, site, store, noisy, consent):
    page = visit(site.url)
    page.get_by_role("tab", name="Arena", exact=True).click()
    page.get_by_role("button", name="Compare on your own photo").locator("visible=true").click()
    page.locator("#arena-photo-en input[type=file]").set_input_files(noisy)
    expect(page.locator("#arena-photo-en img")).to_be_visible()
    if consent:
        page.get_by_label("may be kept as evidence").locator("visible=true").check()
    page.get_by_role("button", name="Prepare my photo").locator("visible=true").click()
    ring = page.locator("#arena-en .arena")
    expect(ring.locator(".pane img:not(.original)")).to_have_count(2, timeout=240_000)
    mine = Stimuli(store.database).of_task("denoise", owner=pseudonym(page, site))
    assert len(mine) == 3
    assert {each.consent for each in mine} == {consent}
