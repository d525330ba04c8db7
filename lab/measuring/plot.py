"""Fréchet distances as SVG: a line a recipe, its seeds as dots, their mean and interval."""

from collections.abc import Sequence
from html import escape
from math import ceil

from lab.measuring.order import Recipe, frechet, recipes, short
from lab.measuring.report import Report

_WIDTH, _LINE = 640, 30
_LEFT, _RIGHT, _TOP, _BOTTOM = 130, 24, 34, 56
_STEPS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_STYLE = (
    "rect{fill:#fff}text{font:11px system-ui,sans-serif;fill:#333}.title{font-weight:600;font-size:13px}"
    ".grid{stroke:#ddd}.real{stroke:#2f6b3c;stroke-dasharray:4 3}.real-name{fill:#2f6b3c}"
    ".interval{stroke:#b4531b;stroke-width:2}.mean{stroke:#8c3d10;stroke-width:2}.seed{fill:#b4531b}"
    "@media(prefers-color-scheme:dark){rect{fill:#17191c}text{fill:#d6d6d6}.grid{stroke:#3a3d42}"
    ".real{stroke:#7cc48c}.real-name{fill:#7cc48c}.interval{stroke:#e8935b}.mean{stroke:#f3b48a}"
    ".seed{fill:#e8935b}}"
)


def svg(report: Report) -> str:
    """Return the plot: the distance runs to the right from 0, the best recipe stands above.

    The dashed line is how far other real images lie. A recipe of one seed has neither mean nor interval.
    """
    ordered = recipes(report.generators)
    names = short([each.name for each in ordered])
    height = _TOP + _LINE * len(ordered) + _BOTTOM
    axis = _Axis(_largest(ordered, report.real.frechet))
    lines = [
        _line(each, names[each.name], _TOP + _LINE * (number + 0.5), axis)
        for number, each in enumerate(ordered)
    ]
    title = f"Fréchet distance ({report.network}), {' and '.join(report.data.folders)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
        f'height="{height}" role="img"><title>{escape(title)}</title><style>{_STYLE}</style>'
        f'<rect width="100%" height="100%"/><text class="title" x="12" y="18">{escape(title)}</text>'
        + axis.drawn(height - _BOTTOM)
        + _real(axis.x(report.real.frechet), height - _BOTTOM)
        + "".join(lines)
        + "</svg>\n"
    )


class _Axis:
    """Distances from 0 to `largest` or a little more → places to the right."""

    def __init__(self, largest: float) -> None:
        self.step = next((step for step in _STEPS if largest / step <= 8), largest)
        self.count = max(1, ceil(largest / self.step))

    def x(self, distance: float) -> float:
        share = max(0.0, distance) / (self.step * self.count)
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def drawn(self, bottom: float) -> str:
        """Return the grid and its numbers, down to `bottom`."""
        parts: list[str] = []
        for number in range(self.count + 1):
            x = self.x(number * self.step)
            parts.append(f'<line class="grid" x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{bottom}"/>')
            parts.append(
                f'<text x="{x:.1f}" y="{bottom + 15}" text-anchor="middle">{number * self.step:g}</text>'
            )
        return "".join(parts)


def _largest(ordered: Sequence[Recipe], real: float) -> float:
    found = [each.summary(frechet) for each in ordered]
    return max([real, *(max(each.most, each.mean + (each.half or 0)) for each in found)])


def _real(x: float, bottom: float) -> str:
    return (
        f'<line class="real" x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{bottom + 24}"/>'
        f'<text class="real-name" x="{x + 4:.1f}" y="{bottom + 34}">other real images</text>'
    )


def _line(recipe: Recipe, name: str, y: float, axis: _Axis) -> str:
    found = recipe.summary(frechet)
    parts = [f'<text x="{_LEFT - 10}" y="{y + 4:.1f}" text-anchor="end">{escape(name)}</text>']
    if found.half is not None:
        low, high, x = (
            axis.x(each) for each in (found.mean - found.half, found.mean + found.half, found.mean)
        )
        parts.append(f'<line class="interval" x1="{low:.1f}" y1="{y:.1f}" x2="{high:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<line class="mean" x1="{x:.1f}" y1="{y - 8:.1f}" x2="{x:.1f}" y2="{y + 8:.1f}"/>')
    places = (axis.x(frechet(each)) for each in recipe.generators)
    return "".join([*parts, *(f'<circle class="seed" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x in places)])
