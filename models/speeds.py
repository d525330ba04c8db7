"""How fast each model was on this machine, remembered from run to run."""

import json
import secrets
from contextlib import suppress
from pathlib import Path
from statistics import median
from threading import Lock

LEAST_PIXELS = 100_000
"""Runs of fewer pixels say more about starting than about speed."""

KEPT_RUNS = 9
"""The speed is the median of so many last runs."""


class Speeds:
    """Seconds per megapixel (10⁶ pixels) by model and device. Any thread may use it.

    They are kept in `file`; without one, as long as this object.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = Lock()
        self._runs: dict[str, list[float]] | None = None

    def note(self, model: str, device: str, pixels: int, seconds: float) -> None:
        """Remember a run of `pixels` that took `seconds`. A file that cannot be written is let be."""
        if pixels < LEAST_PIXELS:
            return
        with self._lock:
            runs = self._read()
            key = f"{model} {device}"
            runs[key] = [*runs.get(key, []), round(seconds / pixels * 1e6, 4)][-KEPT_RUNS:]
            self._write(runs)

    def seconds_per_megapixel(self, model: str, device: str) -> float | None:
        """Return the median of the last runs of `model` on `device`, None if there were none."""
        with self._lock:
            runs = self._read().get(f"{model} {device}")
        return median(runs) if runs else None

    def _read(self) -> dict[str, list[float]]:
        if self._runs is None:
            try:
                self._runs = dict(json.loads(self._file.read_text(encoding="utf-8"))) if self._file else {}
            except (OSError, ValueError, TypeError):
                self._runs = {}
        return self._runs

    def _write(self, runs: dict[str, list[float]]) -> None:
        if self._file is None:
            return
        new = self._file.with_suffix(f".{secrets.token_hex(4)}")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(runs, indent=1), encoding="utf-8")
            new.replace(self._file)
        except OSError:
            with suppress(OSError):
                new.unlink()
