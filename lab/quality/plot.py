"""Quality against time as SVG: who is best for its seconds stands on the line."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise, zip_longest
from math import ceil, floor, log10

from lab.quality.figures import INSIDE, WHOLE
from lab.quality.report import Report, Score, TrialReport

_WIDTH, _HEIGHT = 460, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 128, 34, 42
_COLOURS = {"classical": "#5b7083", "network": "#b4531b", "comparison": "#9a9a9a"}
_LABEL_GAP = 12
_LEGEND = 26
_KINDS = {"network": "network", "classical": "classical", "comparison": "from elsewhere, for comparison"}
_STYLE = (
    "text{font:11px system-ui,sans-serif;fill:#333}.title{font-weight:600;font-size:13px}"
    ".grid{stroke:#ddd}.front{fill:none;stroke:#b4531b;stroke-dasharray:4 3}"
    ".network{font-weight:700;fill:#8c3d10}"
)


@dataclass(frozen=True, slots=True)
class Point:
    """A method: seconds per megapixel, PSNR in dB, and half of its interval."""

    label: str
    kind: str
    seconds: float
    quality: float
    half: float


def svg(report: Report) -> str:
    """Return one panel a trial, two beside each other; trials without timed methods have none.

    Seconds per megapixel run to the right in powers of ten, PSNR upwards (inside the rust, where there is
    rust). The dashed line is the Pareto front: nothing left of it is as good.
    """
    panels = [(trial, found) for trial in report.trials if (found := _points(trial))]
    legend = _HEIGHT * -(-len(panels) // 2)
    drawn = [
        f'<g transform="translate({_WIDTH * (number % 2)},{_HEIGHT * (number // 2)})">{_panel(*panel)}</g>'
        for number, panel in enumerate(panels)
    ]
    width, height = _WIDTH * min(2, max(1, len(panels))), legend + _LEGEND
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img"><title>Quality against time: {escape(report.task)}</title>'
        f'<style>{_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>'
        + "".join([*drawn, _legend(legend), "</svg>\n"])
    )


def _legend(top: float) -> str:
    """Return one line that says what the colours and the dashes mean."""
    y, x = top + 10, float(_LEFT)
    parts: list[str] = []
    for kind, said in _KINDS.items():
        parts.append(_dot(kind, x, y))
        parts.append(f'<text class="{kind}" x="{x + 9:.1f}" y="{y + 4:.1f}">{said}</text>')
        x += 30 + 6.3 * len(said)
    parts.append(f'<line class="front" x1="{x:.1f}" y1="{y:.1f}" x2="{x + 26:.1f}" y2="{y:.1f}"/>')
    parts.append(f'<text x="{x + 32:.1f}" y="{y + 4:.1f}">Pareto front</text>')
    return "".join(parts)


def front(points: Sequence[Point]) -> list[Point]:
    """Return the points that no other beats in both, from fast to slow.

    >>> fast, good = Point("a", "network", 0.1, 30, 0), Point("b", "network", 1, 32, 0)
    >>> beaten = Point("c", "network", 2, 31, 0)
    >>> [point.label for point in front([beaten, good, fast])]
    ['a', 'b']
    """
    kept: list[Point] = []
    for point in sorted(points, key=lambda each: (each.seconds, -each.quality)):
        if not kept or point.quality > kept[-1].quality:
            kept.append(point)
    return kept


def _points(trial: TrialReport) -> list[Point]:
    return [point for score in trial.scores if (point := _point(score))]


def _point(score: Score) -> Point | None:
    stratum = INSIDE if INSIDE in score.figures else WHOLE
    found = score.figures.get(stratum, {}).get("psnr")
    if score.seconds_per_megapixel is None or found is None or "gain" not in score.figures[stratum]:
        return None
    label = score.id.split("-", 1)[1]
    return Point(label, score.kind, max(score.seconds_per_megapixel, 1e-4), found.mean, found.half or 0)


def _panel(trial: TrialReport, points: Sequence[Point]) -> str:
    axes = _Axes(points)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in _stairs(front(points), axes))
    return "".join(
        [
            f'<text class="title" x="{_LEFT}" y="18">{escape(trial.title)}</text>',
            axes.drawn(),
            f'<polyline class="front" points="{line}"/>',
            *(_mark(point, axes) for point in points),
            *_labels(points, axes),
        ]
    )


class _Axes:
    """Seconds and decibels → places in a panel."""

    def __init__(self, points: Sequence[Point]) -> None:
        logs = [log10(point.seconds) for point in points]
        self.first, self.last = floor(min(logs)), max(ceil(max(logs)), floor(min(logs)) + 1)
        low, high = min(p.quality - p.half for p in points), max(p.quality + p.half for p in points)
        self.step = next(step for step in (0.5, 1, 2, 5, 10, 20, 50) if (high - low) / step <= 7)
        self.low = floor(low / self.step) * self.step
        self.high = max(ceil(high / self.step) * self.step, self.low + self.step)

    def x(self, seconds: float) -> float:
        share = (log10(seconds) - self.first) / (self.last - self.first)
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def y(self, quality: float) -> float:
        share = (quality - self.low) / (self.high - self.low)
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    def drawn(self) -> str:
        """Return grid lines, their numbers, and what the axes mean."""
        left, right, top, bottom = _LEFT, _WIDTH - _RIGHT, _TOP, _HEIGHT - _BOTTOM
        parts: list[str] = []
        for power in range(self.first, self.last + 1):
            x = self.x(10.0**power)
            parts.append(f'<line class="grid" x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}"/>')
            parts.append(f'<text x="{x:.1f}" y="{bottom + 15}" text-anchor="middle">{10.0**power:g}</text>')
        for number in range(round((self.high - self.low) / self.step) + 1):
            value = self.low + number * self.step
            y = self.y(value)
            parts.append(f'<line class="grid" x1="{left}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}"/>')
            parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
        middle = (left + right) / 2
        parts.append(
            f'<text x="{middle}" y="{bottom + 32}" text-anchor="middle">seconds per megapixel</text>'
        )
        parts.append(f'<text x="12" y="{top - 6}">dB</text>')
        return "".join(parts)


def _stairs(best: Sequence[Point], axes: _Axes) -> list[tuple[float, float]]:
    """Return the corners of the front: at each moment the best that can be had by then."""
    places = [(axes.x(point.seconds), axes.y(point.quality)) for point in best]
    corners = [(x, y) for (_, y), (x, _) in pairwise(places)]
    return [place for pair in zip_longest(places, corners) for place in pair if place is not None]


def _mark(point: Point, axes: _Axes) -> str:
    colour, x = _COLOURS[point.kind], axes.x(point.seconds)
    low, high = axes.y(point.quality - point.half), axes.y(point.quality + point.half)
    return (
        f'<line x1="{x:.1f}" y1="{low:.1f}" x2="{x:.1f}" y2="{high:.1f}" stroke="{colour}" opacity=".4"/>'
        + _dot(point.kind, x, axes.y(point.quality))
    )


def _dot(kind: str, x: float, y: float) -> str:
    """Return a point; a network's is larger."""
    radius = 5.5 if kind == "network" else 4
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{_COLOURS[kind]}"/>'


def _labels(points: Sequence[Point], axes: _Axes) -> list[str]:
    """Return the names right of the plot, in the order of quality, each tied to its point by a thin line."""
    drawn: list[str] = []
    free = float(_TOP)
    room = len(points)
    for point in sorted(points, key=lambda each: -each.quality):
        lowest = _HEIGHT - _BOTTOM - _LABEL_GAP * (room - 1)
        y = min(max(axes.y(point.quality), free), max(lowest, free))
        free, room = y + _LABEL_GAP, room - 1
        x = _WIDTH - _RIGHT + 12
        drawn.append(
            f'<line x1="{axes.x(point.seconds) + 5:.1f}" y1="{axes.y(point.quality):.1f}" x2="{x - 3}" '
            f'y2="{y:.1f}" stroke="#bbb" stroke-width=".5"/>'
            f'<text class="{point.kind}" x="{x}" y="{y + 4:.1f}">{escape(point.label)}</text>'
        )
    return drawn
