"""The same photo through a running server: uploaded, admitted, restored, previews made, full file ready."""

from pathlib import Path

from lab.benchmarks.benchmark import Benchmark, Figures
from lab.benchmarks.file_to_file import SIZE, patina
from lab.benchmarks.photo import write_photo
from lab.benchmarks.server import serving
from lab.benchmarks.timing import in_turns

LIMIT, TURNS = 2.0, 15


def measure(folder: Path) -> Figures:
    """Time `models.restore` from file to file, and a request with its upload, in turns.

    The client has its session before the first turn, as a page has.
    """
    from gradio_client import Client, handle_file

    photo = write_photo(folder / "photo.jpg", 12)
    with serving(folder) as server:
        client = Client(server.url, verbose=False, download_files=False)

        def request() -> None:
            client.predict(handle_file(str(photo)), "denoise-median", {"size": SIZE}, api_name="/restore")

        turns = in_turns(lambda: patina(photo, folder / "patina.jpg"), request, TURNS)
    return {"photo_bytes": photo.stat().st_size, **turns.as_json()}


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
