"""The API as scripts use it: the real gradio_client against the real server."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

import models
from models import pixels, registry

ROOT = Path(__file__).parents[2]
TASKS = ("denoise", "dehaze", "derust")


@pytest.fixture(scope="module")
def client(server, tmp_path_factory):
    return Client(server.url, verbose=False, download_files=str(tmp_path_factory.mktemp("downloads")))


def restore(client: Client, photo: Path, model: str = "denoise-median", settings: object = None):
    file, provenance = client.predict(
        image=handle_file(photo),
        model=model,
        settings={} if settings is None else settings,
        api_name="/restore",
    )
    return Path(file), provenance


def test_models_lists_every_card_with_what_a_script_needs(client):
    listed = client.predict(api_name="/models")
    assert [each["id"] for each in listed] == [card.id for card in registry.cards()]
    assert all({"task", "method", "title", "ready", "licence", "settings"} <= each.keys() for each in listed)


def test_models_tells_the_state_of_weights_and_why_a_model_cannot_run(client, noisy):
    listed = {each["id"]: each for each in client.predict(api_name="/models")}
    assert listed["denoise-median"]["state"] == "ready"
    unpinned = [each for each in listed.values() if each["state"] == "not-pinned"]
    assert unpinned
    restoring = next(each for each in unpinned if each["task"] == "denoise")
    assert restoring["ready"] is False
    assert {"repo", "revision", "sha256", "licence"} <= restoring["weights"].keys()
    with pytest.raises(AppError, match=f"models pin {restoring['id']}"):
        restore(client, noisy, restoring["id"])


def test_a_png_comes_back_lossless_with_the_pixels_of_the_command_line(client, noisy):
    file, provenance = restore(client, noisy, settings={"size": 5})
    expected = models.restore("denoise-median", noisy, {"size": 5})
    assert file.name == "noisy-denoise-median.png"
    np.testing.assert_array_equal(pixels.open(file).pixels, expected.picture.pixels)
    assert provenance["settings"] == {"size": 5}
    assert provenance["input_sha256"] == expected.provenance.input_sha256
    assert provenance["output_sha256"] == pixels.open(file).sha256
    assert len(provenance["result_token"]) > 20


def test_a_jpeg_comes_back_as_jpeg_with_full_colour_resolution(client, noisy, tmp_path):
    photo = tmp_path / "photo.jpg"
    pixels.save(pixels.open(noisy), photo, quality=98)
    file, _ = restore(client, photo)
    with Image.open(file) as image:
        assert image.format == "JPEG"
        assert [layer[1:3] for layer in image.layer] == [(1, 1)] * 3  # type: ignore[attr-defined]
    expected = models.restore("denoise-median", photo).save(tmp_path / "expected.jpg")
    assert pixels.open(file).sha256 == expected.provenance.output_sha256


def test_sixteen_bits_come_back_as_sixteen_bits(client, tmp_path):
    deep = np.random.default_rng(2).integers(0, 65535, (40, 50, 3), np.uint16)
    photo = tmp_path / "deep.png"
    pixels.save(pixels.from_array(deep), photo)
    file, _ = restore(client, photo)
    found = pixels.open(file).pixels
    assert found.dtype == np.uint16
    np.testing.assert_array_equal(found, models.restore("denoise-median", photo).picture.pixels)


def test_settings_may_be_left_out(client, noisy):
    file, provenance = client.predict(image=handle_file(noisy), model="denoise-median", api_name="/restore")
    assert provenance["default_settings"] is True
    assert Path(file).is_file()


@pytest.mark.parametrize("task", TASKS)
def test_compare_gives_a_file_and_its_provenance_for_every_ready_model_of_the_task(client, noisy, task):
    results = client.predict(image=handle_file(noisy), task=task, api_name="/compare")
    listed = client.predict(api_name="/models")
    ready = [each["id"] for each in listed if each["task"] == task and each["ready"]]
    assert [each["provenance"]["model"] for each in results] == ready
    assert {card.id for card in registry.by_task(task) if card.weights is None} <= set(ready)
    for each in results:
        assert pixels.open(each["file"]).sha256 == each["provenance"]["output_sha256"]
        assert each["provenance"]["default_settings"] is True


def export(server, tmp_path: Path) -> list[dict[str, str]]:
    """What `python -m ratings export` finds in the server's database."""
    target = tmp_path / "ratings.csv"
    command = [sys.executable, "-m", "ratings", "export", str(target)]
    environment = {**os.environ, "PATINA_DATA_DIR": str(server.data_dir)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    with target.open(newline="") as rows:
        return list(csv.DictReader(rows))


def test_a_rating_by_a_script_is_stored_marked_and_not_ranked(client, server, noisy, tmp_path):
    board = client.predict(task="denoise", api_name="/leaderboard")
    _, provenance = restore(client, noisy)
    stored = client.predict(
        result_token=provenance["result_token"],
        grade=4,
        defects=["halo"],
        comment="锈 — a script's opinion",
        api_name="/rate",
    )
    assert (stored["grade"], stored["flag"], stored["licence"]) == (4, "api", "CC-BY-4.0")
    kept = [row for row in export(server, tmp_path) if "a script's opinion" in row["comment"]]
    assert len(kept) == 1
    assert kept[0]["flag"] == "api"
    assert client.predict(task="denoise", api_name="/leaderboard") == board


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"grade": 6}, "A grade is a whole number"),
        ({"grade": "4"}, "A grade is a whole number"),
        ({"grade": None}, "A grade is a whole number"),
        ({"grade": True}, "A grade is a whole number"),
        ({"result_token": "made-up"}, "not known here"),
        ({"result_token": None}, "not known here"),
        ({"result_token": {"a": 1}}, "not known here"),
        ({"comment": "x" * 2001}, "at most 2,000 characters"),
        ({"comment": 5}, "A comment is text"),
        ({"defects": ["ugly"]}, "A defect is one of"),
        ({"defects": "halo"}, "Defects are a list"),
        ({"defects": [["halo"]]}, "A defect is one of"),
    ],
)
def test_a_rating_that_cannot_be_stored_is_a_sentence(client, changed, sentence):
    call = {"result_token": "made-up", "grade": 3, "defects": [], "comment": "", **changed}
    with pytest.raises(AppError, match=sentence) as refused:
        client.predict(**call, api_name="/rate")
    assert "Traceback" not in str(refused.value)


@pytest.mark.parametrize("task", ["Generate", "Denoise", "", None, 5, ["denoise"]])
@pytest.mark.parametrize(
    ("endpoint", "tasks"),
    [("/leaderboard", "denoise, dehaze, derust, generate"), ("/compare", "denoise, dehaze, derust")],
)
def test_an_unknown_task_is_a_sentence(client, noisy, endpoint, tasks, task):
    image = {"image": handle_file(noisy)} if endpoint == "/compare" else {}
    with pytest.raises(AppError, match=f"one of {tasks}; got"):
        client.predict(**image, task=task, api_name=endpoint)


@pytest.mark.parametrize("study", ["zz", "' OR 1", 5, ["a"]])
def test_an_unknown_study_is_a_sentence(client, study):
    with pytest.raises(AppError, match="Expected the uid of one closed study of 'denoise'"):
        client.predict(task="denoise", study=study, api_name="/leaderboard")


def test_health_answers_scripts_and_watchers_alike(client, server):
    plain = httpx.get(f"{server.url}/health")
    assert plain.status_code == 200
    assert plain.json() == client.predict(api_name="/health")
    assert plain.json()["models"] == len(registry.cards())


def test_generate_gives_files_that_say_how_they_came_about(client):
    asked = {"model": "generate-fashion-gan", "seed": 7, "count": 3, "settings": {"truncation": 0.9}}
    files, told = client.predict(**asked, api_name="/generate")
    assert [each["settings"] for each in told] == [{"truncation": 0.9, "seed": seed} for seed in (7, 8, 9)]
    for file, provenance in zip(files, told, strict=True):
        picture = pixels.open(file)
        assert picture.size == (28, 28)
        assert picture.sha256 == provenance["output_sha256"]
    rated = client.predict(told[0]["result_token"], 4, ["broken-shape"], "", api_name="/rate")
    assert rated["flag"] == "api"
    again, _ = client.predict(**{**asked, "seed": "8", "count": "1"}, api_name="/generate")
    assert Path(again[0]).read_bytes() == Path(files[1]).read_bytes()
    moved, told = client.predict(**asked, nudges=[2, 0, -1.5], api_name="/generate")
    assert told[0]["settings"] == {"truncation": 0.9, "seed": 7, "nudge-1": 2, "nudge-3": -1.5}
    assert Path(moved[0]).read_bytes() != Path(files[0]).read_bytes()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"seed": "seven"}, "A seed is a whole number"),
        ({"seed": -1}, "A seed is a whole number"),
        ({"seed": 2**64}, "A seed is a whole number"),
        ({"count": 0}, "count from 1 to 1024"),
        ({"count": 100_000}, "count from 1 to 1024"),
        ({"count": "many"}, "count from 1 to 1024"),
        ({"settings": {"truncation": 2}}, "'truncation' must be a number from 0 to 1"),
        ({"settings": []}, "settings as an object"),
        ({"nudges": [5]}, "nudges from −4 to 4"),
        ({"nudges": [0] * 5}, "nudged along 4 directions"),
        ({"nudges": ["far"]}, "nudges as a list of numbers"),
        ({"nudges": 1}, "nudges as a list of numbers"),
        ({"nudges": [10**400]}, "nudges as a list of numbers"),
        ({"model": "denoise-median"}, "restores photos and makes none"),
        ({"model": "generate-nothing"}, "generate-nothing"),
    ],
)
def test_generate_refuses_in_a_sentence(client, wrong, said):
    asked = {"model": "generate-fashion-gan", "seed": 1, "count": 1, "settings": {}, **wrong}
    with pytest.raises(AppError, match=said):
        client.predict(**asked, api_name="/generate")
