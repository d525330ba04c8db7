"""The benchmarks' page is made from the kept figures, and says when a limit is missed."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from lab.benchmarks import __main__ as main
from lab.benchmarks import choosing, gpu, large_photos, leaderboard, start, storing_votes, voting
from lab.benchmarks.benchmark import Result
from lab.benchmarks.conditions import conditions
from lab.benchmarks.page import BENCHMARKS, PAGE, keep, kept, page
from lab.benchmarks.photo import SIZES, write_photo
from lab.benchmarks.timing import Turns, in_turns
from models import registry
from ratings.boards.keeping import board
from ratings.stimuli import Stimuli
from ratings.store import Store

FAST_START = {"warming_seconds": [9.0, 4.0], "seconds": [4.0] * 5, "median": 4.0, "torch_loaded": False}


def test_the_page_is_what_the_kept_figures_say():
    assert page(BENCHMARKS, kept()) == PAGE.read_text(encoding="utf-8"), (
        "docs/benchmarks.md is stale: run `python -m lab.benchmarks --page`."
    )


def test_every_benchmark_has_been_run():
    measured = kept()
    assert [each.name for each in BENCHMARKS if each.name not in measured and each.needs is None] == []


def test_what_this_machine_lacks_is_not_measured_and_the_page_says_so(capsys, monkeypatch):
    lacking = replace(gpu.BENCHMARK, needs=replace(gpu.BENCHMARK.needs, is_here=lambda: False))
    monkeypatch.setattr(main, "BENCHMARKS", (lacking,))
    monkeypatch.setattr(main, "PAGE", Path("/dev/null"))
    assert main.main([]) == main.ALL_KEPT
    assert "not measured, no CUDA device was at hand" in capsys.readouterr().err
    assert "Not measured: no CUDA device was at hand." in page([lacking], {})


@pytest.mark.gpu
def test_a_gpu_is_measured_and_named(cuda, tmp_path):
    figures = gpu.measure(tmp_path, side=1500, turns=1, megapixels=6, device=cuda)
    assert figures["precision"] == "float16"
    assert figures["levels"] < gpu.LIMIT_LEVELS
    assert 0 < figures["large"]["device_peak_mib"] < 20_000
    assert figures["device"] in gpu.section(figures)


def test_both_ways_of_the_gpu_benchmark_give_the_same_pixels(tmp_path, monkeypatch):
    monkeypatch.setattr(registry._SHELF, "by_id", dict(registry.known()))
    figures = gpu.speed(tmp_path, side=96, turns=1, device="cpu")
    assert figures["levels"] < 0.1
    assert gpu.is_met({**figures, "ratio": 3.0})
    assert not gpu.is_met({**figures, "ratio": 2.9})


def test_a_kept_result_is_read_back_the_same(tmp_path):
    result = Result("start", conditions("a test"), FAST_START)
    keep(result, tmp_path)
    assert kept(tmp_path) == {"start": result}


@pytest.mark.parametrize("change", [{"median": 5.0}, {"torch_loaded": True}])
def test_a_missed_limit_is_said(change):
    result = Result("start", conditions("a test"), FAST_START)
    assert "Kept." in page([start.BENCHMARK], {"start": result})
    missed = replace(result, figures={**FAST_START, **change})
    assert "**Missed.**" in page([start.BENCHMARK], {"start": missed})


def test_a_benchmark_that_was_not_run_is_named():
    assert "Not measured yet." in page([start.BENCHMARK], {})


@pytest.mark.parametrize(
    ("peak", "met"), [(500, True), (4096, False), (900, False)], ids=["linear", "too much", "faster"]
)
def test_memory_is_held_to_the_limit_and_to_linear_growth(peak, met):
    sizes = {"6": {"seconds": 1.0, "peak_mib": 150.0}, "48": {"seconds": 8.0, "peak_mib": float(peak)}}
    figures = {"longest_seconds": 60, "start_mib": {"a": 90.0}, "methods": {"a": sizes}}
    assert large_photos.is_met(figures) is met


def test_what_slows_both_sides_does_not_move_the_ratio():
    assert Turns([1.0, 10.0, 1.0], [1.5, 15.0, 1.5]).ratio == 1.5


def test_turns_alternate_after_one_that_is_not_counted():
    called: list[str] = []
    turns = in_turns(lambda: called.append("a"), lambda: called.append("b"), 3)
    assert called == ["a", "b"] * 4
    assert len(turns.first) == len(turns.second) == 3


def test_the_photo_has_the_size_it_says(tmp_path):
    image = cv2.imread(str(write_photo(tmp_path / "photo.jpg", 6)))
    assert image is not None
    assert image.shape[:2] == SIZES[6]
    assert all(height * width == size * 1_000_000 for size, (height, width) in SIZES.items())


def test_a_run_of_its_own_tells_its_time_and_peak(tmp_path):
    photo, target = tmp_path / "photo.png", tmp_path / "out.jpg"
    cv2.imwrite(str(photo), np.zeros((8, 8, 3), np.uint8))
    command = [sys.executable, "-m", "lab.benchmarks.restore_once", "denoise-mean", photo, target]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert target.exists()
    assert 20 < told["peak_mib"] < 1000
    assert 0 < told["seconds"] < 30


def test_choosing_a_pair_is_held_to_its_limit():
    figures = choosing.measure(Path(), contestants=4, turns=20)
    assert 0 < figures["choice"]["median"] <= figures["choice"]["percentile_95"]
    assert choosing.is_met({**figures, "choice": {"median": 1.0, "percentile_95": 1.9}})
    assert not choosing.is_met({**figures, "choice": {"median": 1.0, "percentile_95": 2.0}})


def test_votes_are_stored_and_counted(tmp_path):
    figures = storing_votes.measure(tmp_path, seconds=0.2)
    assert_votes_are_counted(figures)


@pytest.mark.postgres
def test_votes_are_stored_and_counted_on_postgresql(tmp_path, postgres_url):
    assert_votes_are_counted(storing_votes.measure_on_postgresql(tmp_path, seconds=0.2))


def assert_votes_are_counted(figures):
    assert figures["votes"] >= storing_votes.THREADS
    assert 0 < figures["median_ms"] <= figures["percentile_99_ms"]
    assert storing_votes.is_met({**figures, "a_second": 500})
    assert not storing_votes.is_met({**figures, "a_second": 499})


def test_a_board_is_filled_to_each_size_and_counted(tmp_path):
    figures = leaderboard.measure(tmp_path, sizes=(300, 600), raters=20)
    with Store.open(f"sqlite:///{tmp_path}/patina.db") as store:
        assert board(store.database, "denoise").votes == 600
    assert set(figures["sizes"]) == {"300", "600"}


@pytest.mark.parametrize(
    ("change", "met"),
    [({}, True), ({"kept_seconds": 1.0}, False), ({"recount_seconds": 60.0}, False)],
    ids=["quick", "slow to look at", "slow to count"],
)
def test_a_board_is_held_to_its_limits(change, met):
    few = {"kept_seconds": 0.02, "recount_seconds": 3.0, "recount_processor_seconds": 3.0}
    many = {"kept_seconds": 0.02, "recount_seconds": 31.0, "recount_processor_seconds": 31.0, **change}
    assert leaderboard.is_met({"sizes": {"1000": few, "10000": many}}) is met


def test_counting_that_is_not_linear_is_a_miss():
    few = {"kept_seconds": 0.02, "recount_seconds": 3.0, "recount_processor_seconds": 3.0}
    many = {**few, "recount_processor_seconds": 38.0}
    assert not leaderboard.is_met({"sizes": {"1000": few, "10000": many}})


def test_voters_are_held_to_when_all_was_received():
    figures = {"received": {"p95": 150.0}}
    assert voting.is_met(figures)
    assert not voting.is_met({"received": {"p95": 150.1}})


def test_a_picture_of_every_model_is_there_before_the_votes(tmp_path):
    url = f"sqlite:///{tmp_path}/patina.db"
    assert voting._fill(url, tmp_path / "stimuli") > 500_000
    with Store.open(url) as store:
        shown = Stimuli(store.database).of_task("dehaze")
    assert {each.contestant.model for each in shown} == {card.id for card in registry.by_task("dehaze")}
    assert all((tmp_path / "stimuli" / f"{each.shown_sha256}.png").exists() for each in shown)
