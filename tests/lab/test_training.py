"""`python -m lab train` as a person calls it: recipes learn, kills cost nothing, mistakes get a sentence."""

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from lab.__main__ import main
from lab.training import checkpoint
from lab.training import recipe as recipes
from lab.training.album import listed_names
from models import pixels

RECIPES = Path(__file__).parents[2] / "lab" / "recipes"
STEPS = 100


def shrunk(recipe: str, folder: Path) -> Path:
    """The recipe as shipped, with small patches and batches, a short warm-up, and narrow recurrence."""
    text = (RECIPES / f"{recipe}.toml").read_text(encoding="utf-8")
    for name, value in (("patch", "32"), ("batch", "4"), ("learning_rate", "1e-3\nwarm_up = 20")):
        text, found = re.subn(rf"(?m)^{name} = \S+$", f"{name} = {value}", text, count=1)
        assert found == 1, name
    text = re.sub(r"\bsheets = \d+", "sheets = 1", text)  # rust made ahead: a hundred steps need not much
    text = re.sub(r"\bsteps = \d+", "steps = 2", text)
    text = re.sub(r"\bwidth = \d+", "width = 16", text)
    path = folder / f"{recipe}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def save_photo(path: Path, number: int, side: int = 96) -> None:
    rows, columns = np.indices((side, side)) / side
    waves = [np.sin(9 * rows * (number + 1) + shift) * np.cos(7 * columns + shift) for shift in range(3)]
    pixels.save(pixels.from_array(np.rint(127 + 110 * np.stack(waves, axis=-1)).astype(np.uint8)), path)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Five soft colour patterns, the last under a name that is held out."""
    folder = tmp_path / "data"
    folder.mkdir()
    for number, name in enumerate(["0.png", "1.png", "2.png", "3.png", min(listed_names())]):
        save_photo(folder / name, number)
    return folder


def command(recipe: Path, data: Path, out: Path, *more: str) -> list[str]:
    """What stands after `python -m lab`."""
    call = ["train", str(recipe), "--data", str(data), "--out", str(out), "--device", "cpu"]
    return [*call, "--workers", "0", "--steps", str(STEPS), *more]


def refusal(capsys: pytest.CaptureFixture[str], call: list[str]) -> str:
    """Run `call`, which must fail with 2, and return its sentence."""
    capsys.readouterr()
    assert main(call) == 2
    return capsys.readouterr().err


def log(out: Path) -> list[dict[str, float]]:
    path = out / "log.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")]


def kill_in_the_middle(call: list[str], out: Path) -> None:
    """Start `call` as a real process and kill it once it has logged 50 steps."""
    running = subprocess.Popen([sys.executable, "-m", "lab", *call], stdout=subprocess.DEVNULL)
    patience = time.monotonic() + 120
    while not any("loss" in entry for entry in log(out)):
        assert running.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < patience
        time.sleep(0.01)
    running.kill()
    assert running.wait() == -9
    assert not (out / "weights.safetensors").exists()


EVERY_RECIPE = sorted(path.stem for path in RECIPES.glob("*.toml") if not path.stem.startswith("generate-"))
"""Those of generators are in test_generating.py."""


@pytest.mark.parametrize("recipe", EVERY_RECIPE)
def test_a_recipe_learns(recipe: str, data: Path, tmp_path: Path) -> None:
    assert main(command(shrunk(recipe, tmp_path), data, tmp_path / "out")) == 0
    losses = [entry["loss"] for entry in log(tmp_path / "out") if "loss" in entry]
    if recipes.read(RECIPES / f"{recipe}.toml").training.loss == "psnr":
        losses = np.exp(losses)
    assert len(losses) == STEPS // 50
    assert losses[-1] <= 0.8 * losses[0]


@pytest.mark.parametrize(
    "recipe",
    [
        name
        if name in {"denoise-unet-fast", "derust-pix2pix"}
        else pytest.param(name, marks=pytest.mark.soak)
        for name in EVERY_RECIPE
    ],
)
def test_a_kill_costs_nothing(recipe: str, data: Path, tmp_path: Path) -> None:
    path, whole, killed = shrunk(recipe, tmp_path), tmp_path / "whole", tmp_path / "killed"
    assert main(command(path, data, whole)) == 0
    kill_in_the_middle(command(path, data, killed, "--keep-every", "0.2"), killed)
    assert main(command(path, data, killed)) == 0
    assert (whole / "weights.safetensors").read_bytes() == (killed / "weights.safetensors").read_bytes()
    assert [entry["step"] for entry in log(whole)] == [entry["step"] for entry in log(killed)]


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    return shrunk("denoise-unet-fast", tmp_path)


@pytest.fixture
def short(recipe: Path, data: Path, tmp_path: Path) -> list[str]:
    """A training of two steps."""
    return command(recipe, data, tmp_path / "out", "--steps", "2")


def test_what_a_training_leaves_says_how_it_came_about(short: list[str], tmp_path: Path) -> None:
    assert main(short) == 0
    report = json.loads((tmp_path / "out" / "training.json").read_text())
    assert report["steps"] == 2
    assert report["photos"] == {"learnt_from": 4, "held_out": 1}
    assert report["recipe"]["name"] == "denoise-unet-fast"
    assert report["command"].startswith("python -m lab train")
    assert set(report["held_out"]) == {"psnr_15", "psnr_25", "psnr_50"}
    weights = load_file(tmp_path / "out" / "weights.safetensors")
    assert sum(array.size for array in weights.values()) == report["parameters"]
    assert {str(array.dtype) for array in weights.values()} == {report["weights_dtype"]}
    assert (tmp_path / "out" / "log.svg").read_text().startswith("<svg")


def test_an_unknown_key_is_named_with_the_one_that_was_meant(recipe, short, capsys) -> None:
    recipe.write_text(recipe.read_text().replace("batch =", "bach ="))
    assert "unknown key 'bach': did you mean 'batch'?" in refusal(capsys, short)


def test_a_recipe_may_count_steps_instead_of_minutes(recipe, short, tmp_path) -> None:
    recipe.write_text(re.sub(r"(?m)^minutes = .*$", "steps = 3", recipe.read_text()))
    at = short.index("--steps")
    assert main([word for word in short[:at] if word not in {"--steps", str(STEPS), "2"}]) == 0
    report = json.loads((tmp_path / "out" / "training.json").read_text())
    assert (report["steps"], report["recipe"]["steps"], report["recipe"]["minutes"]) == (3, 3, 0)


def test_an_unknown_setting_of_a_lesson_is_named(recipe, short, capsys) -> None:
    recipe.write_text(recipe.read_text().replace("sigma =", "haze ="))
    assert "no setting 'haze'; it has sigma" in refusal(capsys, short)


def test_a_value_out_of_range_is_named(recipe, short, capsys) -> None:
    recipe.write_text(recipe.read_text().replace("sigma = [0, 55]", "sigma = [55, 0]"))
    assert "two noise levels from 0 to 255; found (55, 0)" in refusal(capsys, short)
    recipe.write_text(recipe.read_text().replace("batch = 4", "batch = 0"))
    assert "'batch' in the recipe 'denoise-unet-fast' must be from 1 to 4096; found 0" in refusal(
        capsys, short
    )


def test_a_network_that_is_not_there_is_named(recipe, short, capsys) -> None:
    recipe.write_text(recipe.read_text().replace("unet:UNet", "unet:VNet"))
    assert "'unet:VNet'" in refusal(capsys, short)


@pytest.mark.parametrize("options", ["widths = [], blocks = 1", "widths = [-4, 4], blocks = 1"])
def test_a_network_of_impossible_sizes_is_named(options, recipe, short, capsys) -> None:
    recipe.write_text(re.sub(r"widths = .*?, blocks = \d+", options, recipe.read_text()))
    assert "cannot be built" in refusal(capsys, short)


def test_a_recipe_that_is_not_there_says_where_they_are(recipe, short, capsys) -> None:
    recipe.unlink()
    assert "There is no recipe" in refusal(capsys, short)


def test_a_checkpoint_of_another_recipe_is_refused_with_the_difference(recipe, short, capsys) -> None:
    assert main(short) == 0
    recipe.write_text(recipe.read_text().replace("seed = 1", "seed = 2"))
    assert "belongs to another recipe: seed was 1, is 2" in refusal(capsys, short)


def test_a_checkpoint_from_before_there_were_adversaries_goes_on(short, tmp_path, capsys) -> None:
    assert main(short) == 0
    path = tmp_path / "out" / "checkpoint.pt"
    state = torch.load(path, weights_only=True)
    assert state["recipe"].pop("adversary") is None
    torch.save(state, path)
    capsys.readouterr()
    assert main([*short, "--steps", "3"]) == 0
    assert "Going on from step 2" in capsys.readouterr().out


def test_a_checkpoint_made_with_other_photos_is_refused(short, data, capsys) -> None:
    assert main(short) == 0
    (data / "0.png").unlink()
    assert "was made with other photos" in refusal(capsys, short)


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04 cut off"])
def test_a_broken_checkpoint_is_refused(content, short, tmp_path, capsys) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "checkpoint.pt").write_bytes(content)
    assert "is no whole checkpoint" in refusal(capsys, short)


def test_an_empty_folder_is_refused(short, data, capsys) -> None:
    shutil.rmtree(data)
    assert "There is no folder" in refusal(capsys, short)
    data.mkdir()
    assert "holds no photos" in refusal(capsys, short)


def test_broken_and_small_photos_are_named_and_left_out(short, data, capsys, tmp_path) -> None:
    (data / "broken.jpg").write_bytes(b"no photo")
    save_photo(data / "small.png", 0, side=40)
    assert main(short) == 0
    told = capsys.readouterr().out
    assert re.search(r"Left out '.*broken\.jpg'", told)
    assert re.search(r"Left out '.*small\.png': it is 40×40, and must have 48 pixels on each side", told)
    assert json.loads((tmp_path / "out" / "training.json").read_text())["photos"]["learnt_from"] == 4


def test_photos_that_are_all_too_small_are_refused(recipe, short, capsys) -> None:
    recipe.write_text(recipe.read_text().replace("patch = 32", "patch = 96"))
    assert "No photo is left to learn from: 5 found, 0 of them" in refusal(capsys, short)


def test_a_device_that_is_not_there_is_named(short, capsys, monkeypatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert "There is no CUDA device for --device cuda:7" in refusal(capsys, [*short, "--device", "cuda:7"])
    assert "--device must be auto, cpu or cuda:N" in refusal(capsys, [*short, "--device", "gpu"])


def test_a_second_training_waits_until_the_first_has_left_the_folder(short, tmp_path, capsys) -> None:
    out = tmp_path / "new" / "out"
    short[short.index(str(tmp_path / "out"))] = str(out)
    with checkpoint.alone_in(out):
        assert f"Another training is at work in '{out}'" in refusal(capsys, short)
    assert main(short) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("file", ["checkpoint.pt", "log.svg", "weights.safetensors"])
def test_a_full_disk_is_told_and_the_training_goes_on_once_there_is_space(
    file: str, short: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    full = tmp_path / "out" / f"{file}.incomplete"
    full.symlink_to("/dev/full")
    sentence = refusal(capsys, short)
    assert "could not be written" in sentence
    assert "No space left on device" in sentence
    assert "run the same command" in sentence
    assert not full.is_symlink()
    assert main(short) == 0


def test_a_loss_that_runs_away_stops_the_training(recipe, data, tmp_path, capsys) -> None:
    recipe.write_text(recipe.read_text().replace("1e-3", "1.0").replace("batch = 4", "batch = 4\nclip = 1e4"))
    out = tmp_path / "out"
    said = refusal(capsys, command(recipe, data, out))
    assert re.search(r"Near step \d+ the (loss|gradient) ran away \(it is (nan|inf)\)", said)
