"""`python -m lab degrade` as a person calls it: files in, files out, exit codes."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models import pixels


def degrade(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    call = [sys.executable, "-m", "lab", "degrade", *map(str, arguments)]
    return subprocess.run(call, capture_output=True, text=True, check=False)


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    path = tmp_path / "clean.png"
    pixels.save(pixels.from_array(np.full((40, 50, 3), 128, np.uint8)), path)
    return path


def test_a_photo_is_degraded_the_same_way_each_time(clean: Path, tmp_path: Path) -> None:
    outputs = [tmp_path / "one.png", tmp_path / "two.png"]
    for output in outputs:
        done = degrade("denoise", clean, output, "--seed", "7", "--set", "sigma=10")
        assert (done.returncode, done.stderr) == (0, "")
    first, second = (pixels.open(output).pixels for output in outputs)
    assert np.array_equal(first, second)
    assert first.std() == pytest.approx(10, rel=0.1)


def test_in_a_folder_a_broken_photo_is_named_and_the_rest_done(clean: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    clean.rename(folder / "a.png")
    (folder / "b.png").write_bytes(b"no picture")
    done = degrade("derust", folder, tmp_path / "out", "--seed", "1")
    assert done.returncode == 1
    assert "b.png" in done.stderr
    assert "1 of 2 failed" in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.png"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("dehaze", "--seed", "1", "--set", "bta=1"), "did you mean 'beta'"),
        (("dehaze", "--seed", "1", "--set", "beta=9"), "a number from 0 to 3"),
        (("dehaze", "--seed", "1", "--set", "beta"), "expected name=value"),
        (("dehaze", "--seed", "-1"), "expected a whole number from 0"),
        (("dehaze",), "--seed"),
        (("generate", "--seed", "1"), "invalid choice"),
    ],
)
def test_a_wrong_call_gives_2_says_why_and_writes_nothing(
    clean: Path, tmp_path: Path, wrong: tuple[str, ...], said: str
) -> None:
    output = tmp_path / "out.png"
    done = degrade(wrong[0], clean, output, *wrong[1:])
    assert done.returncode == 2
    assert said in done.stderr
    assert not output.exists()


def test_an_input_that_is_not_there_is_a_wrong_call(tmp_path: Path) -> None:
    done = degrade("denoise", tmp_path / "none.png", tmp_path / "out.png", "--seed", "1")
    assert done.returncode == 2
    assert "There is no file" in done.stderr
