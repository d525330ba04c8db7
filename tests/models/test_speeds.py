import numpy as np
import pytest

from models import pixels, workshop
from models.runner import restore
from models.speeds import Speeds


def test_the_workshop_of_callers_that_bring_none_writes_no_speeds(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = workshop.own_workshop.__wrapped__()
    monkeypatch.setattr("models.runner.own_workshop", lambda: own)
    restore("denoise-median", pixels.from_array(np.zeros((400, 500, 3), np.uint8)))
    assert list(tmp_path.iterdir()) == []
    assert own.speeds.seconds_per_megapixel("denoise-median", "cpu") is not None


def test_the_speed_is_the_median_of_the_last_runs(tmp_path):
    speeds = Speeds(tmp_path / "speeds.json")
    for seconds in (1, 9, 2):
        speeds.note("denoise-a", "cpu", 1_000_000, seconds)
    assert speeds.seconds_per_megapixel("denoise-a", "cpu") == 2
    assert speeds.seconds_per_megapixel("denoise-a", "cuda:0") is None


def test_speeds_outlive_the_process(tmp_path):
    Speeds(tmp_path / "inner" / "speeds.json").note("denoise-a", "cpu", 2_000_000, 3)
    assert Speeds(tmp_path / "inner" / "speeds.json").seconds_per_megapixel("denoise-a", "cpu") == 1.5


def test_tiny_runs_say_nothing(tmp_path):
    speeds = Speeds(tmp_path / "speeds.json")
    speeds.note("denoise-a", "cpu", 64, 1)
    assert speeds.seconds_per_megapixel("denoise-a", "cpu") is None


@pytest.mark.parametrize("text", ["{", "3"])
def test_a_broken_file_and_a_place_that_cannot_be_written_do_no_harm(tmp_path, text):
    file = tmp_path / "speeds.json"
    file.write_text(text, encoding="utf-8")
    Speeds(file).note("denoise-a", "cpu", 1_000_000, 1)
    assert Speeds(file).seconds_per_megapixel("denoise-a", "cpu") == 1
    nowhere = Speeds(file / "speeds.json")
    nowhere.note("denoise-a", "cpu", 1_000_000, 1)
    assert nowhere.seconds_per_megapixel("denoise-a", "cpu") == 1
