"""The Leaderboard tab as a person meets it, in a real Chromium, over votes that are there."""

from pathlib import Path
from random import Random

import numpy as np
import pytest
from playwright.sync_api import expect

from models import pixels
from ratings.arena.arena import Arena
from ratings.records import Result
from ratings.stimuli import Shown, Stimuli
from ratings.store import Store
from ui.keeping.pictures import StimulusShelf

pytestmark = pytest.mark.browser
MODELS = ("denoise-median", "denoise-mean", "denoise-gaussian")


@pytest.fixture(scope="module")
def voted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 120 votes of 16 people on three models and two pictures, three of them too quick."""
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
            arena.vote(deal.token, rater, choice, accepted_licence="CC-BY-4.0", response_ms=quick)
    return folder


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


@pytest.fixture
def board(voted, server_of, visit):
    page = visit(server_of(voted, {}).url)
    page.get_by_role("tab", name="Leaderboard").click()
    expect(page.locator(".standings tbody tr")).to_have_count(3)
    return page


def test_best_stands_first_with_rank_interval_and_counts(board):
    rows = board.locator(".standings tbody tr")
    expect(rows.nth(0)).to_contain_text("Median filter")
    expect(rows.nth(2)).to_contain_text("Gaussian filter")
    expect(rows.nth(0).locator(".rank")).to_have_text("1")
    expect(board.get_by_text("120 votes of 16 people.")).to_be_visible()
    board.get_by_text("Votes that are stored and do not count").click()
    expect(board.get_by_text("faster than anyone can look: 3")).to_be_visible()


def test_row_opens_what_stands_behind_it_by_keyboard(board):
    board.locator(".standings th button").first.focus()
    board.keyboard.press("Enter")
    evidence = board.locator(".evidence")
    expect(evidence.get_by_role("row", name="Mean filter")).to_be_visible()
    picture = evidence.locator("img").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 64


def test_filters_leave_votes_out(board):
    board.get_by_text("Filter the votes").click()
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
