"""A server on an empty disk reads its dataset back, publishes, forgets, and tells the administrator."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ratings.administration.forgetting import forget
from ratings.records import LICENCE
from ratings.store import Store

pytestmark = pytest.mark.browser

PASSWORD = "open sesame"  # noqa: S105 (of a test's own server)
THOUSAND = Path(__file__).parents[2] / "ratings" / "thousand.jsonl"
SECONDS = 1000
FILE = "data/2026-02-01/earlier.jsonl"


def wait_until(true, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.1)


def test_a_server_reads_back_publishes_and_forgets(dataset_hub, server_of, visit, tmp_path: Path) -> None:
    dataset_hub.make()
    dataset_hub.put({FILE: THOUSAND.read_bytes()})
    told = {
        "PATINA_ADMIN_PASSWORD": PASSWORD,
        "PATINA_RATINGS_REPO": "someone/ratings",
        "HF_ENDPOINT": dataset_hub.endpoint,
        "HF_TOKEN": "hf_mine",
        "HF_HUB_DISABLE_XET": "1",
    }
    server = server_of(tmp_path, told)
    with Store.open(f"sqlite:///{server.data_dir / 'patina.db'}") as store:
        wait_until(lambda: store.count() == 300)
        page = visit(server.url)
        page.goto(f"{server.url}/admin")
        page.locator("#administration-password input").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("tab", name="Dataset").click(timeout=30 * SECONDS)
        page.get_by_role("button", name="Look").locator("visible=true").click()
        expect(page.get_by_role("cell", name="someone/ratings")).to_be_visible(timeout=30 * SECONDS)
        result = next(iter(store.ratings())).result
        uid = store.rate(store.remember(result), "ann", 4, accepted_licence=LICENCE).uid
        wait_until(lambda: FILE in dataset_hub.files and store.count() == 301)
        page.get_by_role("button", name="Send what waits now").click()
        wait_until(lambda: uid in {row["uid"] for row in dataset_hub.rows()})
        forget(store.database, "ann")
        page.get_by_role("button", name="Send what waits now").click()
        wait_until(lambda: uid not in {row["uid"] for row in dataset_hub.rows()})
        assert dataset_hub.files["tombstones.jsonl"] == b'{"rater": "ann"}\n'
        assert len(dataset_hub.rows()) == 1000
