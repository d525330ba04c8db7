"""The same photo through a running server: uploaded, admitted, restored, previews made, full file ready."""

import json
from pathlib import Path

import httpx

from lab.benchmarks.benchmark import Benchmark, Figures
from lab.benchmarks.file_to_file import SIZE, patina
from lab.benchmarks.photo import write_photo
from lab.benchmarks.server import serving
from lab.benchmarks.timing import in_turns

LIMIT, TURNS = 2.0, 15
_SESSION = "benchmark"
"""One session for all requests, as a page has: the first, which is not counted, makes it."""


def measure(folder: Path) -> Figures:
    """Time `models.restore` from file to file, and a request with its upload, in turns."""
    photo = write_photo(folder / "photo.jpg", 12)
    with serving(folder) as server, httpx.Client(base_url=f"{server.url}/gradio_api", timeout=120) as client:
        turns = in_turns(lambda: patina(photo, folder / "patina.jpg"), lambda: request(client, photo), TURNS)
    return {"photo_bytes": photo.stat().st_size, **turns.as_json()}


def request(client: httpx.Client, photo: Path) -> None:
    """Upload `photo`, have it restored, and wait for the event that names the finished file.

    `gradio_client` would do the same, but looks for the event only every 50 ms.
    """
    with photo.open("rb") as content:
        uploaded = client.post("/upload", files={"files": (photo.name, content)}).json()[0]
    image = {"path": uploaded, "meta": {"_type": "gradio.FileData"}}
    body = {"data": [image, "denoise-median", {"size": SIZE}], "session_hash": _SESSION}
    event = client.post("/call/restore", json=body).json()["event_id"]
    with client.stream("GET", f"/call/restore/{event}") as answer:
        lines = list(answer.iter_lines())
    if "event: complete" not in lines:
        raise RuntimeError(f"Expected a restored photo from /restore; got {lines}.")
    told = next(line for line in lines[lines.index("event: complete") :] if line.startswith("data:"))
    assert json.loads(told.removeprefix("data:"))[0]["path"]  # the file's address


def is_met(figures: Figures) -> bool:
    """Tell whether the ratio is within the limit."""
    return figures["ratio"] <= LIMIT


def section(figures: Figures) -> str:
    """Say what was measured."""
    return (
        f"The same photo and filter by `/restore` on a server of the same machine: upload, checks, the "
        f"previews of before and after, the stage image, the full file, the record in the database. "
        f"`models.restore` and `save`: {1000 * figures['first_median']:.0f} ms. The request: "
        f"{1000 * figures['second_median']:.0f} ms. Median ratio of {figures['turns']} turns: "
        f"**{figures['ratio']:.2f}**."
    )


BENCHMARK = Benchmark(
    "web-request", "Through the web", f"at most {LIMIT:g} × file to file", measure, is_met, section
)
