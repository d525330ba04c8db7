"""The table of architectures that were tried: measured from finished trainings, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from lab.__main__ import main as lab
from lab.quality import page, tried
from lab.quality.__main__ import main
from lab.training.album import listed_names
from models import pixels

RECIPE = """
seed = 1
minutes = 1
[network]
module = "unet:UNet"
options = { widths = [4, 4, 4], blocks = 1, noise_level = true }
[lesson]
kind = "gaussian-noise"
settings = { sigma = [0, 55] }
[training]
patch = 32
batch = 2
learning_rate = 1e-3
"""


@pytest.fixture(scope="module")
def training(tmp_path_factory):
    """A training of two steps, which is finished all the same."""
    folder = tmp_path_factory.mktemp("tried")
    (folder / "photos").mkdir()
    held = min(name for name in listed_names() if name.endswith(".jpg"))
    for name in ("a.png", held):
        noise = np.random.default_rng(0).integers(256, size=(64, 64, 3), dtype=np.uint8)
        pixels.save(pixels.from_array(noise), folder / "photos" / name)
    (folder / "tiny.toml").write_text(RECIPE, encoding="utf-8")
    out = folder / "out"
    assert lab(["train", str(folder / "tiny.toml"), "--data", str(folder / "photos"), "--out", str(out),
                "--steps", "2", "--device", "cpu"]) == 0  # fmt: skip
    return out


def test_a_finished_training_is_timed_beside_the_reference_and_kept(training, tmp_path, monkeypatch):
    monkeypatch.setattr(tried, "SIDE", 64)
    monkeypatch.setattr(tried, "TURNS", 2)
    row = tried.measure(training, None, "two steps", "a command")
    assert (row.name, row.lesson, row.steps) == ("tiny", "gaussian-noise", 2)
    assert row.milliseconds > 0 < row.times_reference
    assert set(row.held_out) == {"psnr_15", "psnr_25", "psnr_50"}
    kept = tmp_path / "tried.json"
    tried.add(replace(row, name="other"), kept)
    tried.add(row, kept)
    tried.add(replace(row, name="other", note=""), kept)
    assert [each.name for each in tried.kept(kept)] == ["other", "tiny"]
    assert tried.kept(kept)[1] == row
    text = tried.section(tried.kept(kept))
    assert "| `tiny` (two steps) | `unet:UNet` widths 4/4/4, blocks 1, noise_level True |" in text
    assert "dB, 15" in text


def test_a_folder_without_a_finished_training_gets_a_sentence(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("lab.quality.__main__.write", lambda: pytest.fail("nothing was measured"))
    assert main(["tried", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err


def test_the_page_has_a_place_for_what_was_tried():
    assert "## Architectures that were tried" in page.pages(page.kept())[page.PAGE]
    assert "None has been measured yet" in tried.section([])
