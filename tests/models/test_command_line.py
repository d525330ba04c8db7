import json
import os
import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]


def call(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "models", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_list_as_json_names_every_card_once():
    run = call("list", "--json")
    cards = json.loads(run.stdout)
    assert run.returncode == 0
    assert len(cards) == len({card["id"] for card in cards}) >= 17
    assert all({"id", "task", "method", "title", "ready", "licence"} <= card.keys() for card in cards)


def test_list_by_task():
    cards = json.loads(call("list", "--task", "dehaze", "--json").stdout)
    assert {card["task"] for card in cards} == {"dehaze"}


def test_restore_writes_the_picture_and_its_stages(photo_file, tmp_path):
    run = call(
        "restore", "dehaze-dark-channel", photo_file, tmp_path / "out.png", "--stages", tmp_path / "stages"
    )
    assert run.returncode == 0, run.stderr
    assert cv2.imread(str(tmp_path / "out.png")).shape == (96, 120, 3)
    assert len(list((tmp_path / "stages").iterdir())) >= 3
    assert run.stdout == ""
    assert run.stderr == f"{tmp_path / 'out.png'}\n"


def test_restore_tells_where_the_result_is_and_what_auto_became(photo_file, tmp_path):
    run = call("restore", "denoise-bilateral", photo_file, tmp_path / "out.png")
    told = rf"{re.escape(str(tmp_path / 'out.png'))} \(noise_level [\d.]+, estimated from the photo\)\n"
    assert re.fullmatch(told, run.stderr)


def test_restore_of_a_folder_names_the_bad_file_and_does_the_rest(photo_file, tmp_path):
    folder = tmp_path / "in"
    (folder / "deeper").mkdir(parents=True)
    (folder / "a.png").write_bytes(photo_file.read_bytes())
    (folder / "deeper" / "b.png").write_bytes(photo_file.read_bytes())
    (folder / "broken.png").write_bytes(photo_file.read_bytes()[:200])
    run = call("restore", "denoise-median", folder, tmp_path / "out", "--json")
    assert run.returncode == 1
    assert "broken.png" in run.stderr
    assert "1 of 3 failed; the rest is done." in run.stderr
    assert (tmp_path / "out" / "a.png").exists()
    assert (tmp_path / "out" / "deeper" / "b.png").exists()
    assert len(json.loads(run.stdout)) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["restore", "denoise-medain", "IN", "OUT"], "did you mean"),
        (["restore", "denoise-median", "IN", "OUT", "--set", "size=4"], "'size' must be"),
        (["restore", "denoise-median", "IN", "OUT", "--set", "size"], "NAME=VALUE"),
        (["restore", "denoise-median", "IN", "OUT", "--set", "sice=3"], "did you mean 'size'"),
        (["restore", "denoise-median", "missing.png", "OUT"], "There is no file or folder 'missing.png'"),
        (["restore", "denoise-median", "IN", "OUT", "--quality", "0"], "--quality"),
        (["walk", "generate-fashion-gan", "OUT.webp", "7"], "between two images or more"),
        (["walk", "generate-fashion-gan", "OUT.webp", "7", "8", "--frames", "1"], "2 to 240 frames"),
        (["walk", "generate-fashion-gan", "OUT.webp", "7", "-1"], "seeds from 0 to"),
        (["generate", "generate-fashion-gan", "OUT", "--nudge", "9"], "nudges from −4 to 4"),
        (["fetch"], "--all"),
        (["fetch", "nothing-like-it"], "There is no model"),
    ],
)
def test_a_wrong_call_is_one_sentence_and_exit_2(photo_file, tmp_path, arguments, said):
    places = {"IN": str(photo_file), "OUT": str(tmp_path / "out.png")}
    run = call(*(places.get(argument, argument) for argument in arguments))
    assert run.returncode == 2
    assert said in run.stderr
    assert "Traceback" not in run.stderr


def test_a_file_that_cannot_be_read_or_written_is_exit_1(photo_file, tmp_path):
    empty = tmp_path / "empty.png"
    empty.write_bytes(b"")
    assert call("restore", "denoise-median", empty, tmp_path / "out.png").returncode == 1
    run = call("restore", "denoise-median", photo_file, tmp_path / "out.xyz")
    assert run.returncode == 1
    assert "Traceback" not in run.stderr


def test_a_folder_for_stages_that_cannot_be_made_is_a_sentence_and_exit_1(photo_file, tmp_path):
    below_a_file = photo_file / "stages"
    run = call("restore", "denoise-median", photo_file, tmp_path / "out.png", "--stages", below_a_file)
    assert run.returncode == 1
    assert f"The folder '{below_a_file}' cannot be made" in run.stderr
    assert "Traceback" not in run.stderr


def test_limit_of_megapixels_comes_from_the_environment(photo_file, tmp_path):
    run = call("restore", "denoise-median", photo_file, tmp_path / "o.png", PATINA_MAX_MEGAPIXELS="0.001")
    assert run.returncode == 1
    assert "at most 0.001 megapixels" in run.stderr
    run = call("list", PATINA_MAX_MEGAPIXELS="many")
    assert run.returncode == 2
    assert "PATINA_MAX_MEGAPIXELS must be a number" in run.stderr


def test_sixteen_bits_stay_sixteen_bits(tmp_path):
    image = np.random.default_rng(3).integers(0, 65536, (40, 30, 3), dtype=np.uint16)
    cv2.imwrite(str(tmp_path / "deep.png"), image)
    assert call("restore", "denoise-gaussian", tmp_path / "deep.png", tmp_path / "out.tiff").returncode == 0
    assert cv2.imread(str(tmp_path / "out.tiff"), cv2.IMREAD_UNCHANGED).dtype == np.uint16


def test_fetch_and_verify_say_that_classical_models_are_ready():
    assert call("fetch", "--all").returncode == 0
    run = call("verify")
    assert run.returncode == 0
    assert "denoise-median: ready" in run.stdout


def test_generate_and_walk_write_files(tmp_path):
    environment = {"PATINA_DATA_DIR": str(tmp_path / "data")}
    model = "generate-fashion-gan"
    run = call(
        "generate", model, tmp_path, "--seed", 7, "--count", 1, "--nudge", 1.5, "--nudge", -2, **environment
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == f"{tmp_path / model}-0007+1.5-2.png\n"
    with Image.open(tmp_path / f"{model}-0007+1.5-2.png") as image:
        assert json.loads(image.text["Patina"])["settings"] == {  # type: ignore[attr-defined]
            "truncation": 1.0,
            "seed": 7,
            "nudge-1": 1.5,
            "nudge-2": -2.0,
        }
    run = call("walk", model, tmp_path / "walk.gif", 7, 8, "--frames", 5, **environment)
    assert run.returncode == 0, run.stderr
    assert run.stderr == f"{tmp_path / 'walk.gif'}\n"
    with Image.open(tmp_path / "walk.gif") as loop:
        assert loop.size == (252, 252)
    assert call("walk", model, tmp_path / "walk.mp4", 7, 8, **environment).returncode == 2
