import pytest

from models.speeds import Speeds


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
