"""A network from the Models tab to a result, in a real Chromium, with weights from a local Hub."""

import pytest
from playwright.sync_api import Locator, Page, expect
from safetensors.torch import save

pytestmark = pytest.mark.browser

SECONDS = 1000
expect.set_options(timeout=30 * SECONDS)
LOADING = 120 * SECONDS
"""The first run of a network tries its engines against each other."""

OWN = """
[models.dehaze-mine]
title = "My dehazer"
architecture = "aodnet"
repo = "me/mine"
file = "mine.safetensors"
revision = "{revision}"
sha256 = "{sha256}"
licence = "MIT"

[models.dehaze-lost]
title = "A lost one"
architecture = "aodnet"
path = "lost.safetensors"
sha256 = "{sha256}"
licence = "MIT"
"""


@pytest.fixture
def weights() -> bytes:
    """Weights of a small dehazer, random but always the same."""
    import torch

    from models.architectures.aodnet import AODNet

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        return save(AODNet().state_dict())


@pytest.fixture
def page(visit, hub, weights, tmp_path, server_of) -> Page:
    """The page of a server that has a model of its own on the Hub, and one whose file is lost."""
    revision, sha256 = hub.add("me/mine", "mine.safetensors", weights)
    (tmp_path / "data").mkdir()
    own = OWN.format(revision=revision, sha256=sha256)
    (tmp_path / "data" / "models.toml").write_text(own, encoding="utf-8")
    return visit(server_of(tmp_path, {"HF_ENDPOINT": hub.endpoint}).url)


def open_models(page: Page) -> None:
    page.get_by_role("tab", name="Models").click()
    expect(entry(page, "denoise-median")).to_be_visible()


def entry(page: Page, model: str) -> Locator:
    return page.locator(f"#models-en [data-model={model}]")


def state(page: Page) -> Locator:
    return entry(page, "dehaze-mine").locator(".state")


def offered(page: Page) -> list[str]:
    page.locator("#method-dehaze-en input").click()
    titles = page.get_by_role("option").all_inner_texts()
    page.keyboard.press("Escape")
    return [title.strip() for title in titles]


def test_weights_are_fetched_stopped_used_and_removed(page, hub, weights):
    open_models(page)
    expect(state(page)).to_have_text("To download")
    expect(entry(page, "dehaze-lost").locator(".state")).to_have_text("Missing")

    hub.misbehave("drip", "body")
    page.get_by_role("button", name="Download the weights of My dehazer").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(entry(page, "dehaze-mine").get_by_role("button")).to_be_disabled()
    page.locator(".fetching").get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped while")).to_be_visible()
    expect(state(page)).to_have_text("To download")
    expect(page.get_by_role("progressbar")).to_be_hidden()

    hub.misbehave("gated")
    page.get_by_role("button", name="Download the weights of My dehazer").click()
    expect(state(page)).to_have_text("Needs a token")
    expect(entry(page, "dehaze-mine")).to_contain_text("HF_TOKEN")

    hub.misbehave(None)
    page.get_by_role("button", name="Download the weights of My dehazer").click()
    expect(state(page)).to_have_text("Ready")
    expect(page.get_by_role("button", name="Remove the weights of My dehazer")).to_be_focused()

    page.get_by_role("tab", name="Dehaze").click()
    assert "Network · My dehazer" in offered(page)
    restore(page)
    facts = page.locator(".facts:visible").first.inner_text()
    assert "float32" in facts
    assert "network" in facts

    open_models(page)
    expect(entry(page, "dehaze-mine")).to_contain_text("in memory")
    page.get_by_role("button", name="Remove the weights of My dehazer").click()
    expect(state(page)).to_have_text("To download")
    expect(entry(page, "dehaze-mine")).to_contain_text("not loaded")


def test_a_network_whose_weights_are_not_here_is_fetched_by_its_first_run(page):
    page.get_by_role("tab", name="Dehaze").click()
    titles = offered(page)
    assert "Network · My dehazer · To download" in titles
    assert not [title for title in titles if "lost" in title]
    restore(page, "Network · My dehazer · To download")
    expect(page.locator("#method-dehaze-en input")).to_have_value("Network · My dehazer")
    open_models(page)
    expect(state(page)).to_have_text("Ready")


def test_the_list_can_be_narrowed_to_a_task_and_a_state(page):
    open_models(page)
    page.get_by_role("radio", name="Missing").check()
    expect(page.locator("#models-en .model")).to_have_count(1)
    expect(entry(page, "dehaze-lost")).to_be_visible()
    page.get_by_role("radio", name="Derust").check()
    expect(page.get_by_text("No model passes both filters")).to_be_visible()


def restore(page: Page, title: str = "Network · My dehazer") -> None:
    page.locator("#examples-dehaze-en button").first.click()
    expect(page.locator("#photo-dehaze-en img")).to_be_visible()
    page.locator("#method-dehaze-en input").click()
    page.get_by_role("option", name=title).click()
    page.locator("#run-dehaze-en").click()
    expect(page.locator("#viewer-dehaze-en .viewer")).to_be_visible(timeout=LOADING)
