"""The Leaderboard tab as a person meets it, in a real Chromium, over votes that are there."""

import re
from pathlib import Path
from random import Random

import numpy as np
import pytest
from playwright.sync_api import expect

from models import pixels
from ratings.arena.arena import Arena
from ratings.judging import Viewing
from ratings.marks import mask
from ratings.marks.marks import Marks
from ratings.marks.records import Painted
from ratings.records import Result
from ratings.stimuli import Shown, Stimuli, Stimulus
from ratings.store import Store
from ratings.studies.design import State, read_design
from ratings.studies.sittings import Sittings
from ratings.studies.studies import Studies
from ui.keeping.pictures import StimulusShelf

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)
CC_BY = "CC-BY-4.0"
MODELS = ("denoise-median", "denoise-mean", "denoise-gaussian")


@pytest.fixture(scope="module")
def voted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 120 votes of 16 people on three models and two pictures, three of them too quick.

    Four people marked one picture of the first model, one of them the other; of two graded studies one is
    closed, the other still open.
    """
    folder = tmp_path_factory.mktemp("voted")
    data = folder / "data"
    data.mkdir()
    shelf, random = StimulusShelf(data / "stimuli"), Random(1)
    with Store.open(f"sqlite:///{data / 'patina.db'}") as store:
        arena, stimuli = Arena(store.database), Stimuli(store.database)
        shown = {
            (model, name): _stimulus(store, stimuli, shelf, folder, model, name)
            for model in MODELS
            for name in ("noise-cat-15", "noise-astronaut-25")
        }
        for number in range(123):
            left, right = random.sample(MODELS, 2)
            name, rater = random.choice(["noise-cat-15", "noise-astronaut-25"]), f"{number % 16:064x}"
            deal = arena.deal(shown[left, name], shown[right, name], rater)
            better = "left" if MODELS.index(left) < MODELS.index(right) else "right"
            choice = random.choice([better, better, better, "tie", "left", "right"])
            quick = 100 if number >= 120 else 2000
            arena.vote(deal.token, rater, choice, accepted_licence=CC_BY, response_ms=quick)
        _mark(Marks(store.database), shown)
        _study(store, {each.id: MODELS.index(model) for (model, _), each in shown.items()})
    return folder


def _mark(marks: Marks, shown: dict[tuple[str, str], Stimulus]) -> None:
    half = np.zeros((48, 64), bool)
    half[:, :32] = True
    for person, label in enumerate(["halo", "halo", "halo", "over-smoothing"]):
        painted = Painted(label, "brush", mask.encode(half))
        cat = shown[MODELS[0], "noise-cat-15"]
        marks.on_result(cat.id, painted, f"{person:064x}", accepted_licence=CC_BY)
    astronaut = shown[MODELS[0], "noise-astronaut-25"]
    marks.on_result(astronaut.id, painted, f"{0:064x}", accepted_licence=CC_BY)


def _study(store: Store, places: dict[int, int]) -> None:
    """Make a study in which four people grade each result by its model's place."""
    studies, sittings = Studies(store.database), Sittings(store.database)
    interim = {"method": "acr", "items": [{"stimulus": each} for each in places]}
    studies.change(studies.make("Still open", "denoise", read_design(interim)).uid, State.OPEN)
    told = {"method": "acr", "items": [{"stimulus": each} for each in places], "checks": []}
    study = studies.change(studies.make("Noise", "denoise", read_design(told)).uid, State.OPEN)
    for person in range(4):
        rater = f"{person:064x}"
        sittings.begin(study.token, rater)
        now = sittings.consent(study.token, rater, accepted_licence=CC_BY)
        while (due := now.trial) is not None:
            grade = 4 - places[due.stimulus] + (person + due.index) % 2
            now = sittings.answer(study.token, rater, due.index, grade, viewing=Viewing(), response_ms=2000)
    studies.change(study.uid, State.CLOSED)


def _stimulus(store: Store, stimuli: Stimuli, shelf: StimulusShelf, folder: Path, model: str, name: str):
    seed = MODELS.index(model) * 10 + len(name)
    noise = np.random.default_rng(seed).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    file = folder / "picture.png"
    pixels.save(pixels.from_array(noise), file)
    sha256 = shelf.put(file.read_bytes())
    result = Result(
        task="denoise",
        model=model,
        version=1,
        weights_sha256=None,
        settings={},
        default_settings=True,
        input_sha256=f"{len(name):064x}",
        output_sha256=sha256,
        input_name=name,
        app_version="0",
        device="cpu",
        seconds=1.0,
    )
    making = store.remember(result)
    return stimuli.add(
        Shown(making=making, sha256=sha256, original_sha256=None, width=64, height=48, psnr=20.0 + seed)
    )


@pytest.fixture(scope="module")
def address(voted, lasting_server_of):
    return lasting_server_of(voted, {}).url


@pytest.fixture
def board(address, visit):
    page = visit(address)
    page.get_by_role("tab", name="Leaderboard").click()
    expect(page.locator(".standings tbody tr")).to_have_count(3)
    return page


def test_best_stands_first_with_rank_interval_and_counts(board):
    rows = board.locator(".standings tbody tr")
    expect(rows.nth(0)).to_contain_text("Median filter")
    expect(rows.nth(2)).to_contain_text("Gaussian filter")
    expect(rows.nth(0).locator(".rank")).to_have_text("1")
    expect(board.get_by_text("120 votes of 16 people.")).to_be_visible()
    board.get_by_text("What is stored and does not count").click()
    expect(board.get_by_text("faster than anyone can look: 3")).to_be_visible()


def test_row_opens_what_stands_behind_it_by_keyboard(board):
    board.locator(".standings th button").first.focus()
    board.keyboard.press("Enter")
    evidence = board.locator(".evidence")
    expect(evidence.get_by_role("row", name="Mean filter")).to_be_visible()
    picture = evidence.locator("img[src^='patina/stimulus/']").first
    expect(picture).to_be_visible()
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 64)


def test_what_a_row_opens_is_brought_into_view(board):
    board.set_viewport_size({"width": 1366, "height": 500})
    board.locator(".standings th button").first.click()
    heading = board.locator(".evidence h3")
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()


def test_row_shows_where_people_saw_problems(board):
    board.locator(".standings th button").first.click()
    evidence = board.locator(".evidence")
    counts = evidence.get_by_role("row", name="Halo")
    expect(counts).to_contain_text("3")
    expect(evidence).to_contain_text("Not shown: 1 result that fewer than 3 people marked.")
    mean = evidence.get_by_alt_text("Where in the frame people marked problems on results of Median filter")
    expect(mean).to_have_js_property("naturalWidth", 480)
    expect(evidence.get_by_text("100 % of people")).to_be_visible()
    cat = evidence.get_by_alt_text("Cat, light noise, restored by Median filter, under a map")
    cat.scroll_into_view_if_needed()
    expect(cat).to_have_js_property("naturalWidth", 64)
    evidence.get_by_role("button", name="Over-smoothing").focus()
    board.keyboard.press("Enter")
    expect(evidence.get_by_text("25 % of people")).to_be_visible()
    expect(cat).to_have_attribute("src", re.compile("label=over-smoothing$"))
    expect(cat).to_have_js_property("naturalWidth", 64)


def test_row_of_which_nobody_marked_anything_says_so(board):
    board.locator(".standings th button").last.click()
    evidence = board.locator(".evidence")
    expect(evidence.get_by_text("Nobody has marked a problem on its results yet.")).to_be_visible()
    expect(evidence.locator(".problems, .problem-maps")).to_have_count(0)


def test_study_is_a_filter_and_its_grades_open_their_evidence(board):
    board.get_by_text("Filters, and studies").click()
    board.get_by_label("Votes, or a study").click()
    expect(board.get_by_role("option", name="Still open")).to_have_count(0)
    board.get_by_role("option", name="Noise (ACR)").click()
    expect(board.get_by_text("What counts: 24 answers of 4 people.")).to_be_visible()
    expect(board.get_by_label("What the intervals speak of")).to_have_count(0)
    rows = board.locator(".standings tbody tr")
    expect(rows.nth(0)).to_contain_text("Median filter")
    expect(rows.nth(0)).to_contain_text("not enough people: 4 of 15")
    rows.nth(0).get_by_role("button").click()
    expect(board.locator(".evidence").get_by_text("Graded best")).to_be_visible()
    expect(board.locator(".evidence").get_by_text("of 4 people").first).to_be_visible()
    board.get_by_label("Picture", exact=True).click()
    board.get_by_role("option", name="Cat, light noise").click()
    expect(board.get_by_text("What counts: 12 answers of 4 people.")).to_be_visible()
    board.get_by_role("tab", name="Arena").click()
    board.get_by_role("tab", name="Leaderboard").click()
    expect(board.get_by_text("What counts: 12 answers of 4 people.")).to_be_visible()
    board.get_by_label("Votes, or a study").click()
    board.get_by_role("option", name="Blind votes of the Arena").click()
    expect(board.locator(".standings tbody tr").nth(0)).to_contain_text("Median filter")
    expect(board.get_by_text("What the intervals speak of")).to_be_visible()


def test_filters_leave_votes_out(board):
    board.get_by_text("Filters, and studies").click()
    board.wait_for_timeout(500)  # Gradio gives the fields it has just made their values
    board.get_by_label("To (day, UTC)").fill("2020-01-01")
    board.get_by_label("To (day, UTC)").press("Tab")
    expect(board.get_by_text("Nobody has voted on these yet.")).to_be_visible()
    board.get_by_label("To (day, UTC)").fill("")
    board.get_by_label("To (day, UTC)").press("Tab")
    expect(board.locator(".standings tbody tr")).to_have_count(3)


def test_matrix_says_who_beat_whom_and_a_phone_needs_no_sideways_scrolling(board):
    board.get_by_text("Who beat whom").click()
    expect(board.locator(".matrix tbody tr")).to_have_count(3)
    board.set_viewport_size({"width": 390, "height": 844})
    board.wait_for_timeout(300)
    assert board.evaluate("document.documentElement.scrollWidth") <= 390
