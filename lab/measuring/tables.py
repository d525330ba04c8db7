"""A report's figures for people, as Markdown tables: a row a recipe, and a row a generator."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lab.benchmarks.benchmark import table
from lab.measuring.made import Training
from lab.measuring.order import Recipe, recipes, short
from lab.measuring.report import Figures, Measured, Report

_NONE = "–"


@dataclass(frozen=True, slots=True)
class Column:
    """A figure: its head, its digits, and where it stands."""

    head: str
    digits: int
    of: Callable[[Measured], float]


def _columns(report: Report) -> Sequence[Column]:
    """Return the columns of figures, in their order in a row."""
    return (
        Column("Fréchet", 1, lambda each: each.figures.frechet),
        Column("times real", 1, lambda each: each.figures.frechet / report.real.frechet),
        Column("kernel", 3, lambda each: each.figures.kernel.mean),
        Column("precision", 3, lambda each: each.figures.coverage.precision),
        Column("recall", 3, lambda each: each.figures.coverage.recall),
        Column("near, features", 3, lambda each: each.neighbours.features.nearer),
        Column("distance, features", 2, lambda each: each.neighbours.features.ratio),
        Column("near, pixels", 3, lambda each: each.neighbours.pixels.nearer),
        Column("distance, pixels", 2, lambda each: each.neighbours.pixels.ratio),
    )


def by_recipe(report: Report) -> str:
    """Return a row a recipe, the best first: means over seeds, with intervals where there are two or more."""
    ordered, columns = recipes(report.generators), _columns(report)
    names = short([each.name for each in ordered])
    rows = [
        (
            f"**{names[each.name]}**",
            str(len(each.generators)),
            *_training(each.generators),
            *(_mean(each, column) for column in columns),
        )
        for each in ordered
    ]
    heads = ("recipe", "seeds", *_TRAINING, *(column.head for column in columns))
    return table(heads, [*rows, ("*other real images*", *[_NONE] * 5, *_real(report.real, columns))])


def by_generator(report: Report) -> str:
    """Return a row a generator; ± is the standard error of its kernel distance."""
    columns = _columns(report)
    rows = [
        (f"`{each.name}`", _seed(each), *_training([each]), *(_cell(each, column) for column in columns))
        for recipe in recipes(report.generators)
        for each in recipe.generators
    ]
    heads = ("generator", "seed", *_TRAINING, *(column.head for column in columns))
    return table(heads, [*rows, ("*other real images*", *[_NONE] * 5, *_real(report.real, columns))])


_TRAINING = ("images shown", "kept after", "minutes", "parameters")


def _training(generators: Sequence[Measured]) -> tuple[str, str, str, str]:
    """Return what `_TRAINING` names: of several seeds, the means."""
    found = [each.training for each in generators if each.training]
    if not found:
        return _NONE, _NONE, _NONE, _NONE

    def mean(of: Callable[[Training], float]) -> float:
        return sum(map(of, found)) / len(found)

    return (
        f"{mean(lambda each: each.shown):,.0f}",
        f"{mean(lambda each: each.kept):,.0f}",
        f"{mean(lambda each: each.minutes):.1f}",
        f"{mean(lambda each: each.parameters) / 1e6:.2f} M",
    )


def _seed(each: Measured) -> str:
    return str(each.training.seed) if each.training else _NONE


def _mean(recipe: Recipe, column: Column) -> str:
    found = recipe.summary(column.of)
    half = "" if found.half is None else f" ± {found.half:.{column.digits}f}"
    return f"{found.mean:.{column.digits}f}{half}"


def _cell(each: Measured, column: Column) -> str:
    said = f"{column.of(each):.{column.digits}f}"
    if column.head == "kernel":
        return f"{said} ± {each.figures.kernel.error:.{column.digits}f}"
    return said


def _real(real: Figures, columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the row of other real images; their neighbours are what the generators' are counted in."""
    known = {
        "Fréchet": f"{real.frechet:.1f}",
        "times real": "1.0",
        "kernel": f"{real.kernel.mean:.3f} ± {real.kernel.error:.3f}",
        "precision": f"{real.coverage.precision:.3f}",
        "recall": f"{real.coverage.recall:.3f}",
        "near, features": "0.010",
        "near, pixels": "0.010",
        "distance, features": "1.00",
        "distance, pixels": "1.00",
    }
    return tuple(known[column.head] for column in columns)
