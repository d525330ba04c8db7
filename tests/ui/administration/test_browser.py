"""The administrator's page, and being forgotten, in a real Chromium against a real server."""

import json
import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from ratings.administration.forgetting import kept
from ratings.raters import rater_id
from ratings.tables import ratings
from ratings.tombstones import is_forgotten

pytestmark = pytest.mark.browser

SECONDS = 1000
expect.set_options(timeout=30 * SECONDS)


@pytest.fixture
def admin(visit, guarded):
    """The administrator's page, at the door."""
    page = visit(guarded.url)
    page.goto(f"{guarded.url}/admin")
    expect(page.locator("#administration-password input")).to_be_visible()
    return page


def log_in(page, password: str) -> None:
    """Log in by keyboard alone."""
    page.locator("#administration-password input").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


@pytest.fixture
def inside(admin, guarded):
    log_in(admin, guarded.password)
    expect(admin.get_by_role("tab", name="Answers")).to_be_visible()
    return admin


def flags(guarded, rater: str) -> list[tuple[object, ...]]:
    query = select(ratings.c.flag, ratings.c.reason).where(ratings.c.rater == rater)
    with guarded.store.database.reading() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_wrong_password_is_said_and_lets_nobody_in(admin):
    log_in(admin, "open barley")
    expect(admin.get_by_text("This is not the administrator's password.")).to_be_visible()
    expect(admin.get_by_role("tab", name="Answers")).to_be_hidden()


def test_log_in_by_keyboard_lasts_over_a_reload_until_log_out(inside):
    inside.reload()
    expect(inside.get_by_role("tab", name="Answers")).to_be_visible()
    inside.get_by_role("button", name="Log out").click()
    expect(inside.locator("#administration-password input")).to_be_visible()
    inside.reload()
    expect(inside.locator("#administration-password input")).to_be_visible()
    expect(inside.get_by_role("tab", name="Answers")).to_be_hidden()


def test_rater_is_left_out_and_taken_in_again(inside, guarded):
    _, rater = guarded.rater()
    inside.locator("#administration-rater").get_by_role("textbox").fill(rater)
    inside.get_by_label("Reason").locator("visible=true").fill("Clicked <b>at random</b>")
    inside.get_by_role("button", name="Leave out").locator("visible=true").click()
    expect(inside.get_by_text("Changed: Ratings: 1")).to_be_visible()
    expect(inside.get_by_role("row", name="excluded by the administrator")).to_be_visible()
    assert flags(guarded, rater) == [("excluded", "Clicked <b>at random</b>")]
    inside.get_by_role("button", name="Take in again").locator("visible=true").click()
    expect(inside.get_by_role("row", name="excluded by the administrator")).to_be_hidden()
    assert flags(guarded, rater) == [(None, "")]


def test_reason_must_be_given(inside, guarded):
    _, rater = guarded.rater()
    inside.locator("#administration-rater").get_by_role("textbox").fill(rater)
    inside.get_by_role("button", name="Leave out").locator("visible=true").click()
    expect(inside.get_by_text("Answers are left out for a reason")).to_be_visible()
    assert flags(guarded, rater) == [(None, "")]


def test_studies_are_downloaded_in_a_file_of_their_own(inside):
    inside.get_by_role("tab", name="Export").click()
    inside.get_by_role("radio", name="What the studies asked").check()
    inside.get_by_role("button", name="Make the file").click()
    with inside.expect_download() as waiting:
        inside.locator("a.download:visible").click()
    assert waiting.value.suggested_filename == "patina-ratings.studies.jsonl"


def test_export_is_downloaded_once(inside, guarded, tmp_path):
    guarded.rater()
    inside.get_by_role("tab", name="Export").click()
    inside.get_by_role("radio", name=".jsonl").check()
    inside.get_by_role("button", name="Make the file").click()
    with inside.expect_download() as waiting:
        inside.locator("a.download:visible").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(rows) == guarded.store.count()
    assert (
        inside.request.get(inside.locator("a.download:visible").evaluate("link => link.href")).status == 404
    )


def test_rater_is_forgotten_on_request_by_the_browsers_token(inside, guarded):
    token, rater = guarded.rater()
    inside.get_by_role("tab", name="Forget a rater").click()
    inside.locator("#administration-forget").get_by_role("textbox").fill(token)
    inside.get_by_role("button", name="Look").click()
    expect(inside.locator("code", has_text=rater)).to_be_visible()
    inside.get_by_role("button", name="Delete everything of this rater").click()
    expect(inside.get_by_text("Tick the box first")).to_be_visible()
    assert not is_forgotten(guarded.store.database, rater)
    inside.get_by_label("I am sure").check()
    inside.get_by_role("button", name="Delete everything of this rater").click()
    expect(inside.get_by_text("Deleted. The rater's browser")).to_be_visible()
    assert is_forgotten(guarded.store.database, rater)
    assert not any(kept(guarded.store.database, rater).values())


def test_tallies_are_counted_anew(inside):
    inside.get_by_role("tab", name="Count anew").click()
    inside.get_by_role("button", name="Count anew").click()
    expect(inside.get_by_role("row", name="Denoise")).to_contain_text("0")


def test_chinese_page_has_the_same_door(admin, guarded):
    admin.locator("a.language").click()
    expect(admin).to_have_url(re.compile("/admin-zh$"))
    assert admin.locator("html").get_attribute("lang") == "zh-CN"
    log_in(admin, "open barley")
    expect(admin.get_by_text("这不是管理员密码。")).to_be_visible()
    log_in(admin, guarded.password)
    expect(admin.get_by_role("tab", name="回答")).to_be_visible()


def test_page_fits_a_phone(inside):
    inside.set_viewport_size({"width": 390, "height": 844})
    for number in range(inside.get_by_role("tab").count()):
        if inside.get_by_role("tab").nth(number).is_visible():
            inside.get_by_role("tab").nth(number).click()
        assert inside.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_a_password_the_page_says_how_it_is_switched_on(visit, server):
    page = visit(server.url)
    page.goto(f"{server.url}/admin")
    expect(page.get_by_text("PATINA_ADMIN_PASSWORD")).to_be_visible()
    expect(page.locator("#administration-password")).to_have_count(0)


def token_of(page) -> str:
    found = page.locator("#patina-browser-token [data-token]")
    expect(found).to_be_attached()
    return found.get_attribute("data-token")


@pytest.mark.parametrize(
    ("path", "title", "delete", "yes", "done"),
    [
        ("", "What is kept about me", "Delete my answers", "Yes, delete them", "Deleted: 1 row."),
        ("/zh", "保存了我的哪些数据", "删除我的回答", "是的，删除", "已删除 1 行"),
    ],
    ids=["en", "zh"],
)
def test_rater_is_forgotten_by_own_wish(visit, guarded, path, title, delete, yes, done):
    page = visit(guarded.url)
    page.goto(f"{guarded.url}{path}")
    before = token_of(page)
    rater = rater_id(guarded.secret, before)
    guarded.rate(rater)
    page.get_by_role("button", name=title).click()
    page.get_by_role("button", name=delete).click()
    page.get_by_role("button", name=yes).click()
    expect(page.get_by_text(done)).to_be_visible()
    expect(page.locator(f'#patina-browser-token [data-token="{before}"]')).to_have_count(0)
    after = token_of(page)
    assert not any(kept(guarded.store.database, rater).values())
    assert is_forgotten(guarded.store.database, rater)
    page.reload()
    assert token_of(page) == after != before
