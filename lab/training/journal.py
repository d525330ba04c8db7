"""The log of a training, one JSON object a line, and its curves as an SVG picture."""

import json
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from lab.errors import CannotKeepError
from models.method import Pixels

LOG, CURVES = "log.jsonl", "log.svg"
_WIDTH, _HEIGHT, _MARGIN = 720, 260, 44
_COLOURS = ("#2563eb", "#d97706", "#16a34a", "#9333ea", "#dc2626")

Points = Sequence[tuple[float, float]]


class Journal:
    """Appends entries to `folder`/log.jsonl, and draws log.svg anew when asked.

    Entries after `step` are dropped at the start: they come again after a kill.
    """

    def __init__(self, folder: Path, step: int) -> None:
        self._log, self._curves = folder / LOG, folder / CURVES
        self.entries = [entry for entry in read(self._log) if entry["step"] <= step]
        self._write(self._log, "".join(f"{json.dumps(entry)}\n" for entry in self.entries))

    def add(self, entry: Mapping[str, Any]) -> None:
        """Append `entry`; it has a "step" and "minutes". Raises CannotKeepError."""
        self.entries.append(dict(entry))
        try:
            with self._log.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(entry)}\n")
        except OSError as error:
            raise _unwritable(self._log, error) from error

    def draw(self) -> None:
        """Write the curves of the entries so far. Raises CannotKeepError."""
        self._write(self._curves, curves(self.entries))

    def show(self, step: int, picture: Pixels) -> None:
        """Write `picture`, (height, width, 3) uint8, as made-STEP.png. Raises CannotKeepError."""
        file = BytesIO()
        Image.fromarray(picture).save(file, "PNG")
        self._write(self._log.with_name(f"made-{step:07}.png"), file.getvalue())

    def _write(self, path: Path, content: str | bytes) -> None:
        draft = path.with_name(f"{path.name}.incomplete")
        try:
            draft.write_bytes(content.encode() if isinstance(content, str) else content)
            draft.replace(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise _unwritable(path, error) from error


def read(log: Path) -> list[dict[str, Any]]:
    """Return the entries in `log`, without a last line that was cut off by a kill."""
    if not log.exists():
        return []
    entries: list[dict[str, Any]] = []
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            entries.append(json.loads(line))
        except json.JSONDecodeError:
            break
    return entries


def curves(entries: Iterable[Mapping[str, Any]]) -> str:
    """Return an SVG of the loss above the examinations' figures, over the steps.

    Where a generator learns, "loss" is its critic's, and both are drawn.
    """
    entries = list(entries)
    loss, generator = (
        [(entry["step"], entry[name]) for entry in entries if name in entry] for name in ("loss", "generator")
    )
    losses = {"critic": loss, "generator": generator} if generator else {"loss": loss}
    figures: dict[str, list[tuple[float, float]]] = {}
    for entry in entries:
        for name, value in entry.get("figures", {}).items():
            figures.setdefault(name, []).append((entry["step"], value))
    size = f'width="{_WIDTH}" height="{2 * _HEIGHT}" viewBox="0 0 {_WIDTH} {2 * _HEIGHT}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
        f'<rect width="100%" height="100%" fill="white"/>{_panel("loss", losses, 0)}'
        f"{_panel('examination', figures, _HEIGHT)}</svg>\n"
    )


def _panel(title: str, lines: Mapping[str, Points], top: int) -> str:
    """Return one diagram with its axes' ends and a legend."""
    points = [point for line in lines.values() for point in line]
    if not points:
        return ""
    last = max(x for x, _ in points) or 1
    low, high = min(y for _, y in points), max(y for _, y in points)
    reach = (high - low) or 1.0
    width, height = _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN
    parts = [f'<text x="{_MARGIN}" y="{top + 20}" font-weight="bold">{title}</text>']
    for number, (name, line) in enumerate(lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        path = " ".join(
            f"{_MARGIN + x / last * width:.1f},{top + _MARGIN + (high - y) / reach * height:.1f}"
            for x, y in line
        )
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        parts.append(f'<text x="{_MARGIN + 130 + 110 * number}" y="{top + 20}" fill="{colour}">{name}</text>')
    bottom = top + _HEIGHT - _MARGIN
    parts.append(
        f'<path d="M{_MARGIN} {top + _MARGIN}V{bottom}H{_WIDTH - _MARGIN}" fill="none" stroke="#999"/>'
    )
    parts.append(
        f'<text x="4" y="{top + _MARGIN + 4}">{high:.4g}</text><text x="4" y="{bottom}">{low:.4g}</text>'
    )
    parts.append(f'<text x="{_WIDTH - _MARGIN}" y="{bottom + 16}" text-anchor="end">step {last:g}</text>')
    return "".join(parts)


def _unwritable(path: Path, error: OSError) -> CannotKeepError:
    return CannotKeepError(
        f"'{path}' could not be written: {error.strerror}. The last checkpoint is whole: free some space, or "
        "mend the folder's rights, and run the same command to go on."
    )
