"""Plain HTTP for what the studio made: what is served, and what is not."""

import io
import zipfile

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ui.generating.growth import growth_of
from ui.generating.routes import studio_routes

MODEL = "generate-fashion-gan"


@pytest.fixture
def client(studio):
    return TestClient(Starlette(routes=studio_routes(studio)))


@pytest.fixture
def sheet(studio):
    return studio.make(MODEL, seed=3, count=2, settings={})


def opened(response):
    assert response.status_code == 200
    assert response.headers["x-content-type-options"] == "nosniff"
    return Image.open(io.BytesIO(response.content))


def test_an_image_is_served_as_it_is_small_and_large(client, studio, sheet):
    image = sheet.images[0]
    base = f"/patina/made/{image.token}"
    assert client.get(f"{base}/{image.file}").content == studio.file(image).read_bytes()
    assert opened(client.get(f"{base}/small.webp")).size == (28, 28)
    assert opened(client.get(f"{base}/large.png")).size == (504, 504)
    assert client.get(f"{base}/provenance.json").json()["settings"]["seed"] == 3


def test_a_sheet_comes_as_a_zip(client, sheet):
    answer = client.get(f"/patina/sheet/{sheet.token}/images.zip")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 2


def test_a_walk_is_served_in_every_form(client, studio, sheet):
    one, other = sheet.images
    walk = studio.walk(one.token, other.token)
    for name, form in (("walk.webp", "WEBP"), ("walk.gif", "GIF"), ("strip.png", "PNG")):
        assert opened(client.get(f"/patina/walk/{walk.token}/{name}")).format == form
    assert client.get(f"/patina/walk/{walk.token}/walk.json").status_code == 404


def test_the_growth_of_a_model_is_served_and_nothing_else_of_its_folder(client):
    grown = growth_of(MODEL)
    for told in grown.sheets:
        assert opened(client.get(f"/patina/growth/{MODEL}/{told['file']}")).format == "WEBP"
    for name in ("growth.json", "00000001.webp", "%2e%2e/gallery.toml"):
        assert client.get(f"/patina/growth/{MODEL}/{name}").status_code == 404
    assert client.get("/patina/growth/no-such-model/growth.json").status_code == 404


@pytest.mark.parametrize("file", ["made.json", ".", "..", "%2e%2e", "nonsense.png"])
def test_other_files_of_an_image_are_not_served(client, sheet, file):
    assert client.get(f"/patina/made/{sheet.images[0].token}/{file}").status_code == 404


@pytest.mark.parametrize("path", ["made/TOKEN/large.png", "walk/TOKEN/walk.gif", "sheet/TOKEN/images.zip"])
@pytest.mark.parametrize("token", ["nothing-of-that-name", "%2e%2e", "x"])
def test_what_is_not_kept_is_404(client, path, token):
    assert client.get(f"/patina/{path.replace('TOKEN', token)}").status_code == 404


def test_a_token_of_another_kind_opens_nothing(client, sheet):
    image = sheet.images[0]
    assert client.get(f"/patina/walk/{image.token}/walk.gif").status_code == 404
    assert client.get(f"/patina/sheet/{image.token}/images.zip").status_code == 404
    assert client.get(f"/patina/made/{sheet.token}/large.png").status_code == 404
