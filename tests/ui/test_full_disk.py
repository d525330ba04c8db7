"""A disk that takes no more: a sentence, nothing half done, and the server goes on."""

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from models import pixels

LARGEST_FILE = 340_000


@pytest.fixture(scope="module")
def full(own_server):
    return own_server(largest_file=LARGEST_FILE)


@pytest.fixture(scope="module")
def client(full, tmp_path_factory):
    return Client(full.url, verbose=False, download_files=str(tmp_path_factory.mktemp("downloads")))


def kept(server) -> set[str]:
    return {path.name for path in (server.data_dir / "desk").iterdir()}


def refused(client, photo, model) -> str:
    with pytest.raises(AppError) as answer:
        client.predict(handle_file(photo), model, {}, api_name="/restore")
    return str(answer.value)


def test_a_photo_whose_preview_finds_no_room_leaves_nothing(full, client, tmp_path):
    photo = tmp_path / "noise.jpg"
    noise = np.random.default_rng(4).integers(0, 255, (500, 500, 3), np.uint8)
    pixels.save(pixels.from_array(noise), photo, quality=40)
    assert photo.stat().st_size < LARGEST_FILE
    before = kept(full)
    assert "could not be written: file too large" in refused(client, photo, "denoise-median")
    assert kept(full) == before


def test_a_result_that_finds_no_room_leaves_only_its_photo(full, client, tmp_path):
    """A hazy picture packs into less room than it needs with its contrast restored."""
    photo = tmp_path / "hazy.png"
    haze = np.random.default_rng(5).integers(120, 136, (400, 400, 3), np.uint8)
    pixels.save(pixels.from_array(haze), photo)
    assert photo.stat().st_size < LARGEST_FILE
    before = kept(full)
    assert "could not be written: file too large" in refused(client, photo, "dehaze-dark-channel")
    assert len(kept(full) - before) == 1
    assert not [name for name in kept(full) if name.startswith("making")]


def test_the_server_goes_on_and_smaller_photos_are_restored(full, client, noisy):
    assert httpx.get(f"{full.url}/health").json()["status"] == "ok"
    file, _ = client.predict(handle_file(noisy), "denoise-median", {}, api_name="/restore")
    assert pixels.open(file).size == (60, 80)
    assert "Traceback" not in full.log()
