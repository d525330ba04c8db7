"""A person paints where rust is and where none is, in a real Chromium, and a network obeys."""

import hashlib

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from safetensors.torch import save

from models import pixels

pytestmark = pytest.mark.browser

SECONDS = 1000
expect.set_options(timeout=30 * SECONDS)
LOADING = 240 * SECONDS
"""The first run of a network tries its engines against each other."""

OWN = """
[models.derust-tiny]
title = "Tiny deruster"
architecture = "derust-unet"
path = "{path}"
sha256 = "{sha256}"
licence = "none"
"""

EDITOR_SCRIPT = "WebGLRenderer"
"""A script that only the painting's editor needs."""


@pytest.fixture
def page(visit, tmp_path, tiny_deruster, server_of) -> Page:
    """The Derust tab of a server that has a network which takes a hint, with a photo of 96 × 120 px."""
    (tmp_path / "data").mkdir()
    weights = tmp_path / "tiny.safetensors"
    weights.write_bytes(tiny_deruster)
    own = OWN.format(path=weights, sha256=hashlib.sha256(tiny_deruster).hexdigest())
    (tmp_path / "data" / "models.toml").write_text(own, encoding="utf-8")
    page = visit(server_of(tmp_path, {"PATINA_DEVICE": "cpu"}).url)
    page.get_by_role("tab", name="Derust").click()
    return page


@pytest.fixture
def tiny_deruster() -> bytes:
    """Weights of a small random network that changes every pixel."""
    import torch

    from models.architectures.derust_unet import DerustUNet

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        return save(DerustUNet(widths=(4, 6, 8, 8), blocks=1).state_dict())


def fold(page: Page) -> Locator:
    return page.locator("#paint-derust-en")


def choose_photo(page: Page, path) -> None:
    page.locator("#photo-derust-en input[type=file]").set_input_files(path)
    expect(page.locator(".photo-facts:visible").first).to_contain_text("120 × 96 px")


def choose_method(page: Page, title: str) -> None:
    page.locator("#method-derust-en input").click()
    page.get_by_role("option", name=title).click()


def canvas(page: Page) -> Locator:
    """The canvas; while the editor is being set up there may be two for a moment."""
    return fold(page).locator("canvas").first


def open_painting(page: Page) -> None:
    fold(page).get_by_role("button", name="Paint where rust is").click()
    expect(canvas(page)).to_be_visible()
    expect(fold(page).get_by_label("Brush", exact=True)).to_be_visible()
    page.wait_for_timeout(3 * SECONDS)  # the photo is fetched and laid onto the canvas


def stroke(page: Page) -> None:
    """Paint across the middle of the canvas."""
    canvas(page).scroll_into_view_if_needed()
    box = canvas(page).bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.3, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, middle, steps=10)
    page.mouse.up()
    page.wait_for_timeout(SECONDS)


def restore(page: Page, folder) -> tuple[np.ndarray, dict]:
    """Run; return the downloaded pixels, and the provenance."""
    shown = page.locator("a.download:visible")
    before = shown.get_attribute("href") if shown.count() else None
    page.locator("#run-derust-en").click()
    expect(shown).to_be_visible(timeout=LOADING)
    if before:
        expect(shown).not_to_have_attribute("href", before, timeout=LOADING)
    with page.expect_download() as waiting:
        shown.click()
    waiting.value.save_as(folder / "result.png")
    address = page.get_by_role("link", name="Provenance").locator("visible=true").get_attribute("href")
    base = page.url.rstrip("/")
    return pixels.open(folder / "result.png").pixels, page.request.get(f"{base}/{address.lstrip('/')}").json()


def test_what_is_painted_blue_stays_as_it_was_and_a_new_photo_empties_the_canvas(page, photo_file, tmp_path):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    photo = pixels.open(photo_file).pixels
    choose_method(page, "Mask and inpainting")
    expect(fold(page)).to_be_hidden()
    choose_photo(page, photo_file)
    choose_method(page, "Tiny deruster")
    expect(fold(page)).to_be_visible()
    plain, provenance = restore(page, tmp_path)
    assert provenance["hint_sha256"] is None
    changed = np.abs(plain.astype(int) - photo).max(axis=2) > 2  # less comes and goes by chance
    assert not any(EDITOR_SCRIPT in address for address in asked), "loaded before anybody painted"

    open_painting(page)
    assert any(EDITOR_SCRIPT in address for address in asked)
    fold(page).get_by_label("Color", exact=True).click()
    fold(page).locator("menu.swatch button").nth(1).click()
    stroke(page)
    asked.clear()
    hinted, provenance = restore(page, tmp_path)
    assert provenance["hint_sha256"]
    assert sum("/upload" in address for address in asked) <= 3, "background, layer and both together, once"
    kept = changed & (hinted == photo).all(axis=2)
    rows, columns = np.nonzero(kept)
    assert 42 < rows.mean() < 54, "across the middle"
    assert 30 < columns.mean() < 90
    assert (hinted == photo)[48, 45:75].all()
    assert not kept[:20].any(), "the brush is a quarter of this small photo high"
    assert not kept[76:].any()

    fold(page).get_by_role("button", name="Begin with the mask").click()
    page.wait_for_timeout(3 * SECONDS)
    _, begun = restore(page, tmp_path)
    assert begun["hint_sha256"] not in {None, provenance["hint_sha256"]}

    page.locator("#examples-derust-en button").first.click()
    expect(canvas(page)).to_be_hidden()
    choose_method(page, "Mask and inpainting")
    expect(fold(page)).to_be_hidden()
