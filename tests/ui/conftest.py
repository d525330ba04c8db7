"""A real server that all tests of the page share: `python app.py` over a temporary data folder."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
import pytest
from numpy.typing import NDArray

from models import pixels
from models.settings import Settings
from models.workshop import Workshop
from ratings.store import Store
from ui import gallery
from ui.dealing.ring import Ring, open_ring
from ui.keeping.desk import Desk
from ui.keeping.downloads import Downloads
from ui.keeping.office import Office
from ui.keeping.pictures import StimulusShelf
from ui.keeping.shelf import Shelf
from ui.keeping.studio import Studio

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LIMITED = """
import resource, runpy, sys
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
sys.path.insert(0, ".")
runpy.run_path("app.py", run_name="__main__")
"""


@pytest.fixture
def desk(tmp_path: Path, empty_file: Path) -> Iterator[Desk]:
    """A desk over new ratings, or those that another fixture has put there."""
    kept = tmp_path / "ratings.db"
    if not kept.exists():
        shutil.copy(empty_file, kept)
    with Store.open(f"sqlite:///{kept}") as store:
        workshop = Workshop(Settings(data_dir=tmp_path / "data"))
        yield Desk(Shelf(tmp_path / "desk"), store, workshop)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A workshop for all tests that generate: preparing a network takes seconds."""
    return Workshop(Settings(data_dir=tmp_path_factory.mktemp("models")))


@pytest.fixture
def studio(desk: Desk, prepared: Workshop) -> Studio:
    return Studio(desk.shelf, desk.store, prepared)


@pytest.fixture
def ring(desk: Desk, tmp_path: Path) -> Ring:
    return open_ring(desk, gallery.load(), StimulusShelf(tmp_path / "stimuli"), b"secret", print)


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Office:
    pictures, downloads = StimulusShelf(tmp_path / "stimuli"), Downloads(tmp_path / "downloads")
    return Office(desk.store, b"secret", pictures, downloads, sessions=None)


@pytest.fixture
def noisy(tmp_path: Path, astronaut: NDArray[np.uint8]) -> Path:
    """A photo with noise, lossless, 60 × 80 px."""
    noise = np.random.default_rng(1).normal(0, 20, (60, 80, 3))
    image = np.clip(astronaut[60:120, 180:260] + noise, 0, 255).astype(np.uint8)
    path = tmp_path / "noisy.png"
    pixels.save(pixels.from_array(image), path)
    return path


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where it answers, where it keeps things, what it has printed."""

    url: str
    data_dir: Path
    log_file: Path
    process: subprocess.Popen[bytes]

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")


def environment(folder: Path) -> dict[str, str]:
    """An environment of its own below `folder`; its temporary files lie outside its data folder."""
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PATINA_")}
    return {
        **inherited,
        "PATINA_DATA_DIR": str(folder / "data"),
        "PATINA_PREPARE": "off",
        "TMPDIR": str(folder / "tmp"),
        "GRADIO_TEMP_DIR": str(folder / "tmp" / "gradio"),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "PYTHONUNBUFFERED": "1",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(
    folder: Path,
    *options: str,
    largest_file: int | None = None,
    extra: Mapping[str, str] | None = None,
    port: int | None = None,
) -> Server:
    """Start `python app.py` on `port`, or a free one, and wait until it answers.

    Files above `largest_file` bytes it cannot write, as if the disk were full. `extra` is added to its
    environment. What it prints follows what an earlier server over the same folder printed.
    """
    port = port or free_port()
    program = ["app.py"] if largest_file is None else ["-c", LIMITED, str(largest_file)]
    log_file = folder / "log"
    with log_file.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *program, "--port", str(port), *options],
            cwd=ROOT,
            env={**environment(folder), **(extra or {})},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{port}", folder / "data", log_file, process)
    _wait_for(server)
    return server


def stop(server: Server) -> None:
    server.process.send_signal(signal.SIGTERM)
    try:
        server.process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()


def _wait_for(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with urlopen(f"{server.url}/health", timeout=5):  # noqa: S310 - our own address
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    stop(server)
    pytest.fail(f"The server did not come up:\n{server.log()}")


@pytest.fixture
def own_environment(tmp_path: Path) -> dict[str, str]:
    """The environment for a test's own `python app.py`."""
    return environment(tmp_path)


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start servers with options of the test's own; all are stopped after its module."""
    running: list[Server] = []

    def begin(
        *options: str, largest_file: int | None = None, extra: Mapping[str, str] | None = None
    ) -> Server:
        folder = tmp_path_factory.mktemp("own")
        running.append(start(folder, *options, largest_file=largest_file, extra=extra))
        return running[-1]

    yield begin
    for each in running:
        stop(each)


@pytest.fixture
def server_of() -> Iterator[Callable[..., Server]]:
    """`server_of(folder, extra)` starts a server over a folder that the test has filled."""
    running: list[Server] = []

    def begin(folder: Path, extra: Mapping[str, str], port: int | None = None) -> Server:
        running.append(start(folder, extra=extra, port=port))
        return running[-1]

    yield begin
    for each in running:
        stop(each)


@pytest.fixture(scope="session")
def lasting_server_of() -> Iterator[Callable[[Path, Mapping[str, str]], Server]]:
    """As `server_of`, for servers that tests of several modules share."""
    running: list[Server] = []

    def begin(folder: Path, extra: Mapping[str, str]) -> Server:
        running.append(start(folder, extra=extra))
        return running[-1]

    yield begin
    for each in running:
        stop(each)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = start(tmp_path_factory.mktemp("server"))
    yield running
    stop(running)


@pytest.fixture(scope="module")
def browser(chromium_path):
    """A Chromium of a module's own: its event loop must not meet those of other tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def on_screen(browser, chromium_path):
    """`on_screen(ratio, width, height)` opens a Chromium on a screen of so many device pixels a CSS pixel.

    Playwright's own device_scale_factor only draws larger what was laid out for a screen of one.
    """
    opened = []

    def open_browser(ratio: float, width: int, height: int):
        size = f"--window-size={width},{height}"
        flags = [*BROWSER_FLAGS, f"--force-device-scale-factor={ratio}", size]
        opened.append(browser.browser_type.launch(executable_path=chromium_path, args=flags))
        return opened[-1].new_context(no_viewport=True, locale="en-US")

    yield open_browser
    for each in opened:
        each.close()


@pytest.fixture
def context(browser):
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture
def visit(context):
    """`visit(url)` opens a page; the test fails if it asked anything of another host or a script broke."""
    visited, hosts, faults = set[str](), set[str](), list[str]()

    def open_page(url: str):
        page = context.new_page()
        page.on("request", lambda request: hosts.add(re.sub(r"^(\w+://[^/]*).*", r"\1", request.url)))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(url)
        page.wait_for_selector(".masthead h1")
        visited.add(url)
        return page

    yield open_page
    assert {host for host in hosts if not host.startswith(("data:", "blob:"))} == visited
    assert faults == []
