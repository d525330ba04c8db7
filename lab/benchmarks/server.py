"""A running Patina, as a person starts it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

_ROOT = Path(__file__).parents[2]
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers at `url`, with the id of its `process`.

    `seconds` went by from its start to its first page.
    """

    url: str
    seconds: float
    process: int


@contextmanager
def serving(folder: Path) -> Generator[Server]:
    """Run `python app.py` with its data in `folder`, wait for the first page, and end it.

    Settings of the caller's own Patina are left out: measuring must not write to its database.
    """
    port = _free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PATINA_")},
        "PATINA_DATA_DIR": str(folder / "data"),
        "PATINA_PREPARE": "off",
        "GRADIO_TEMP_DIR": str(folder / "gradio"),
    }
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "app.py", "--port", str(port)],
        cwd=_ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        while not _answers(url):
            if process.poll() is not None or time.perf_counter() - began > _PATIENCE_SECONDS:
                raise RuntimeError("`python app.py` gave no page; start it by hand to see why.")
            time.sleep(0.01)
        yield Server(url, time.perf_counter() - began, process.pid)
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/") as page:  # noqa: S310 - our own server
            return bool(page.read()) and page.status == 200
    except URLError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
