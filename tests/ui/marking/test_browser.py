"""People paint on results and photos in a real Chromium; what is stored is what they painted."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from models import pixels
from ratings.marks import mask
from ratings.marks.marks import Marks
from ratings.marks.records import Mark, Painted
from ratings.records import Result
from ratings.stimuli import Shown, Stimuli, Stimulus
from ratings.store import Store
from ratings.tables import marks as table
from ui.dealing.staging import plain_png
from ui.keeping.pictures import StimulusShelf

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 120, 80
SEEDS = count(1)
expect.set_options(timeout=15_000)


def picture(seed: int) -> bytes:
    image = np.random.default_rng(seed).integers(90, 160, (HEIGHT, WIDTH, 3), np.uint8)
    return plain_png(pixels.from_array(image))


def add_result(store: Store, shelf: StimulusShelf, model: str) -> Stimulus:
    """A result of a model on an example of the gallery, as the Arena's stage keeps it."""
    shown, original = shelf.put(picture(next(SEEDS))), shelf.put(picture(0))
    result = Result(
        task="denoise",
        model=model,
        version=1,
        weights_sha256=None,
        settings={},
        default_settings=True,
        input_sha256="1" * 64,
        output_sha256=shown,
        input_name="noise-cat-15",
        app_version="0.1.0",
        device="cpu",
        seconds=0.1,
    )
    return Stimuli(store.database).add(
        Shown(
            making=store.remember(result),
            sha256=shown,
            original_sha256=original,
            width=WIDTH,
            height=HEIGHT,
        )
    )


@pytest.fixture(scope="module")
def site(own_server):
    """A server for all tests of this module."""
    return own_server()


@pytest.fixture
def store(site) -> Iterator[Store]:
    """The server's database; no mark of a test is there for the next one."""
    with Store.open(f"sqlite:///{site.data_dir}/patina.db") as opened:
        yield opened
        with opened.database.writing() as connection:
            connection.execute(table.delete())


@pytest.fixture
def marks(store: Store) -> Marks:
    return Marks(store.database)


@pytest.fixture
def stimulus(store: Store, site) -> Iterator[Stimulus]:
    """The one result of a model that there is to be marked."""
    added = add_result(store, StimulusShelf(site.data_dir / "stimuli"), "denoise-median")
    yield added
    Stimuli(store.database).retire([added.id])


@pytest.fixture
def page(stimulus: Stimulus, site, visit) -> Page:
    """The Mark tab of the server."""
    page = visit(site.url)
    open_tab(page)
    expect(frame(page)).to_be_visible()
    return page


def open_tab(page: Page) -> None:
    page.get_by_role("tab", name="Mark", exact=True).first.click()
    expect(room(page).get_by_role("radio", name="Denoise")).to_be_visible()


def room(page: Page) -> Locator:
    return page.locator("#marking-en")


def frame(page: Page) -> Locator:
    return room(page).locator("[data-part=frame]")


def send(page: Page) -> None:
    room(page).get_by_role("button", name="Send").click()
    expect(room(page).get_by_text("your marks are kept")).to_be_visible()


def on_page(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where the place (x, y) of the picture lies, while the whole picture is shown."""
    frame(page).scroll_into_view_if_needed()
    box = room(page).locator("[data-part=picture]").bounding_box()
    return box["x"] + x * box["width"] / WIDTH, box["y"] + y * box["height"] / HEIGHT


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*on_page(page, *start))
    page.mouse.down()
    page.mouse.move(*on_page(page, *end), steps=7)
    page.mouse.up()


def capsule(start: tuple[float, float], end: tuple[float, float], radius: float) -> np.ndarray:
    """Where pixel centres lie within `radius` of a line: what a stroke of a round brush marks."""
    rows, columns = np.indices((HEIGHT, WIDTH)) + 0.5
    (ax, ay), (bx, by) = start, end
    along = ((columns - ax) * (bx - ax) + (rows - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
    along = np.clip(along, 0, 1)
    distance = np.hypot(columns - ax - along * (bx - ax), rows - ay - along * (by - ay))
    return distance <= radius


def box(left: int, top: int, right: int, bottom: int) -> np.ndarray:
    marked = np.zeros((HEIGHT, WIDTH), bool)
    marked[top:bottom, left:right] = True
    return marked


def nearly(found: np.ndarray, expected: np.ndarray) -> bool:
    """Tell whether two masks differ in a few pixels at most: a page's coordinates are rounded."""
    return int((found ^ expected).sum()) <= 12


def only(marks: Marks) -> Mark:
    (mark,) = marks.counted()
    return mark


def set_brush(page: Page, size: int) -> None:
    room(page).locator("[data-part=size]").fill(str(size))


def test_stroke_is_stored_as_it_was_painted(page: Page, marks: Marks, stimulus: Stimulus) -> None:
    room(page).get_by_role("radio", name="Halo").click()
    set_brush(page, 12)
    drag(page, (30, 30), (90, 50))
    send(page)
    mark = only(marks)
    assert (mark.label, mark.tool, mark.stimulus_id, mark.flag) == ("halo", "brush", stimulus.id, None)
    assert len(mark.rater) == 64
    assert nearly(mark.plane(), capsule((30, 30), (90, 50), 6))


def test_nothing_of_the_model_is_on_the_page_while_it_is_marked(page: Page) -> None:
    expect(room(page).get_by_role("heading", name="Cat, light noise")).to_be_visible()
    text = page.evaluate("document.querySelector('#marking-en').outerHTML")
    assert "median" not in text.lower()


def test_box_is_dragged_and_moved_and_sized_by_keys(page: Page, marks: Marks) -> None:
    room(page).get_by_role("radio", name="Tile seam").click()
    room(page).get_by_role("button", name="Box").click()
    drag(page, (20, 10), (50, 40))
    made = room(page).get_by_role("group", name="Tile seam: Box 1")
    expect(made).to_be_focused()
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("Alt+Shift+ArrowDown")
    expect(made).to_be_focused()
    send(page)
    assert (only(marks).label, only(marks).tool) == ("tile-seam", "box")
    assert np.array_equal(only(marks).plane(), box(21, 10, 51, 41))


def test_box_can_be_made_by_keyboard_alone(page: Page, marks: Marks) -> None:
    room(page).get_by_role("button", name="Box").focus()
    page.keyboard.press("Enter")
    frame(page).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    room(page).get_by_role("button", name="Send").focus()
    page.keyboard.press("Enter")
    expect(room(page).get_by_text("your marks are kept")).to_be_visible()
    rows, columns = np.nonzero(only(marks).plane())
    assert abs(rows.mean() - HEIGHT / 2) < 2
    assert abs(columns.mean() - WIDTH / 2) < 2


def test_undo_redo_eraser_and_clear(page: Page, marks: Marks) -> None:
    set_brush(page, 10)
    drag(page, (20, 20), (60, 20))
    drag(page, (20, 60), (60, 60))
    page.keyboard.press("z")
    drag(page, (80, 60), (100, 60))
    page.keyboard.press("z")
    page.keyboard.press("Shift+Z")
    page.keyboard.press("e")
    drag(page, (40, 5), (40, 35))
    send(page)
    expected = capsule((20, 20), (60, 20), 5) | capsule((80, 60), (100, 60), 5)
    expected &= ~capsule((40, 5), (40, 35), 5)
    assert nearly(only(marks).plane(), expected)
    room(page).get_by_role("button", name="Clear").click()
    room(page).get_by_role("button", name="Undo").click()
    room(page).get_by_role("button", name="Redo").click()
    send(page)
    assert not tuple(marks.counted()), "what is cleared and sent is taken back"


def test_newer_marks_replace_the_older_and_can_be_taken_back(
    page: Page, marks: Marks, stimulus: Stimulus
) -> None:
    set_brush(page, 10)
    drag(page, (20, 20), (60, 20))
    send(page)
    first = only(marks)
    drag(page, (20, 60), (60, 60))
    send(page)
    both = only(marks)
    assert both.uid != first.uid
    assert nearly(both.plane(), capsule((20, 20), (60, 20), 5) | capsule((20, 60), (60, 60), 5))
    room(page).get_by_role("button", name="Take back").click()
    expect(room(page).get_by_text("Taken back")).to_be_visible()
    assert only(marks).uid == first.uid
    page.reload()
    open_tab(page)
    expect(room(page).get_by_text("You have looked at every result")).to_be_visible()


def test_two_labels_are_two_marks(page: Page, marks: Marks) -> None:
    set_brush(page, 10)
    drag(page, (20, 20), (60, 20))
    room(page).get_by_role("radio", name="Colour shift").click()
    drag(page, (20, 60), (60, 60))
    send(page)
    assert sorted(mark.label for mark in marks.counted()) == ["colour-shift", "residual-noise"]


def test_when_all_is_marked_the_page_says_so(page: Page) -> None:
    drag(page, (20, 20), (60, 20))
    send(page)
    room(page).get_by_role("button", name="Next picture").click()
    expect(room(page).get_by_text("You have looked at every result")).to_be_visible()


def test_what_was_skipped_comes_again_and_what_was_found_fine_does_not(page: Page, marks: Marks) -> None:
    room(page).get_by_role("button", name="Skip").click()
    room(page).get_by_role("button", name="See the skipped ones again").click()
    room(page).get_by_role("button", name="Nothing wrong").click()
    expect(room(page).get_by_text("You have looked at every result")).to_be_visible()
    assert not tuple(marks.counted())


def test_painting_zoomed_in_marks_single_pixels(page: Page, marks: Marks) -> None:
    room(page).get_by_role("button", name="8:1").click()
    set_brush(page, 1)
    area = frame(page).bounding_box()
    page.mouse.click(area["x"] + area["width"] / 2 + 4, area["y"] + area["height"] / 2 + 4)
    send(page)
    assert np.argwhere(only(marks).plane()).tolist() == [[HEIGHT // 2, WIDTH // 2]]


def test_original_is_one_key_away(page: Page) -> None:
    frame(page).focus()
    page.keyboard.down("o")
    expect(room(page).locator("img.original")).to_be_visible()
    page.keyboard.up("o")
    expect(room(page).locator("img.original")).to_be_hidden()


def test_finger_paints_without_scrolling_a_phone(browser, stimulus: Stimulus, site, marks: Marks) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="en-US"
    )
    page = context.new_page()
    page.goto(site.url)
    page.wait_for_selector(".masthead h1")
    reach_tab(page)
    set_brush(page, 12)
    start, end = on_page(page, 60, 15), on_page(page, 60, 65)
    before = page.evaluate("scrollY")
    swipe(context.new_cdp_session(page), start, end)
    assert page.evaluate("scrollY") == before
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    send(page)
    assert nearly(only(marks).plane(), capsule((60, 15), (60, 65), 6))
    context.close()


def reach_tab(page: Page) -> None:
    page.get_by_role("tab", name="Mark", exact=True).first.click()
    expect(frame(page)).to_be_visible()


def swipe(session, start: tuple[float, float], end: tuple[float, float]) -> None:
    def touch(kind: str, *points: tuple[float, float]) -> None:
        session.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        )

    touch("touchStart", start)
    for part in (0.2, 0.4, 0.6, 0.8, 1.0):
        touch("touchMove", (start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])))
    touch("touchEnd")


@pytest.fixture
def own_photo(tmp_path: Path) -> Path:
    file = tmp_path / "own.png"
    image = np.random.default_rng(7).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    pixels.save(pixels.from_array(image), file)
    return file


@pytest.mark.parametrize("given", [False, True])
def test_own_photo_is_kept_only_if_it_is_given(
    page: Page, marks: Marks, own_photo: Path, site, *, given: bool
) -> None:
    room(page).get_by_role("radio", name="Rust on a photo").click()
    room(page).locator("input[type=file]").set_input_files(own_photo)
    expect(room(page).get_by_role("heading", name="Your photo")).to_be_visible()
    set_brush(page, 12)
    drag(page, (30, 30), (90, 50))
    if given:
        room(page).get_by_label("Keep my photo").check()
    send(page)
    mark = only(marks)
    kept = site.data_dir / "stimuli" / f"{mark.image_sha256}.png"
    assert (mark.label, mark.consent, kept.is_file()) == ("rust", given, given)
    if given:
        assert np.array_equal(pixels.open(kept).pixels, pixels.open(own_photo).pixels)
        room(page).get_by_role("button", name="Take back").click()
        expect(room(page).get_by_text("Taken back")).to_be_visible()
        assert not kept.is_file()


def test_photo_of_the_gallery_is_marked_as_rusty(page: Page, marks: Marks, site) -> None:
    room(page).get_by_role("radio", name="Rust on a photo").click()
    room(page).locator("[data-photo=rust-paving-runs]").click()
    expect(frame(page)).to_be_visible()
    set_brush(page, 40)
    drag(page, (30, 30), (90, 50))
    send(page)
    mark = only(marks)
    assert (mark.label, mark.image_name, mark.width, mark.height) == ("rust", "rust-paving-runs", 512, 512)
    assert (site.data_dir / "stimuli" / f"{mark.image_sha256}.png").is_file()


def test_map_is_shown_from_three_people_on(page: Page, marks: Marks, stimulus: Stimulus) -> None:
    painted = Painted("halo", "brush", mask.encode(box(0, 0, 60, 80)))
    for rater in ("ann", "bob"):
        marks.on_result(stimulus.id, painted, rater, accepted_licence="CC-BY-4.0")
    room(page).get_by_role("tab", name="Where people see problems").click()
    expect(room(page).get_by_text("2 people. Too few for a map yet.")).to_be_visible()
    marks.on_result(stimulus.id, painted, "cid", accepted_licence="CC-BY-4.0")
    room(page).get_by_role("tab", name="Where people see problems").click()
    shown = room(page).get_by_role("img", name="under a map of where people see problems")
    expect(shown).to_be_visible()
    expect(room(page).get_by_text("Median")).not_to_have_count(0)
    room(page).get_by_label("Problem").select_option("Halo")
    sums = page.evaluate(
        """async () => {
          const image = document.querySelector('.marking-maps img');
          await image.decode();
          const canvas = Object.assign(document.createElement('canvas'), { width: 120, height: 80 });
          const context = canvas.getContext('2d');
          context.drawImage(image, 0, 0);
          const sum = (x) => context.getImageData(x, 0, 60, 80).data.reduce((one, other) => one + other, 0);
          return [sum(0), sum(60)];
        }"""
    )
    assert sums[0] > 1.5 * sums[1], "the marked half is bright"


def test_own_result_is_marked_from_under_it(page: Page, marks: Marks, own_photo: Path) -> None:
    page.get_by_role("tab", name="Denoise", exact=True).first.click()
    page.locator("#photo-denoise-en input[type=file]").set_input_files(own_photo)
    expect(page.locator(".photo-facts:visible").first).to_contain_text("120 × 80 px")
    page.locator("#method-denoise-en input").click()
    page.get_by_role("option", name="Median filter").click()
    page.locator("#run-denoise-en").click()
    page.get_by_role("button", name="Mark what is wrong here").locator("visible=true").click(timeout=60_000)
    expect(room(page).get_by_role("heading", name="Your photo")).to_be_visible()
    expect(room(page).get_by_role("button", name="Nothing wrong")).to_be_hidden()
    set_brush(page, 12)
    drag(page, (30, 30), (90, 50))
    send(page)
    assert only(marks).result.model == "denoise-median"
    assert nearly(only(marks).plane(), capsule((30, 30), (90, 50), 6))
