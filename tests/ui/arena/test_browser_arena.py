"""People vote in the Arena in a real Chromium; what is stored is what they did, and names come after it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect
from sqlalchemy import select

from models import registry
from ratings.raters import rater_id
from ratings.store import Store
from ratings.tables import deals, stimuli, votes
from ui import words

pytestmark = pytest.mark.browser

SECONDS = 1000
LOOKED_AT = 600
"""Milliseconds: a quicker vote would not count."""

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "locale": "en-US"}
expect.set_options(timeout=30 * SECONDS)


def arena(page: Page, language: str = "en") -> Locator:
    return page.locator(f"#arena-{language} .arena")


def enter(page: Page, language: str = "en") -> Locator:
    """Go to the Arena and begin; the first pair is there."""
    page.get_by_role("tab", name=words.load(language)("arena.title"), exact=True).click()
    ring = arena(page, language)
    ring.locator("[data-part=start]").click()
    return looked_at(ring)


def looked_at(ring: Locator, within: int = 30 * SECONDS) -> Locator:
    """Wait until a pair is there, and look at it."""
    expect(ring.locator(".pane img:not(.original)")).to_have_count(2, timeout=within)
    expect(ring.locator("[data-choose=left]")).to_be_enabled()
    ring.page.wait_for_timeout(LOOKED_AT)
    return ring


def choose(ring: Locator, choice: str) -> None:
    ring.locator(f"[data-choose={choice}]").click()


def pseudonym(page: Page, data: Path) -> str:
    token = page.locator("#patina-browser-token [data-token]").get_attribute("data-token")
    rater = rater_id((data / "secret").read_bytes(), token)
    assert rater
    return rater


def given(store: Store, rater: str) -> list[tuple[str, bool]]:
    """What `rater` chose, in order, and whether it counts."""
    query = select(votes.c.choice, votes.c.flag, votes.c.withdrawn_at).where(votes.c.rater == rater)
    with store.database.reading() as connection:
        rows = connection.execute(query.order_by(votes.c.id)).all()
    return [(row.choice, row.flag is None and row.withdrawn_at is None) for row in rows]


def titles(language: str = "en") -> set[str]:
    said = words.load(language)
    return {said.title(card) for card in registry.by_task("denoise")}


def test_a_vote_by_mouse_is_stored_and_names_come_only_after_it(visit, site, store):
    page = visit(site.url)
    ring = enter(page)
    before = ring.inner_text() + ring.inner_html()
    assert [title for title in titles() if title in before] == []
    assert "telltale" not in before
    choose(ring, "left")
    revealed = ring.locator(".arena-revealed")
    expect(revealed).to_contain_text("you chose A.")
    assert {each.inner_text() for each in revealed.locator(".side b").all()} <= titles()
    assert given(store, pseudonym(page, site.data_dir)) == [("left", True)]


def test_the_next_pair_is_there_before_the_vote_on_this_one(visit, site):
    page = visit(site.url)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 (Playwright wants a function)
    ring = enter(page)
    first, second = seen_pairs(page, asked, 2)
    sent = []
    for choice in ("right", "tie"):
        with page.expect_request("**/arena/vote") as vote:
            choose(ring, choice)
        sent.append(vote.value)
        looked_at(ring)
    assert [each.post_data_json["token"] for each in sent] == [first, second]
    fetched = [number for number, each in enumerate(asked) if f"/{second}/" in each.url]
    assert len(fetched) == 3, "both sides and the original, once"
    assert max(fetched) < asked.index(sent[0])


def seen_pairs(page: Page, asked: list[Request], count: int) -> list[str]:
    """Wait until pictures of so many pairs were asked for; return the pairs' tokens, in order."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        urls = [each.url for each in asked if each.url.endswith(".png") and "/patina/arena/" in each.url]
        tokens = list(dict.fromkeys(url.split("/")[-2] for url in urls))
        if len(urls) >= 3 * count:
            return tokens
        page.wait_for_timeout(50)
    pytest.fail(f"Pictures of {count} pairs were not asked for.")


def test_a_vote_by_keyboard_alone_can_be_taken_back(visit, site, store):
    page = visit(site.url)
    press_until(page, "Tab", "document.activeElement.matches('[role=tab]')")
    press_until(page, "Tab", "document.activeElement.textContent.trim() === 'Arena'")
    page.keyboard.press("Enter")
    press_until(page, "Tab", "document.activeElement.dataset.part === 'start'")
    page.keyboard.press("Enter")
    ring = looked_at(arena(page))
    page.keyboard.press("ArrowDown")
    expect(ring.locator(".arena-revealed")).to_contain_text("you found them equal.")
    looked_at(ring)
    page.keyboard.press("z")
    expect(ring.locator("[data-part=status]")).to_contain_text("Taken back")
    looked_at(ring)
    page.keyboard.press("ArrowRight")
    expect(ring.locator(".arena-revealed")).to_contain_text("you chose B.")
    assert given(store, pseudonym(page, site.data_dir)) == [("tie", False), ("right", True)]


def press_until(page: Page, key: str, reached: str) -> None:
    for _ in range(60):
        if page.evaluate(reached):
            return
        page.keyboard.press(key)
    pytest.fail(f"{key} never led to: {reached}")


def test_what_is_taken_back_by_its_button_counts_no_more_and_the_next_pair_stays(visit, site, store):
    page = visit(site.url)
    ring = enter(page)
    with page.expect_request("**/arena/vote"):
        choose(ring, "both-bad")
    looked_at(ring)
    ring.get_by_role("button", name="Take back").click()
    expect(ring.locator("[data-part=status]")).to_contain_text("Taken back")
    expect(ring.locator(".arena-revealed .side")).to_have_count(0)
    expect(ring.locator("[data-part=count]")).to_contain_text("0")
    looked_at(ring)
    choose(ring, "left")
    expect(ring.locator(".arena-revealed")).to_contain_text("you chose A.")
    assert given(store, pseudonym(page, site.data_dir)) == [("both-bad", False), ("left", True)]


@pytest.fixture
def another(browser: Browser, site) -> Iterator[Callable[..., Page]]:
    """`another()` is the page in a browser of its own."""
    opened = []

    def come(url: str = site.url, **options: object) -> Page:
        opened.append(browser.new_context(**{"locale": "en-US", **options}))
        page = opened[-1].new_page()
        page.goto(url)
        page.wait_for_selector(".masthead h1")
        return page

    yield come
    for each in opened:
        each.close()


def test_on_a_phone_one_votes_by_touch_and_nothing_is_wider_than_the_screen(another, site, store):
    page = another(**PHONE)
    page.get_by_role("tab", name="Arena").tap()
    ring = arena(page)
    for touched in ("[data-part=start]", "[data-choose=right]"):
        expect(ring.locator(touched)).to_be_visible()
        assert widest(page) <= 390
        ring.locator(touched).tap()
        looked_at(ring)
    expect(ring.locator(".arena-revealed")).to_contain_text("you chose B.")
    assert widest(page) <= 390
    assert given(store, pseudonym(page, site.data_dir)) == [("right", True)]


def widest(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth")


def test_two_people_at_once_vote_each_under_their_own_pseudonym(another, site, store):
    pages = [another(), another()]
    rings = [enter(page) for page in pages]
    chosen = (["left", "tie", "right"], ["both-bad", "left", "left"])
    for turn in range(3):
        for ring, choices in zip(rings, chosen, strict=True):
            choose(looked_at(ring), choices[turn])
            expect(ring.locator("[data-part=count]")).to_have_text(f"Votes given here: {turn + 1}")
    raters = [pseudonym(page, site.data_dir) for page in pages]
    assert raters[0] != raters[1]
    for rater, choices in zip(raters, chosen, strict=True):
        assert given(store, rater) == [(choice, True) for choice in choices]


def test_a_chinese_page_deals_asks_and_tells_in_chinese(visit, site, store):
    page = visit(site.url)
    page.goto(f"{site.url}/zh")
    ring = enter(page, "zh")
    expect(ring.locator("[data-part=question]")).to_have_text("哪张照片更干净，又不失真？")
    choose(ring, "left")
    revealed = ring.locator(".arena-revealed")
    expect(revealed).to_contain_text("您选了 A。")
    assert {each.inner_text() for each in revealed.locator(".side b").all()} <= titles("zh")
    assert given(store, pseudonym(page, site.data_dir)) == [("left", True)]


def test_ones_own_photo_is_prepared_and_voted_on_blindly(visit, site, store, noisy):
    page = visit(site.url)
    page.get_by_role("tab", name="Arena", exact=True).click()
    page.get_by_role("button", name="Compare on your own photo").locator("visible=true").click()
    page.locator("#arena-photo-en input[type=file]").set_input_files(noisy)
    expect(page.locator("#arena-photo-en img")).to_be_visible()
    page.get_by_role("button", name="Prepare my photo").locator("visible=true").click()
    ring = looked_at(arena(page), within=90 * SECONDS)
    assert [title for title in titles() if title in ring.inner_text()] == []
    choose(ring, "right")
    expect(ring.locator(".arena-revealed")).to_contain_text("you chose B.")
    rater = pseudonym(page, site.data_dir)
    assert given(store, rater) == [("right", True)]
    query = select(stimuli.c.owner).join_from(votes, deals).join(stimuli, deals.c.left_id == stimuli.c.id)
    with store.database.reading() as connection:
        assert connection.scalars(query.where(votes.c.rater == rater)).all() == [rater]


def test_a_vote_that_met_a_dead_server_is_asked_again_and_stored_once(another, server_of, stock, tmp_path):
    stock(tmp_path / "data")
    server = server_of(tmp_path, {})
    page = another(server.url)
    ring = enter(page)
    rater = pseudonym(page, server.data_dir)
    server.process.kill()
    server.process.wait()
    choose(ring, "left")
    expect(ring.locator("[data-part=status]")).to_contain_text("The server did not answer.")
    server_of(tmp_path, {}, int(server.url.rpartition(":")[2]))
    ring.get_by_role("button", name="Try again").click()
    expect(ring.locator(".arena-revealed")).to_contain_text("you chose A.")
    with Store.open(f"sqlite:///{server.data_dir}/patina.db") as store:
        assert given(store, rater) == [("left", True)]
