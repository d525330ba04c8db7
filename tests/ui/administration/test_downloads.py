import os
import re
import time

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ui.administration.routes import administration_routes
from ui.errors import StorageError
from ui.keeping import downloads as downloads_module
from ui.keeping.downloads import KEPT_SECONDS, Downloads


@pytest.fixture
def downloads(office):
    return office.downloads


@pytest.fixture
def client(office):
    return TestClient(Starlette(routes=administration_routes(office)))


def offer(downloads, content=b"id,grade\n"):
    return downloads.offer(".csv", lambda file: file.write_bytes(content))


def test_file_is_fetched_once_and_is_gone(client, downloads, tmp_path):
    name = offer(downloads)
    answer = client.get(f"/patina/administration/{name}")
    assert answer.content == b"id,grade\n"
    assert answer.headers["content-disposition"] == 'attachment; filename="patina-ratings.csv"'
    assert answer.headers["cache-control"] == "no-store"
    assert client.get(f"/patina/administration/{name}").status_code == 404
    assert list((tmp_path / "downloads").iterdir()) == []


def test_names_cannot_be_guessed(downloads):
    names = {offer(downloads) for _ in range(50)}
    assert len(names) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}\.csv", name) for name in names)


@pytest.mark.parametrize(
    "name", ["..", "%2e%2e%2fpatina.db", "x.csv", "A" * 43 + ".csv", ".csv", "A" * 43 + ".CSV"]
)
def test_nothing_else_is_served(client, downloads, tmp_path, name):
    (tmp_path / "patina.db").write_text("secret")
    offer(downloads)
    assert client.get(f"/patina/administration/{name}").status_code == 404


def test_file_that_nobody_fetches_vanishes(downloads, tmp_path, monkeypatch):
    monkeypatch.setattr(downloads_module, "KEPT_SECONDS", 0.05)
    offer(downloads)
    deadline = time.monotonic() + 10
    while list((tmp_path / "downloads").iterdir()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert list((tmp_path / "downloads").iterdir()) == []


def test_what_a_killed_server_left_is_deleted_at_the_next_start(downloads, tmp_path):
    old, new = (tmp_path / "downloads" / offer(downloads) for _ in range(2))
    os.utime(old, (time.time() - KEPT_SECONDS - 1,) * 2)
    Downloads(tmp_path / "downloads")
    assert not old.exists()
    assert new.exists()


def test_failed_export_leaves_nothing(downloads, tmp_path):
    def fail(file):
        file.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        downloads.offer(".csv", fail)
    assert list((tmp_path / "downloads").iterdir()) == []


def test_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file"):
        Downloads(tmp_path / "file" / "downloads")
