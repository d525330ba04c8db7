"""Networks are prepared beside the page: a real server over a folder with a checkpoint of its owner's."""

import hashlib
import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from filelock import FileLock
from gradio_client import Client, handle_file
from safetensors.torch import save_file

from models import registry
from models.own import own_cards
from models.preparing import here
from models.runtime import choice
from models.settings import Settings
from models.workshop import Workshop

PATIENCE_SECONDS = 300
"""A busy machine leaves little to a process of low priority."""

OWN = """
[models.dehaze-mine]
title = "My dehazer"
architecture = "aodnet"
path = "mine.safetensors"
sha256 = "{sha256}"
licence = "MIT"
"""
ON = {"PATINA_PREPARE": "on", "PATINA_DEVICE": "cpu"}


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder for a server with a small dehazer, random but always the same."""
    import torch

    from models.architectures.aodnet import AODNet

    data = tmp_path / "data"
    data.mkdir()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        save_file(AODNet().state_dict(), data / "mine.safetensors")
    declare(data, hashlib.sha256((data / "mine.safetensors").read_bytes()).hexdigest())
    return tmp_path


def declare(data: Path, sha256: str) -> None:
    (data / "models.toml").write_text(OWN.format(sha256=sha256), encoding="utf-8")


def engines(folder: Path) -> Path:
    path = folder / "data" / "models" / "engines"
    path.mkdir(parents=True, exist_ok=True)
    return path


def choice_of_mine(folder: Path) -> Path:
    """The file that says which engine runs the owner's dehazer."""
    (card,) = own_cards(Settings(data_dir=folder / "data"), registry.known())
    return engines(folder) / f"{choice.name(card.build, card.weights.sha256)}.json"


def settle(folder: Path) -> None:
    """Write down for every network that is here that torch runs it."""
    workshop = Workshop(Settings(data_dir=folder / "data"))
    for card in here([*registry.cards(), *own_cards(workshop.settings, registry.known())], workshop):
        name = choice.name(card.build, card.weights.sha256)
        choice.keep(choice.Choice(engine="torch", reason="a test"), engines(folder) / f"{name}.json")


def wait_for(look: Callable[[], Any]) -> Any:
    """Return what `look` finds, as soon as it is true."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.1)
    return found


def preparers(process: int) -> list[int]:
    """The processes that `process` started to prepare networks."""
    children = [
        int(child)
        for file in Path(f"/proc/{process}/task").glob("*/children")
        for child in file.read_text().split()
    ]
    return [child for child in children if "prepare" in command(child)]


def command(process: int) -> list[str]:
    """The arguments of a process; none of one that has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text().split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


def test_a_run_right_after_the_start_gets_a_network_prepared_beside_the_page(folder, server_of, noisy):
    server = server_of(folder, ON)
    client = Client(server.url, verbose=False, download_files=str(folder / "downloads"))
    _, provenance = client.predict(
        image=handle_file(noisy), model="dehaze-mine", settings={}, api_name="/restore"
    )
    chosen = json.loads(choice_of_mine(folder).read_text())["engine"]
    assert chosen in json.dumps(provenance)
    libraries = Path(f"/proc/{server.process.pid}/maps").read_text()
    assert ("libtorch" in libraries) == (chosen == "torch")
    wait_for(lambda: not preparers(server.process.pid))
    assert "beforehand" not in server.log()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Processes that are begun hear Ctrl-C, even if the tests were begun by `nohup` or `&`."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_who_prepares_ends_with_the_page_however_that_ends(folder, server_of, end, interruptible):
    with FileLock(engines(folder) / "prepare.lock"):
        server = server_of(folder, ON)
        (child,) = wait_for(lambda: preparers(server.process.pid))
        assert os.getpriority(os.PRIO_PROCESS, child) >= 0
        server.process.send_signal(end)
        server.process.wait(PATIENCE_SECONDS)
        wait_for(lambda: not command(child))


def test_a_failure_is_one_line_and_the_page_goes_on(folder, server_of):
    declare(folder / "data", "0" * 64)
    server = server_of(folder, ON)
    wait_for(lambda: "beforehand" in server.log())
    (line,) = [line for line in server.log().splitlines() if "dehaze-mine" in line]
    assert re.match(r"Networks were not all prepared beforehand; .* dehaze-mine: The weights of", line)
    assert "Traceback" not in server.log()
    assert httpx.get(f"{server.url}/health").status_code == 200


@pytest.mark.parametrize("extra", [{"PATINA_PREPARE": "off"}, {"PATINA_PREPARE": "on"}])
def test_nothing_is_started_where_it_is_off_or_nothing_is_to_be_done(folder, server_of, extra):
    if extra["PATINA_PREPARE"] == "on":
        settle(folder)
    server = server_of(folder, {**extra, "PATINA_DEVICE": "cpu"})
    assert httpx.get(server.url).status_code == 200
    time.sleep(2)
    assert preparers(server.process.pid) == []
