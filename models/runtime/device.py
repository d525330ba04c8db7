"""Which device computes, and how much of it there is. Torch is imported only where a GPU may be."""

import math
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from models.errors import DeviceError

_GPU_SIGNS = ("dev/nvidia[0-9]*", "dev/nvhost-gpu", "dev/dxg", "dev/kfd")
"""What Linux shows of a GPU that torch can use: NVIDIA's, Jetson's, the one under WSL 2, AMD's."""

_SYSTEM = Path("/")


def choose(asked: str) -> str:
    """Return the device that `asked` ("auto", "cpu", "cuda" or "cuda:N") means here: "cpu" or "cuda:N".

    "auto" takes the first GPU where there is one. On Linux without a GPU's driver it does not import torch.

    Raises DeviceError: it is not there, or no device has that name.

    >>> choose("cpu")
    'cpu'
    """
    if asked == "cpu" or (asked == "auto" and not _gpu_is_possible(_SYSTEM)):
        return "cpu"
    if not re.fullmatch(r"auto|cuda(:\d{1,2})?", asked):
        raise DeviceError(f"There is no device '{asked}': say auto, cpu, cuda or cuda:N, such as cuda:1.")
    gpus = _gpus()
    if asked == "auto" and not gpus:
        return "cpu"
    number = int(asked.partition(":")[2] or 0) if asked != "auto" else 0
    if number >= gpus:
        found = f"{gpus} GPU(s), cuda:0 to cuda:{gpus - 1}" if gpus else "none"
        raise DeviceError(
            f"The device '{asked}' is not there: torch sees {found}. Set PATINA_DEVICE to auto or cpu, or "
            "install the GPU's driver and a torch that is made for it."
        )
    return f"cuda:{number}"


def describe(device: str) -> str:
    """Return what a result's provenance calls `device`: "cpu", or a GPU's own name."""
    if device == "cpu":
        return "cpu"
    import torch

    return torch.cuda.get_device_name(device)


def device_memory(device: str) -> int:
    """Return how many bytes `device` has in all; on a CPU no more than this process's group may use."""
    if device == "cpu":
        return min([_system_memory(), *_group_limits(_SYSTEM)])
    import torch

    return torch.cuda.get_device_properties(device).total_memory


def resident_bytes() -> int:
    """Return how much memory this process holds now; 0 where the system has no file that says so."""
    told = Path("/proc/self/statm")
    return int(told.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if told.exists() else 0


def cores() -> int:
    """Return how many cores this process may keep busy: physical ones, within its group's quota."""
    if not hasattr(os, "sched_getaffinity"):
        return os.cpu_count() or 1
    allowed = os.sched_getaffinity(0)
    return max(1, min([_physical(allowed, _SYSTEM), *_group_quotas(_SYSTEM)]))


def _gpu_is_possible(system: Path) -> bool:
    """Tell whether it is worth to import torch and ask it; only on Linux can one know without."""
    return sys.platform != "linux" or any(True for sign in _GPU_SIGNS for _ in system.glob(sign))


def _gpus() -> int:
    import torch

    return torch.cuda.device_count() if torch.cuda.is_available() else 0


def _physical(logical: Iterable[int], system: Path) -> int:
    """Count the cores behind `logical` processors: two threads of one core are one."""
    topology = "sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"
    files = {number: system / topology.format(number) for number in logical}
    return len({file.read_text() if file.exists() else str(number) for number, file in files.items()})


def _system_memory() -> int:
    if hasattr(os, "sysconf"):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return _windows_memory()


def _windows_memory() -> int:
    """Return the installed memory by the call that Windows has for it, in kibibytes."""
    import ctypes

    kibibytes = ctypes.c_ulonglong()
    kernel = ctypes.CDLL("kernel32")
    kernel.GetPhysicallyInstalledSystemMemory(ctypes.byref(kibibytes))
    return kibibytes.value * 1024


def _group_limits(system: Path) -> list[int]:
    """Return the bytes that Linux lets this process's control group use, in version 2 or 1, if limited."""
    files = ("sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes")
    texts = [(system / file).read_text().strip() for file in files if (system / file).exists()]
    return [int(text) for text in texts if text.isdigit()]


def _group_quotas(system: Path) -> list[int]:
    """Return how many processors' time the control group may use, rounded up, if limited."""
    both = system / "sys/fs/cgroup/cpu.max"
    if both.exists():
        quota, period = both.read_text().split()
        return [math.ceil(int(quota) / int(period))] if quota.isdigit() else []
    old = system / "sys/fs/cgroup/cpu"
    if not (old / "cpu.cfs_quota_us").exists():
        return []
    quota = int((old / "cpu.cfs_quota_us").read_text())
    return [math.ceil(quota / int((old / "cpu.cfs_period_us").read_text()))] if quota > 0 else []
