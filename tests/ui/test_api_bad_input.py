"""Whatever is sent: one clear sentence, and the server goes on."""

import struct
import zlib
from pathlib import Path

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from models import pixels
from ui import words


@pytest.fixture(scope="module")
def client(server, tmp_path_factory):
    return Client(server.url, verbose=False, download_files=str(tmp_path_factory.mktemp("downloads")))


@pytest.fixture(autouse=True)
def still_up(server):
    yield
    assert httpx.get(f"{server.url}/health").json()["status"] == "ok"


def refusal(client: Client, photo: Path | None, model: object, settings: object) -> str:
    with pytest.raises(AppError) as refused:
        client.predict(handle_file(photo) if photo else None, model, settings, api_name="/restore")
    said = str(refused.value)
    assert "Traceback" not in said
    assert "verbose error reporting" not in said
    assert said.rstrip().endswith((".", "?"))
    return said


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb() -> bytes:
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    packed = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + packed + chunk(b"IEND", b"")


BAD = {
    "empty.png": (lambda _good: b"", "is empty"),
    "cut.png": (lambda good: good[: len(good) // 2], "incomplete"),
    "note.png": (lambda _good: b"Dear server, this is text.\n" * 40, "Expected a picture"),
    "bomb.png": (lambda _good: bomb(), "at most 100 megapixels; this picture has 2500.0"),
    "script.jpg": (lambda _good: b"<script>alert(1)</script>", "Expected a picture"),
    "drawing.png": (lambda _good: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_no_photo_is_refused_in_a_sentence(client, noisy, tmp_path, name):
    spoil, sentence = BAD[name]
    path = tmp_path / "fotos für Oma 照片 <b>&" / name
    path.parent.mkdir()
    path.write_bytes(spoil(noisy.read_bytes()))
    assert sentence in refusal(client, path, "denoise-median", {})


@pytest.mark.parametrize("size", [(1, 1), (1, 5000)])
@pytest.mark.parametrize("model", ["denoise-nlm", "dehaze-dark-channel", "derust-inpaint"])
def test_the_smallest_and_thinnest_photos_are_restored(client, tmp_path, model, size):
    photo = tmp_path / "thin.png"
    pixels.save(pixels.from_array(np.random.default_rng(3).integers(0, 255, (*size, 3), np.uint8)), photo)
    file, _ = client.predict(handle_file(photo), model, {}, api_name="/restore")
    assert pixels.open(file).size == size


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"size": 99}, "from 3 to 51"),
        ({"size": 4}, "in steps of 2; got 4"),
        ({"size": -1}, "from 3 to 51"),
        ({"size": "large"}, "got 'large'"),
        ({"size": None}, "got None"),
        ({"size": True}, "got True"),
        ({"size": [3]}, "got"),
        ({"size": {"a": 1}}, "got"),
        ({"size": 1e300}, "from 3 to 51"),
        ({"syze": 3}, "did you mean 'size'?"),
        ({"": 3}, "has no setting ''"),
        ([3], "settings as an object"),
        ("size=3", "settings as an object"),
        (3, "settings as an object"),
        (True, "settings as an object"),
    ],
)
def test_settings_that_make_no_sense_are_refused_in_a_sentence(client, noisy, settings, sentence):
    assert sentence in refusal(client, noisy, "denoise-median", settings)


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("denoise-medain", "did you mean denoise-median"),
        ("no such thing", "There is no model"),
        ("", "There is no model"),
        (None, "There is no model"),
        (5, "There is no model"),
        (["denoise-median"], "There is no model"),
        ("../../etc/passwd", "There is no model"),
    ],
)
def test_an_unknown_model_is_refused_and_near_names_are_suggested(client, noisy, model, sentence):
    assert sentence in refusal(client, noisy, model, {})


def test_no_photo_at_all_is_a_sentence(client):
    assert "Expected a photo; got none" in refusal(client, None, "denoise-median", {})


def test_text_from_outside_cannot_become_a_tag_in_the_message(client, noisy):
    assert "<script>" not in refusal(client, noisy, "<script>alert(1)</script>", {})


def call(server, endpoint: str, data: object) -> httpx.Response:
    """Ask over plain HTTP, as a script without gradio_client would; return the last answer."""
    begun = httpx.post(f"{server.url}/gradio_api/call/{endpoint}", json={"data": data})
    if begun.status_code != 200:
        return begun
    return httpx.get(f"{server.url}/gradio_api/call/{endpoint}/{begun.json()['event_id']}", timeout=30)


META = {"_type": "gradio.FileData"}


@pytest.mark.parametrize(
    "claim",
    [
        {},
        {"meta": META},
        {"meta": META, "is_stream": True},
        {"is_stream": True},
        {"meta": {}},
        {"meta": "gradio.FileData"},
        {"url": "/gradio_api/file={path}"},
    ],
)
@pytest.mark.parametrize(
    "spelling", ["{path}", "file://{path}", "/gradio_api/file={path}", "{uploads}/../../{name}"]
)
def test_a_file_of_the_servers_cannot_be_read_by_naming_it(server, noisy, claim, spelling):
    uploads = server.data_dir.parent / "tmp" / "gradio"
    hidden = server.data_dir.parent / "hidden.png"
    hidden.write_bytes(noisy.read_bytes())
    named = spelling.format(path=hidden, uploads=uploads, name=hidden.name)
    answer = call(server, "restore", [{"path": named, **claim}, "denoise-median", {}])
    assert "event: error" in answer.text
    assert "provenance" not in answer.text
    assert "input_sha256" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/etc/passwd", "/dev/zero", "/proc/self/environ", "/"])
def test_files_of_the_system_cannot_be_read_by_naming_them(server, path):
    for claim in ({}, {"meta": META}):
        answer = call(server, "restore", [{"path": path, **claim}, "denoise-median", {}])
        assert "event: error" in answer.text
        assert "something else" not in answer.text, "it must not even be opened"


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/x.png", "http://169.254.169.254/", "{own}/health"])
def test_the_server_fetches_nothing_from_its_own_network(server, address):
    path = address.format(own=server.url)
    answer = call(server, "restore", [{"path": path, "meta": META}, "denoise-median", {}])
    assert "event: error" in answer.text
    assert "something else" not in answer.text


def test_an_upload_named_by_the_address_it_is_served_at_is_taken(server, noisy):
    uploaded = httpx.post(f"{server.url}/gradio_api/upload", files={"files": ("a.png", noisy.read_bytes())})
    address = f"{server.url}/gradio_api/file={uploaded.json()[0]}"
    answer = call(server, "restore", [{"path": address, "meta": META}, "denoise-median", {}])
    assert "event: complete" in answer.text
    assert '"model": "denoise-median"' in answer.text


@pytest.mark.parametrize("data", [[], [None], ["x"] * 9, {"a": 1}, "text", None, [{"path": None}], [[[]]]])
@pytest.mark.parametrize("endpoint", ["restore", "rate", "nonsense"])
def test_calls_with_the_wrong_data_never_show_a_traceback(server, endpoint, data):
    answer = call(server, endpoint, data)
    assert "Traceback" not in answer.text
    assert "site-packages" not in answer.text


def test_the_pages_own_handlers_survive_garbage(server):
    """Each handler, with data that no page sends; /gradio_api/run answers at once.

    The page in its second language has the same handlers again.
    """
    every = httpx.get(f"{server.url}/config").json()["dependencies"]
    handlers = every[: len(every) // len(words.LANGUAGES) + 6]
    assert len(handlers) > 50
    garbage = ["x", {"path": "/etc/passwd"}, -1, None, [1], {"a": {}}, "../..", True, 1e99]
    for handler in handlers:
        data = [garbage[number % len(garbage)] for number in range(len(handler["inputs"]))]
        body = {"data": data, "fn_index": handler["id"], "session_hash": "garbage"}
        answer = httpx.post(f"{server.url}/gradio_api/run/predict", json=body, timeout=30)
        assert "Traceback" not in answer.text
        assert "site-packages" not in answer.text


def test_the_queue_survives_garbage(server):
    for body in ({}, {"data": []}, {"data": ["x"], "fn_index": 10**9, "session_hash": "y"}, [], "x"):
        answer = httpx.post(f"{server.url}/gradio_api/queue/join", json=body)
        assert "Traceback" not in answer.text
        assert answer.status_code < 600


def test_the_data_folder_is_closed_to_gradios_own_file_route(server, client, noisy):
    _, provenance = client.predict(handle_file(noisy), "denoise-median", {}, api_name="/restore")
    token = provenance["result_token"]
    kept = server.data_dir / "desk" / token / "result.json"
    assert kept.is_file()
    for path in (kept, server.data_dir / "secret", server.data_dir / "patina.db"):
        assert httpx.get(f"{server.url}/gradio_api/file={path}").status_code in {403, 404}
    shown = httpx.get(f"{server.url}/patina/result/{token}/provenance.json").text
    assert str(server.data_dir) not in shown
