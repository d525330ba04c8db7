"""The device is what was asked for, and a CPU is chosen without torch."""

import os
import subprocess
import sys

import pytest

from models.errors import DeviceError
from models.runtime import device
from models.runtime.device import choose, cores, describe, device_memory


def test_cpu_is_always_there():
    assert choose("cpu") == "cpu"
    assert describe("cpu") == "cpu"


def test_auto_without_a_gpus_driver_does_not_import_torch(tmp_path):
    program = (
        "import sys, pathlib; from models.runtime import device; "
        f"device._SYSTEM = pathlib.Path({str(tmp_path)!r}); "
        "sys.platform = 'linux'; print(device.choose('auto'), 'torch' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["cpu", "False"]


@pytest.mark.parametrize("sign", ["dev/nvidia0", "dev/dxg", "dev/kfd"])
def test_a_driver_is_a_reason_to_ask_torch(sign, tmp_path, monkeypatch):
    (tmp_path / sign).parent.mkdir()
    (tmp_path / sign).touch()
    monkeypatch.setattr(device, "_SYSTEM", tmp_path)
    monkeypatch.setattr(device, "_gpus", lambda: 1)
    assert choose("auto") == "cuda:0"
    monkeypatch.setattr(device, "_gpus", lambda: 0)
    assert choose("auto") == "cpu"


def test_a_gpu_is_known_by_its_number(monkeypatch):
    monkeypatch.setattr(device, "_gpus", lambda: 2)
    assert [choose(asked) for asked in ("cuda", "cuda:0", "cuda:1")] == ["cuda:0", "cuda:0", "cuda:1"]


@pytest.mark.parametrize(
    ("asked", "gpus", "sentence"),
    [
        ("cuda", 0, "'cuda' is not there: torch sees none"),
        ("cuda:2", 2, "torch sees 2 GPU"),
        ("cuda:x", 1, "no device 'cuda:x'"),
        ("tpu", 1, "say auto, cpu, cuda or cuda:N"),
    ],
)
def test_a_missing_device_is_refused_with_a_next_step(asked, gpus, sentence, monkeypatch):
    monkeypatch.setattr(device, "_gpus", lambda: gpus)
    with pytest.raises(DeviceError, match=sentence):
        choose(asked)


def test_memory_is_no_more_than_the_group_may_use(tmp_path, monkeypatch):
    whole = device_memory("cpu")
    assert 1 << 28 < whole < 1 << 50
    limit = tmp_path / "sys" / "fs" / "cgroup" / "memory.max"
    limit.parent.mkdir(parents=True)
    monkeypatch.setattr(device, "_SYSTEM", tmp_path)
    limit.write_text("max\n")
    assert device_memory("cpu") >= whole
    limit.write_text("1000000\n")
    assert device_memory("cpu") == 1_000_000


def test_a_quota_of_the_group_bounds_the_cores(tmp_path, monkeypatch):
    assert 1 <= cores() <= (os.cpu_count() or 1)
    quota = tmp_path / "sys" / "fs" / "cgroup" / "cpu.max"
    quota.parent.mkdir(parents=True)
    monkeypatch.setattr(device, "_SYSTEM", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(8)), raising=False)
    quota.write_text("max 100000\n")
    assert cores() == 8
    quota.write_text("250000 100000\n")
    assert cores() == 3


def test_two_threads_of_one_core_are_one(tmp_path, monkeypatch):
    for number in range(4):
        file = tmp_path / f"sys/devices/system/cpu/cpu{number}/topology/thread_siblings_list"
        file.parent.mkdir(parents=True)
        file.write_text(f"{number % 2},{number % 2 + 2}\n")
    monkeypatch.setattr(device, "_SYSTEM", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1, 2, 3}, raising=False)
    assert cores() == 2
