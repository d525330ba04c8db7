"""A whole study in a real Chromium: from its link to its results, pixel by pixel."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from models import pixels
from ratings.records import Result
from ratings.stimuli import Shown, Stimuli
from ratings.store import Store
from ratings.studies.design import State, read_design
from ratings.studies.records import Study
from ratings.studies.results import results
from ratings.studies.studies import Studies
from ui.keeping.pictures import StimulusShelf

pytestmark = pytest.mark.browser
SIZE = (120, 160)


@pytest.fixture
def prepared(tmp_path: Path) -> Callable[..., Study]:
    """Make an open study of noise pictures below the folder that a server will be started over."""

    def make(**changes: object) -> Study:
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        shelf = StimulusShelf(folder / "stimuli")
        with Store.open(f"sqlite:///{folder / 'patina.db'}") as store:
            shown = [_stimulus(store, shelf, tmp_path, number) for number in range(4)]
            told = {"method": "acr", "items": [{"stimulus": each} for each in shown], "checks": [], **changes}
            if told["method"] == "pairs":
                told["items"] = [
                    {"stimulus": a, "other": b} for a, b in ((shown[0], shown[1]), (shown[2], shown[3]))
                ]
            studies = Studies(store.database)
            return studies.change(studies.make("Noise", "denoise", read_design(told)).uid, State.OPEN)

    return make


def _stimulus(store: Store, shelf: StimulusShelf, folder: Path, number: int) -> int:
    noise = np.random.default_rng(number).integers(0, 256, (*SIZE, 3), dtype=np.uint8)
    file = folder / f"{number}.png"
    pixels.save(pixels.from_array(noise), file)
    sha256 = shelf.put(file.read_bytes())
    result = Result(
        task="denoise",
        model=f"model-{number % 2}",
        version=1,
        weights_sha256=None,
        settings={},
        default_settings=True,
        input_sha256=str(number // 2) * 64,
        output_sha256=sha256,
        input_name=f"picture {number // 2}",
        app_version="0",
        device="cpu",
        seconds=1.0,
    )
    shown = Shown(making=store.remember(result), sha256=sha256, original_sha256=None, width=160, height=120)
    return Stimuli(store.database).add(shown).id


def visit(context, url: str) -> tuple[Page, list[str]]:
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(url)
    return page, faults


def agree(page: Page) -> None:
    page.locator("#agree").check()
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("#agree")).to_have_count(0)  # the next step has a button of the same name


def test_study_from_link_to_results(prepared, server_of, context, tmp_path):
    study = prepared(completion_code="C0FFEE", return_url="https://example.org/done")
    server = server_of(tmp_path, {})
    page, faults = visit(context, f"{server.url}/study/{study.token}?PROLIFIC_PID=P1")
    agree(page)
    expect(page.get_by_text("5 – Excellent")).to_be_visible()
    page.get_by_role("button", name="Begin").click()
    for number in range(4):
        expect(page.locator("#progress")).to_have_text(f"{number} of 4")
        expect(page.locator(".answers button").first).to_be_enabled()
        page.wait_for_timeout(400)
        page.get_by_role("button", name="Good").click()
    expect(page.locator(".code")).to_have_text("C0FFEE")
    assert page.locator("a", has_text="Back to where").get_attribute("href") == "https://example.org/done"
    assert faults == []
    with Store.open(f"sqlite:///{tmp_path / 'data' / 'patina.db'}") as store:
        found = results(store.database, study)
        (person,) = Studies(store.database).participants(study.uid)
    assert [(row.opinion.score, row.opinion.n) for row in found.rows] == [(4.0, 2), (4.0, 2)]
    assert person.participant
    assert "P1" not in str(person)


def test_picture_that_is_lost_on_the_way_is_asked_for_again(prepared, server_of, context, tmp_path):
    study = prepared()
    server = server_of(tmp_path, {})
    lost = iter([True, True])
    context.route("**/1/one.png", lambda route: route.abort() if next(lost, False) else route.continue_())
    page, _ = visit(context, f"{server.url}/study/{study.token}")
    agree(page)
    page.get_by_role("button", name="Begin").click()
    expect(page.locator(".answers button").first).to_be_enabled()
    page.wait_for_timeout(400)
    page.get_by_role("button", name="Good").click()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#progress")).to_have_text("1 of 4")
    expect(page.locator(".stage img")).to_have_count(1)
    expect(page.locator(".answers button").first).to_be_enabled()


def test_a_study_names_who_is_responsible_and_what_its_links_call_people(
    prepared, server_of, context, tmp_path
):
    study = prepared(
        consent={"en": "Ask for Ada: ada@example.org.", "zh": ""}, participant_parameters=["SUBJECT"]
    )
    server = server_of(tmp_path, {})
    for number, link in enumerate(("SUBJECT=S1", "PROLIFIC_PID=P1")):
        page, _ = visit(context, f"{server.url}/study/{study.token}?{link}")
        expect(page.get_by_text("Ask for Ada: ada@example.org.")).to_be_visible()
        expect(page.get_by_text("There are no right answers")).to_be_visible()
        with Store.open(f"sqlite:///{tmp_path / 'data' / 'patina.db'}") as store:
            people = Studies(store.database).participants(study.uid)
        assert [bool(person.participant) for person in people] == [True, False][: number + 1]
        page.evaluate("localStorage.clear()")


def test_keyboard_alone_and_a_closed_browser(prepared, server_of, context, tmp_path):
    study = prepared(method="pairs")
    server = server_of(tmp_path, {})
    url = f"{server.url}/study/{study.token}"
    page, _ = visit(context, url)
    page.locator("#agree").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("two pictures of the same scene")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_have_text("0 of 2")
    page.wait_for_timeout(500)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#progress")).to_have_text("1 of 2")
    page.close()
    again, _ = visit(context, url)
    expect(again.locator("#progress")).to_have_text("1 of 2")
    expect(again.locator(".answers button").first).to_be_enabled()
    again.wait_for_timeout(500)
    again.keyboard.press("ArrowDown")
    expect(again.get_by_text("Thank you!")).to_be_visible()


@pytest.mark.parametrize("ratio", [1, 1.25, 1.5, 1.75, 2, 2.625, 3])
def test_a_pixel_of_the_picture_is_a_pixel_of_the_screen(prepared, server_of, on_screen, tmp_path, ratio):
    study = prepared()
    server = server_of(tmp_path, {})
    page, _ = visit(on_screen(ratio, 701, 503), f"{server.url}/study/{study.token}")
    assert page.evaluate("devicePixelRatio") == pytest.approx(ratio, abs=0.01)
    agree(page)
    page.get_by_role("button", name="Begin").click()
    expect(page.locator(".answers button").first).to_be_enabled()
    page.wait_for_timeout(500)
    shown = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    box = page.locator(".stage img").bounding_box()
    left, top = round(box["x"] * ratio), round(box["y"] * ratio)
    piece = shown[top : top + SIZE[0], left : left + SIZE[1]]
    known = [np.asarray(Image.open(file)) for file in (tmp_path / "data" / "stimuli").glob("*.png")]
    assert any(np.array_equal(piece, each) for each in known)


def test_too_small_a_window_is_refused_until_it_grows(prepared, server_of, browser, tmp_path):
    study = prepared()
    server = server_of(tmp_path, {})
    context = browser.new_context(viewport={"width": 150, "height": 600}, locale="en-US")
    page, _ = visit(context, f"{server.url}/study/{study.token}")
    expect(page.get_by_text("Your window is too narrow")).to_be_visible()
    agree(page)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("alert")).to_contain_text("too small")
    expect(page.locator(".answers button").first).to_be_disabled()
    page.set_viewport_size({"width": 700, "height": 600})
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(".answers button").first).to_be_enabled()
    context.close()


def test_phone_in_chinese_without_sideways_scrolling(prepared, server_of, browser, tmp_path):
    study = prepared()
    server = server_of(tmp_path, {})
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=3, locale="zh-CN", has_touch=True
    )
    page, faults = visit(context, f"{server.url}/study/{study.token}")
    page.locator("#agree").check()
    page.get_by_role("button", name="开始").tap()
    page.get_by_role("button", name="开始").tap()
    expect(page.locator(".answers button").first).to_be_enabled()
    page.wait_for_timeout(500)
    page.get_by_role("button", name="良").tap()
    expect(page.locator("#progress")).to_have_text("第 1 / 4")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults == []
    context.close()


def test_answers_are_deleted_on_the_last_page_and_nobody_is_locked_out(
    prepared, server_of, context, tmp_path
):
    study = prepared(items=[{"stimulus": 1}])
    server = server_of(tmp_path, {})
    url = f"{server.url}/study/{study.token}"
    page, faults = visit(context, url)
    agree(page)
    page.get_by_role("button", name="Begin").click()
    expect(page.locator(".answers button").first).to_be_enabled()
    page.wait_for_timeout(400)
    page.get_by_role("button", name="Good").click()
    expect(page.get_by_text("Thank you!")).to_be_visible()
    with Store.open(f"sqlite:///{tmp_path / 'data' / 'patina.db'}") as store:
        assert Studies(store.database).progress(study.uid).answers == {"": 1}
    page.get_by_text("how to delete them").click()
    expect(page.locator(".own code")).to_have_text(re.compile("^[0-9a-f]{64}$"))
    page.get_by_role("button", name="Delete my answers").click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("button", name="Delete everything")).to_be_hidden()
    page.get_by_role("button", name="Delete my answers").click()
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_text("Your answers are deleted")).to_be_visible()
    with Store.open(f"sqlite:///{tmp_path / 'data' / 'patina.db'}") as store:
        assert Studies(store.database).participants(study.uid) == ()
        assert Studies(store.database).progress(study.uid).answers == {}
    page.goto(url)
    expect(page.locator("#agree")).to_be_visible()
    assert faults == []


def test_failed_viewing_check_is_said_and_can_be_tried_again(prepared, server_of, context, tmp_path):
    study = prepared(checks=["brightness"])
    server = server_of(tmp_path, {})
    page, _ = visit(context, f"{server.url}/study/{study.token}")
    agree(page)
    page.locator("#dark").fill("1")
    page.locator("#light").fill("6")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("does not suit this study")).to_be_visible()
    expect(page.locator(".bad")).to_have_text(["Brightness: too few of the faint squares were seen."])
    page.get_by_role("button", name="Try the checks again").click()
    page.locator("#dark").fill("6")
    page.locator("#light").fill("5")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("What to do")).to_be_visible()
