"""What is wrong with the settings is one clear sentence at start, and exit code 2."""

import os
import socket
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(environment: dict[str, str], *options: str, python: tuple[str, ...] = ()) -> str:
    """Start the program with settings that it must refuse; return what it said on stderr."""
    done = subprocess.run(
        [sys.executable, *python, "app.py", *options],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "Running on" not in done.stdout
    return done.stderr


def one_sentence(said: str) -> str:
    assert len(said.strip().splitlines()) == 1
    return said


def test_a_taken_port_is_named_with_what_to_do(own_environment):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = one_sentence(run(own_environment, "--port", str(port)))
    assert f"Port {port} is taken" in said
    assert "GRADIO_SERVER_PORT" in said


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "9" * 5000, "７８６０"])
def test_what_is_no_port_is_refused(own_environment, port):
    assert "a whole number from 1 to 65535" in run(own_environment, f"--port={port}")


def test_the_port_of_the_environment_is_checked_too(own_environment):
    assert "from 1 to 65535; got 'abc'" in run({**own_environment, "GRADIO_SERVER_PORT": "abc"})


def test_a_data_folder_that_cannot_be_written_is_named(own_environment, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    said = one_sentence(run({**own_environment, "PATINA_DATA_DIR": str(tmp_path / "file" / "data")}))
    assert "cannot be written" in said
    assert "PATINA_DATA_DIR" in said


def test_a_limit_that_is_no_number_is_named(own_environment):
    said = one_sentence(run({**own_environment, "PATINA_MAX_MEGAPIXELS": "abc"}))
    assert "PATINA_MAX_MEGAPIXELS must be a number" in said
    assert "'abc'" in said


@pytest.mark.parametrize(("device", "expected"), [("gpu", "cuda:N"), ("cuda:99", "is not there")])
def test_a_device_that_is_none_or_not_there_is_named(own_environment, device, expected):
    said = one_sentence(run({**own_environment, "PATINA_DEVICE": device}))
    assert f"'{device}'" in said
    assert expected in said


def test_a_switch_that_is_neither_on_nor_off_is_named(own_environment):
    said = one_sentence(run({**own_environment, "PATINA_PREPARE": "yes"}))
    assert "PATINA_PREPARE must be on or off; got 'yes'" in said


def test_pins_that_are_none_are_named(own_environment):
    said = one_sentence(run({**own_environment, "PATINA_PINS": "denoise-nonsense"}))
    assert "PATINA_PINS" in said


def test_a_database_url_that_cannot_be_used_is_explained_without_its_password(own_environment):
    said = one_sentence(run({**own_environment, "PATINA_DATABASE_URL": "oracle2://user:secret@host/name"}))
    assert "database" in said.lower()
    assert "secret" not in said


def test_without_its_package_mcp_is_refused_with_the_command_to_install_it(own_environment, tmp_path):
    packages = tmp_path / "packages"
    packages.mkdir()
    for installed in Path(sysconfig.get_path("purelib")).iterdir():
        if not installed.name.startswith("mcp"):
            (packages / installed.name).symlink_to(installed)
    hidden = {**own_environment, "PYTHONPATH": os.pathsep.join([str(ROOT), str(packages)])}
    said = one_sentence(run(hidden, "--mcp", python=("-S",)))
    assert "found none" in said
    assert 'pip install "mcp<2"' in said


def test_the_help_names_every_setting_of_the_environment(own_environment):
    done = subprocess.run(
        [sys.executable, "app.py", "--help"],
        cwd=ROOT,
        env=own_environment,
        capture_output=True,
        text=True,
        check=True,
    )
    read = {
        name for file in ("models", "ratings") for name in _environment_names(ROOT / file / "settings.py")
    }
    assert read
    assert all(name in done.stdout for name in read)


def _environment_names(file: Path) -> set[str]:
    words = file.read_text(encoding="utf-8").replace('"', " ").split()
    return {word for word in words if word.startswith("PATINA_") and word.replace("_", "").isalpha()}
