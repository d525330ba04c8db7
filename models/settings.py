"""What the environment may say to `models`; read by the entry points alone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.errors import BadSettingError

_DEVICE = re.compile(r"auto|cpu|cuda(:\d{1,2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """This installation's limits and places.

    Pictures above `max_megapixels` (10⁶ pixels) are refused. `data_dir` holds `models.toml` and, in its
    `models/`, what has been verified, measured and prepared. `device` is "auto", "cpu", "cuda" or "cuda:N".
    `prepare` lets the page have networks made ready for a CPU in other processes, from its start.
    Networks that are not in use are released when all together hold more than `memory_mib` (2²⁰ bytes); None
    takes half of the device's memory. `pins` and `preload` are as in docs/deploying.md. `hub_endpoint` None
    is the Hub itself.
    """

    max_megapixels: float = 100.0
    data_dir: Path = Path("data")
    device: str = "auto"
    memory_mib: int | None = None
    pins: str = ""
    preload: tuple[str, ...] = ()
    prepare: bool = True
    hub_endpoint: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read PATINA_MAX_MEGAPIXELS, _DATA_DIR, _DEVICE, _MEMORY, _PINS, _PRELOAD, _PREPARE and HF_ENDPOINT.

        Raises BadSettingError: a value that is none, naming the variable.
        """
        return cls(
            max_megapixels=_megapixels(environment.get("PATINA_MAX_MEGAPIXELS", "") or "100"),
            data_dir=Path(environment.get("PATINA_DATA_DIR", "") or "data"),
            device=_device(environment.get("PATINA_DEVICE", "") or "auto"),
            memory_mib=_memory(environment.get("PATINA_MEMORY", "")),
            pins=environment.get("PATINA_PINS", ""),
            preload=tuple(environment.get("PATINA_PRELOAD", "").replace(",", " ").split()),
            prepare=_switch("PATINA_PREPARE", environment.get("PATINA_PREPARE", "") or "on"),
            hub_endpoint=environment.get("HF_ENDPOINT") or None,
        )


def _megapixels(text: str) -> float:
    try:
        megapixels = float(text)
    except ValueError:
        megapixels = 0.0
    if not 0 < megapixels <= 1000:
        raise BadSettingError(
            f"PATINA_MAX_MEGAPIXELS must be a number above 0, at most 1000, such as 100; got '{text}'.",
        )
    return megapixels


def _device(text: str) -> str:
    if not _DEVICE.fullmatch(text):
        raise BadSettingError(
            f"PATINA_DEVICE must be auto, cpu, cuda or cuda:N, such as cuda:1; got '{text}'."
        )
    return text


def _switch(variable: str, text: str) -> bool:
    if text not in ("on", "off"):
        raise BadSettingError(f"{variable} must be on or off; got '{text}'.")
    return text == "on"


def _memory(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) <= 10_000_000:
        raise BadSettingError(f"PATINA_MEMORY must be a whole number of MiB, such as 4096; got '{text}'.")
    return int(text)
