"""The page as a person meets it, in a real Chromium against a real server."""

import hashlib
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import models
from models import pixels

pytestmark = pytest.mark.browser

SECONDS = 1000
expect.set_options(timeout=30 * SECONDS)
TASKS = ("denoise", "dehaze", "derust")


@pytest.fixture
def page(visit, server) -> Page:
    """The English page."""
    return visit(server.url)


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(".masthead h1")).to_be_visible()


def part(page: Page, name: str, task: str = "denoise", language: str = "en") -> Locator:
    return page.locator(f"#{name}-{task}-{language}")


def tab(page: Page, number: int) -> None:
    page.get_by_role("tab").nth(number).click()


def choose_example(page: Page, task: str = "denoise", number: int = 0) -> None:
    part(page, "examples", task).locator("button").nth(number).click()
    expect(part(page, "photo", task).locator("img")).to_be_visible()


def choose_method(page: Page, title: str, task: str = "denoise") -> None:
    part(page, "method", task).get_by_role("listbox").or_(
        part(page, "method", task).locator("input")
    ).first.click()
    page.get_by_role("option", name=title).click()


def restore(page: Page, task: str = "denoise") -> None:
    part(page, "run", task).click()
    expect(part(page, "viewer", task).locator(".viewer")).to_be_visible()
    expect(page.locator("a.download:visible")).to_be_visible()


def download(page: Page, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.locator("a.download:visible").click()
    target = folder / waiting.value.suggested_filename
    waiting.value.save_as(target)
    return target


@pytest.mark.parametrize(("number", "task"), list(enumerate(TASKS)))
def test_each_tab_restores_an_example_and_shows_how(page, number, task):
    tab(page, number)
    choose_example(page, task)
    restore(page, task)
    facts = page.locator(".facts:visible").inner_text()
    assert "PSNR" in facts
    assert "load" in facts
    assert page.locator(".strip:visible figure").count() >= 1
    page.get_by_role("button", name="How this method works").locator("visible=true").click()
    expect(page.locator(".katex:visible").first).to_be_visible()


def test_download_is_the_full_quality_file(page, photo_file, tmp_path):
    part(page, "photo").locator("input[type=file]").set_input_files(photo_file)
    expect(page.locator(".photo-facts:visible").first).to_contain_text("120 × 96 px")
    choose_method(page, "Median filter")
    restore(page)
    got = pixels.open(download(page, tmp_path)).pixels
    expected = models.restore("denoise-median", photo_file).picture.pixels
    np.testing.assert_array_equal(got, expected)


def test_a_large_photo_is_shown_light_but_downloaded_and_enlarged_in_full(page, tmp_path, astronaut):
    large = tmp_path / "large.png"
    cv2.imwrite(str(large), cv2.resize(astronaut, (1800, 1200))[..., ::-1])
    part(page, "photo").locator("input[type=file]").set_input_files(large)
    expect(page.locator(".photo-facts:visible").first).to_contain_text("1800 × 1200 px")
    choose_method(page, "Median filter")
    restore(page)
    viewer = part(page, "viewer")
    assert viewer.locator("img.after").get_attribute("src").endswith(".jpg")
    result = download(page, tmp_path)
    expected = models.restore("denoise-median", large).picture.pixels
    np.testing.assert_array_equal(pixels.open(result).pixels, expected)

    viewer.locator("[data-view=actual]").click()
    crop = viewer.locator("img.after[src*='/patina/crop/']")
    expect(crop).to_be_visible()
    with page.expect_response(
        lambda answer: "/patina/crop/" in answer.url and "/after" in answer.url
    ) as answer:
        viewer.locator(".viewer-stage").press("ArrowRight")
    place = {name: int(re.search(rf"{name}=(\d+)", answer.value.url)[1]) for name in ("top", "left", "width")}
    shown = cv2.imdecode(np.frombuffer(answer.value.body(), np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    rows, columns = (
        slice(place["top"], place["top"] + len(shown)),
        slice(place["left"], place["left"] + place["width"]),
    )
    np.testing.assert_array_equal(shown, expected[rows, columns])


def test_the_slider_moves_by_mouse_and_by_key(page):
    choose_example(page)
    restore(page)
    viewer = part(page, "viewer").locator(".viewer")
    split = viewer.locator(".viewer-split.over")
    split.press("ArrowLeft")
    assert viewer.evaluate("element => element.style.getPropertyValue('--split')") == "49.5%"
    box = split.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    assert 75 < float(viewer.evaluate("element => element.style.getPropertyValue('--split')")[:-1]) < 85


def test_every_picture_has_an_alternative_text(page):
    choose_example(page)
    restore(page)
    assert page.locator("img:visible").count() >= 8
    assert page.locator("img:visible").evaluate_all("images => images.filter(i => !i.alt.trim()).length") == 0


def test_a_rating_is_stored_and_changes_the_leaderboard(page, server):
    choose_example(page, number=2)
    choose_method(page, "Gaussian filter")
    restore(page)
    send = page.get_by_role("button", name="Send rating").locator("visible=true")
    send.click()
    expect(page.get_by_text("Choose a grade from Bad to Excellent first.")).to_be_visible()
    page.get_by_label("Poor", exact=True).locator("visible=true").check()
    page.get_by_label("Over-smoothing").locator("visible=true").check()
    send.click()
    expect(page.get_by_text("a rating is stored only with your agreement")).to_be_visible()
    page.get_by_label("I agree").locator("visible=true").check()
    send.click()
    expect(page.get_by_text("Thank you: stored as Poor.")).to_be_visible()
    informal_opinion(page)
    row = page.locator("#opinion-en").get_by_role("row", name="Gaussian filter")
    expect(row).to_contain_text("2.00")

    tab(page, 0)
    page.get_by_label("Excellent", exact=True).locator("visible=true").check()
    send.click()
    expect(page.get_by_text("Thank you: stored as Excellent.")).to_be_visible()
    page.get_by_role("tab", name="Leaderboard").click()
    expect(row).to_contain_text("5.00")
    expect(row.get_by_role("cell").last).to_have_text("1")


def informal_opinion(page: Page) -> None:
    """Open the grades on the Leaderboard tab."""
    page.get_by_role("tab", name="Leaderboard").click()
    page.get_by_text("Informal opinion", exact=True).locator("visible=true").click()


def test_a_person_is_known_again_after_reloading(page, server, context):
    def rate(grade: str) -> None:
        choose_example(page, number=3)
        choose_method(page, "Mean filter")
        restore(page)
        page.get_by_label(grade, exact=True).locator("visible=true").check()
        page.get_by_label("I agree").locator("visible=true").check()
        page.get_by_role("button", name="Send rating").locator("visible=true").click()
        expect(page.get_by_text(f"Thank you: stored as {grade}.")).to_be_visible()

    rate("Bad")
    open_page(page, server.url)
    rate("Good")
    informal_opinion(page)
    row = page.locator("#opinion-en").get_by_role("row", name="Mean filter")
    expect(row).to_contain_text("4.00")
    expect(row.get_by_role("cell").last).to_have_text("1")


def test_a_long_run_stops_when_asked(page, tmp_path, astronaut):
    large = tmp_path / "large.png"
    cv2.imwrite(str(large), cv2.resize(astronaut, (4000, 3000))[..., ::-1])
    part(page, "photo").locator("input[type=file]").set_input_files(large)
    expect(page.locator(".photo-facts:visible").first).to_contain_text("4000 × 3000")
    part(page, "run").click()
    stop = page.get_by_role("button", name="Stop").locator("visible=true")
    expect(stop).to_be_enabled()
    expect(part(page, "run")).to_be_disabled()
    page.wait_for_timeout(1500)
    stop.click()
    expect(page.get_by_text("Stopped, as you asked.")).to_be_visible()
    assert page.get_by_text("Error", exact=True).count() == 0
    expect(part(page, "run")).to_be_enabled()
    assert part(page, "viewer").locator(".viewer").count() == 0


def test_a_region_is_tried_where_the_photo_was_clicked(page, tmp_path, astronaut):
    large = tmp_path / "large.png"
    cv2.imwrite(str(large), cv2.resize(astronaut, (1600, 1200))[..., ::-1])
    part(page, "photo").locator("input[type=file]").set_input_files(large)
    picture = part(page, "photo").locator("img")
    expect(picture).to_be_visible()
    expect(page.locator(".photo-facts:visible").first).to_contain_text("1600 × 1200")
    box = picture.bounding_box()
    page.get_by_role("button", name="Try a region first").locator("visible=true").click()
    picture.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.75})
    across = page.get_by_role("spinbutton", name="From the left").locator("visible=true")
    expect(across).to_have_value(re.compile(r"^2[45](\.\d)?$"))
    choose_method(page, "Mean filter")
    page.get_by_role("button", name="Try this region").locator("visible=true").click()
    expect(page.locator(".facts:visible")).to_contain_text("512 × 512 px")
    expect(page.locator(".facts:visible")).to_contain_text("The whole photo would take about")


def test_methods_are_compared_side_by_side_and_one_is_opened(page):
    choose_example(page)
    page.get_by_role("button", name="Compare methods").locator("visible=true").click()
    expect(page.get_by_label("Mean filter").locator("visible=true")).to_be_visible()
    for box in page.locator(".compared input:visible").all():
        box.uncheck()
    for name in ("Mean filter", "Median filter", "Gaussian filter"):
        page.get_by_label(name).locator("visible=true").check()
    page.get_by_role("button", name="Compare", exact=True).locator("visible=true").click()
    figures = page.locator(".comparison:visible figure")
    expect(figures).to_have_count(3)
    expect(figures.first).to_contain_text("dB")
    figures.filter(has_text="Median filter").locator("button").click()
    expect(page.locator(".facts:visible")).to_contain_text("Median filter")


def test_blending_needs_no_other_run(page, tmp_path):
    choose_example(page)
    choose_method(page, "Mean filter")
    restore(page)
    blend = page.locator(".blend:visible input[type=range]")
    blend.evaluate(
        "range => { range.value = 0; range.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    viewer = part(page, "viewer").locator(".viewer")
    assert viewer.evaluate("element => element.style.getPropertyValue('--blend')") == "0"
    blend.dispatch_event("pointerup")
    expect(page.locator(".facts:visible")).to_contain_text("Blend original and result 0")
    example = Path(models.__file__).parent.parent / "gallery" / "denoise" / "noise-cat-15.png"
    np.testing.assert_array_equal(pixels.open(download(page, tmp_path)).pixels, pixels.open(example).pixels)


def test_several_photos_come_back_in_one_zip_and_the_broken_one_is_named(page, photo_file, tmp_path):
    import zipfile

    broken = tmp_path / "broken.png"
    broken.write_bytes(photo_file.read_bytes()[:300])
    choose_method(page, "Median filter")
    page.get_by_role("button", name="Several photos at once").locator("visible=true").click()
    page.locator("input[type=file][multiple]").first.set_input_files([photo_file, broken])
    expect(page.get_by_text("broken").first).to_be_visible()
    page.get_by_role("button", name="Restore all").locator("visible=true").click()
    expect(page.get_by_text("1 of 2 photos restored.")).to_be_visible()
    expect(page.get_by_text("broken.png:")).to_be_visible()
    with page.expect_download() as waiting:
        page.locator("a[download$='.zip']").first.click()
    archive = tmp_path / "all.zip"
    waiting.value.save_as(archive)
    with zipfile.ZipFile(archive) as bundle:
        assert len(bundle.namelist()) == 1


def test_a_result_goes_on_as_the_next_input(page):
    choose_example(page)
    choose_method(page, "Median filter")
    restore(page)
    page.get_by_role("button", name="→ Dehaze").locator("visible=true").click()
    expect(part(page, "photo", "dehaze").locator("img")).to_be_visible()
    restore(page, "dehaze")


def test_a_broken_file_is_one_sentence_and_the_page_goes_on(page, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"not a picture")
    part(page, "photo").locator("input[type=file]").set_input_files(broken)
    expect(page.get_by_text("Expected a picture")).to_be_visible()
    choose_example(page)
    choose_method(page, "Median filter")
    restore(page)


def test_a_photo_the_server_placed_can_be_taken_away(page):
    choose_example(page)
    page.get_by_label("Remove Image").locator("visible=true").or_(
        page.get_by_label("Clear").locator("visible=true")
    ).first.click()
    expect(part(page, "photo").locator("img")).to_have_count(0)
    part(page, "run").click()
    expect(page.get_by_text("Choose a photo first")).to_be_visible()


def test_a_picture_pasted_anywhere_becomes_the_photo(page, photo_file):
    page.evaluate(
        """async (bytes) => {
            const files = new DataTransfer();
            files.items.add(new File([new Uint8Array(bytes)], 'pasted.png', { type: 'image/png' }));
            document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: files, bubbles: true }));
        }""",
        list(photo_file.read_bytes()),
    )
    expect(page.locator(".photo-facts:visible").first).to_contain_text("120 × 96 px")


def test_running_without_a_photo_says_what_to_do(page):
    part(page, "run").click()
    expect(page.get_by_text("Choose a photo first")).to_be_visible()
    expect(part(page, "run")).to_be_enabled()


def test_formats_that_browsers_cannot_show_are_shown(page, tmp_path, astronaut):
    deep = tmp_path / "deep.tiff"
    cv2.imwrite(str(deep), astronaut[..., ::-1].astype(np.uint16) * 257)
    part(page, "photo").locator("input[type=file]").set_input_files(deep)
    picture = part(page, "photo").locator("img")
    expect(picture).to_be_visible()
    page.wait_for_function("image => image.naturalWidth === 512", arg=picture.element_handle())
    choose_method(page, "Median filter")
    restore(page)
    assert pixels.open(download(page, tmp_path)).pixels.dtype == np.uint16


def test_the_language_switches_and_stays(page, server):
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("tab", name="去噪")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.goto(server.url)
    expect(page.get_by_role("tab", name="去噪")).to_be_visible()
    part(page, "examples", language="zh").locator("button").first.click()
    expect(part(page, "photo", language="zh").locator("img")).to_be_visible()
    part(page, "run", language="zh").click()
    expect(page.get_by_role("link", name="下载完整质量")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("tab", name="Denoise")).to_be_visible()


def test_a_chinese_browser_starts_in_chinese(browser, server):
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(server.url)
    expect(page.get_by_role("tab", name="去噪")).to_be_visible(timeout=30 * SECONDS)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_everything_without_scrolling_sideways(browser, server, scheme):
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        color_scheme=scheme,
        locale="en-US",
    )
    page = context.new_page()
    page.set_default_timeout(30 * SECONDS)
    open_page(page, server.url)
    choose_example(page)
    choose_method(page, "Median filter")
    restore(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    stage = part(page, "viewer").locator(".viewer-stage")
    assert stage.bounding_box()["width"] > 300
    expect(stage).to_be_in_viewport()
    context.close()


def test_a_phone_has_every_tab_in_sight(browser, server):
    page = browser.new_page(viewport={"width": 390, "height": 844}, locale="en-US")
    open_page(page, server.url)
    tabs = page.get_by_role("tablist").first.get_by_role("tab")
    assert tabs.all_inner_texts() == [
        *("Denoise", "Dehaze", "Derust", "Generate", "Arena", "Mark", "Leaderboard", "Models"),
    ]
    boxes = [tab.bounding_box() for tab in tabs.all()]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    expect(page.get_by_label("More tabs")).to_be_hidden()
    page.close()


def test_the_page_works_by_keyboard_alone(page):
    reached = set[str]()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.closest('[id]')?.id ?? ''"))
        focused = page.evaluate("document.activeElement.getAttribute('data-choice') ?? ''")
        if focused == "noise-cat-15":
            page.keyboard.press("Enter")
            expect(part(page, "photo").locator("img")).to_be_visible()
        if page.evaluate("document.activeElement.id") == "run-denoise-en":
            break
    assert page.evaluate("document.activeElement.id") == "run-denoise-en"
    page.keyboard.press("Enter")
    expect(part(page, "viewer").locator(".viewer")).to_be_visible()


def test_provenance_names_the_hash_of_the_downloaded_file(page, tmp_path, server):
    choose_example(page)
    choose_method(page, "Median filter")
    restore(page)
    link = page.get_by_role("link", name="Provenance (JSON)").locator("visible=true").get_attribute("href")
    provenance = page.request.get(f"{server.url}/{link}").json()
    assert provenance["output_sha256"] == hashlib.sha256(download(page, tmp_path).read_bytes()).hexdigest()
    assert provenance["model"] == "denoise-median"
