"""Plain HTTP: what is served, and above all what is not."""

import io

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from models import pixels
from models.method import Window
from models.order import Order
from ui import gallery
from ui.errors import StorageError
from ui.keeping.decoded import DecodedPictures
from ui.routes import LARGEST_CROP, routes


@pytest.fixture
def client(desk):
    return TestClient(Starlette(routes=routes(desk, gallery.load())))


@pytest.fixture
def served(desk, noisy):
    return desk.run(desk.admit(noisy), Order(model="denoise-median", settings={"size": 3}))


def decoded(response) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(response.content)).convert("RGB"))


def test_health_says_what_answers(client):
    answer = client.get("/health").json()
    assert answer["status"] == "ok"
    assert answer["models"] > 10


def test_every_file_a_result_names_is_served_with_its_type(client, desk, served):
    for file in (served.file, served.before, served.after, *(stage.file for stage in served.stages)):
        response = client.get(f"/patina/result/{served.token}/{file}")
        assert response.status_code == 200
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["content-type"] == f"image/{file.rpartition('.')[2].replace('jpg', 'jpeg')}"
        assert "private" in response.headers["cache-control"]
        assert response.content == (desk.shelf.find(served.token) / file).read_bytes()


def test_the_provenance_of_a_result_is_served(client, served):
    answer = client.get(f"/patina/result/{served.token}/provenance.json")
    assert answer.json()["model"] == "denoise-median"
    assert answer.json()["result_token"] == served.token


@pytest.mark.parametrize("file", ["result.json", "photo.json", "source.png", ".", "..", "%2e%2e", "nonsense"])
def test_other_files_of_its_folder_are_not_served(client, served, file):
    assert client.get(f"/patina/result/{served.token}/{file}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/patina/result/..%2f..%2fratings.db/x",
        "/patina/result/{token}/..%2f..%2f..%2fratings.db",
        "/patina/result/{token}/%2fetc%2fpasswd",
        "/patina/result/{photo}/source.png",
        "/patina/result/{photo}/photo.json",
        "/patina/result/thumbnails/noise-cat-15.jpg",
        "/patina/result/neverdealt/provenance.json",
        "/patina/example/..%2fclean%2fcoffee.jpg",
        "/patina/example/nonsense",
        "/patina/crop/neverdealt/after?top=0&left=0&height=8&width=8",
        "/patina/crop/{token}/photo?top=0&left=0&height=8&width=8",
        "/patina/crop/{token}/..?top=0&left=0&height=8&width=8",
    ],
)
def test_nothing_else_on_the_disk_is_served(client, served, path):
    response = client.get(path.format(token=served.token, photo=served.photo.token))
    assert response.status_code == 404
    assert "Traceback" not in response.text


def test_a_region_shows_the_very_pixels(client, desk, served):
    for side, file in (("before", served.photo.source), ("after", desk.file(served))):
        response = client.get(f"/patina/crop/{served.token}/{side}?top=10&left=20&height=30&width=25")
        expected = pixels.open(file).pixels[10:40, 20:45]
        np.testing.assert_array_equal(decoded(response), expected)


def test_a_region_that_reaches_over_the_edge_is_cut_there(client, served):
    response = client.get(f"/patina/crop/{served.token}/after?top=50&left=70&height=1600&width=1600")
    assert decoded(response).shape == (10, 10, 3)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "whole numbers"),
        ("top=a&left=0&height=8&width=8", "whole numbers"),
        ("top=0.5&left=0&height=8&width=8", "whole numbers"),
        (f"top={'9' * 5000}&left=0&height=8&width=8", "whole numbers"),
        ("top=-1&left=0&height=8&width=8", "at most"),
        ("top=0&left=0&height=0&width=8", "at most"),
        (f"top=0&left=0&height=8&width={LARGEST_CROP + 1}", "at most"),
        ("top=60&left=0&height=8&width=8", "inside 80 × 60 pixels"),
        (f"top=0&left={10**30}&height=8&width=8", "inside 80 × 60 pixels"),
    ],
)
def test_a_region_that_makes_no_sense_is_a_sentence(client, served, query, sentence):
    response = client.get(f"/patina/crop/{served.token}/after?{query}")
    assert response.status_code == 400
    assert sentence in response.text


def test_a_result_whose_photo_was_swept_away_is_a_sentence(client, desk, served, monkeypatch):
    monkeypatch.setattr(desk, "_decoded", DecodedPictures(desk.max_megapixels))
    for file in desk.shelf.find(served.photo.token).iterdir():
        file.unlink()
    response = client.get(f"/patina/crop/{served.token}/before?top=0&left=0&height=8&width=8")
    assert (response.status_code, "no longer kept" in response.text) == (404, True)


def test_an_examples_picture_is_small_and_made_once(client, desk):
    first = client.get("/patina/example/noise-cat-15")
    assert first.headers["content-type"] == "image/jpeg"
    assert min(decoded(first).shape[:2]) == 160
    made = desk.shelf.find("thumbnails") / "noise-cat-15.jpg"
    made.write_bytes(b"kept")
    assert client.get("/patina/example/noise-cat-15").content == b"kept"


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), StorageError])
def test_a_disk_in_trouble_is_a_sentence(client, desk, served, monkeypatch, tmp_path, fault):
    def fail(token: str, side: str, window: Window) -> None:
        raise fault if isinstance(fault, OSError) else fault(tmp_path, OSError(28, "No space left on device"))

    monkeypatch.setattr(desk, "crop", fail)
    response = client.get(f"/patina/crop/{served.token}/after?top=0&left=0&height=8&width=8")
    assert response.status_code in {404, 503}
    assert response.text.endswith(".")
