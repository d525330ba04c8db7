import os
import time

import pytest

from ui.errors import GoneError, StorageError
from ui.keeping.shelf import KEPT_SECONDS, SWEEP_EVERY_SECONDS, Shelf

TOKEN = "abcdefgh-ABCD_1234"  # noqa: S105 - no secret


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "../..",
        "../../etc",
        "..%2F..",
        "/etc/passwd",
        "abcdefgh/../..",
        "abcdefgh\0",
        "abcdefgh\n",
        "a" * 101,
        "abc",
        "äbcdefghij",
        "neverdealt",
        ".writable",
    ],
)
def test_a_token_that_was_not_dealt_leads_nowhere(tmp_path, token):
    shelf = Shelf(tmp_path / "desk")
    (tmp_path / "result.json").write_text("{}")
    with pytest.raises(GoneError, match="no longer kept"):
        shelf.read(token, "result")
    with pytest.raises(GoneError):
        shelf.write(token, "result", {})


def test_what_is_written_is_read_again(tmp_path):
    shelf = Shelf(tmp_path / "desk")
    shelf.new(TOKEN)
    shelf.write(TOKEN, "result", {"name": "锈 ∞", "psnr": float("inf")})
    assert Shelf(tmp_path / "desk").read(TOKEN, "result") == {"name": "锈 ∞", "psnr": float("inf")}
    with pytest.raises(GoneError):
        shelf.read(TOKEN, "photo")


def test_a_finished_folder_is_found_by_its_token_alone(tmp_path):
    shelf = Shelf(tmp_path / "desk")
    making = shelf.new("making-1")
    (making / "file").write_bytes(b"x")
    shelf.rename(making, TOKEN)
    assert (shelf.find(TOKEN) / "file").read_bytes() == b"x"
    with pytest.raises(GoneError):
        shelf.find("making-1")


def test_a_folder_that_cannot_be_filled_is_taken_away(tmp_path):
    shelf = Shelf(tmp_path / "desk")
    with pytest.raises(ValueError, match="half way"), shelf.filling(TOKEN) as folder:  # noqa: PT012
        (folder / "half").write_bytes(b"x")
        raise ValueError("half way")
    with pytest.raises(GoneError):
        shelf.find(TOKEN)
    with shelf.filling(TOKEN) as folder:
        (folder / "whole").write_bytes(b"x")
    assert (shelf.find(TOKEN) / "whole").exists()


def test_only_folders_older_than_a_day_are_swept(tmp_path, monkeypatch):
    shelf = Shelf(tmp_path / "desk")
    old, young = shelf.new("old-old-old"), shelf.new("young-young")
    (old / "file").write_bytes(b"x")
    now = time.time()
    os.utime(old, (now - KEPT_SECONDS - 1,) * 2)
    os.utime(young, (now - KEPT_SECONDS + 60,) * 2)
    shelf.new("next-next")
    assert old.exists(), "it was swept a moment ago"
    monkeypatch.setattr(time, "time", lambda: now + SWEEP_EVERY_SECONDS + 1)
    os.utime(young)
    shelf.new("after-after")
    assert not old.exists()
    assert young.exists()
    assert shelf.root.exists()


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match=r"cannot be written: Not a directory.*PATINA_DATA_DIR"):
        Shelf(tmp_path / "file" / "desk")
    shelf = Shelf(tmp_path / "desk")
    with pytest.raises(StorageError, match="File name too long"):
        shelf.new("x" * 300)
