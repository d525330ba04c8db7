"""The Generate tab as a person meets it, in a real Chromium against a real server."""

import json
import re

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

SECONDS = 1000
expect.set_options(timeout=30 * SECONDS)


@pytest.fixture
def page(visit, server) -> Page:
    """The English page."""
    return visit(server.url)


def generate(page: Page, *, first: bool = True) -> Locator:
    """Open the tab if it is the `first` time, make a sheet, and return its images."""
    if first:
        page.get_by_role("tab", name="Generate").click()
    page.locator("#generate-en").click()
    images = page.locator("#sheets-en .sheet-images button")
    expect(images.nth(15).locator("img")).to_be_visible(timeout=120 * SECONDS)  # it is prepared first
    return images


def test_generate_makes_a_sheet_walks_nudges_and_takes_a_rating(page, tmp_path):
    images = generate(page)
    assert images.first.locator("img").evaluate("image => image.naturalWidth") == 28
    images.nth(2).click()
    chosen = page.locator("#chosen-en")
    expect(chosen).to_contain_text("Seed")
    with page.expect_download() as waiting:
        page.locator("a.download:visible").click()
    waiting.value.save_as(tmp_path / "made.png")
    with Image.open(tmp_path / "made.png") as file:
        said = json.loads(file.text["Patina"])  # type: ignore[attr-defined]
    assert said["settings"]["seed"] == 3
    page.get_by_role("button", name="Begin with this one").click()
    images.nth(5).click()
    expect(chosen.locator("dd", has_text=re.compile("^6$"))).to_be_visible()
    page.get_by_role("button", name="End with this one").click()
    expect(page.locator(".ends img")).to_have_count(2)
    page.get_by_role("button", name="Walk", exact=True).click()
    loop = page.locator("#walk-en img").first
    expect(loop).to_be_visible()
    page.wait_for_function("document.querySelector('#walk-en img').naturalWidth > 200")
    before = chosen.locator("img").get_attribute("src")
    nudge = page.locator(".nudges input[type=range]").first
    nudge.focus()
    for _ in range(12):
        nudge.press("ArrowRight")
    expect(chosen).to_contain_text("Nudged by+1.2")
    assert chosen.locator("img").get_attribute("src") != before
    page.locator(".rating:visible").get_by_text("Good", exact=True).click()
    page.locator(".rating:visible").get_by_label("I agree").check()
    page.get_by_role("button", name="Send rating").locator("visible=true").click()
    expect(page.locator(".thanks:visible").first).to_contain_text("Good")


def test_generate_remembers_seeds_and_refuses_what_is_none(page):
    images = generate(page)
    first = images.first.get_attribute("title")
    assert first == "1"
    page.get_by_role("button", name="New", exact=True).click()
    expect(images.first).not_to_have_attribute("title", "1")
    page.get_by_role("button", name="Previous", exact=True).click()
    expect(images.first).to_have_attribute("title", "1")
    page.locator("#seed-en input, #seed-en textarea").first.fill("seven")
    page.locator("#generate-en").click()
    expect(page.get_by_text("A seed is a whole number from 0 to")).to_be_visible()
    expect(page.locator("#generate-en")).to_be_enabled()


def test_the_growth_of_a_generator_can_be_watched(page):
    page.get_by_role("tab", name="Generate").click()
    page.get_by_role("button", name="Watch them grow").click()
    figure = page.locator(".growth").first
    expect(figure.locator(".losses")).to_be_visible()
    caption = figure.locator("figcaption")
    last = caption.inner_text()
    slider = figure.locator("input[type=range]")
    slider.evaluate("it => { it.value = 0; it.dispatchEvent(new Event('input', { bubbles: true })); }")
    expect(caption).not_to_have_text(last)
    expect(figure.locator("img:visible")).to_have_count(1)
    page.wait_for_function("document.querySelector('.growth img:not([hidden])').naturalWidth > 100")
    page.get_by_role("button", name="How these generators learn").click()
    expect(page.locator(".katex:visible").first).to_be_visible()
